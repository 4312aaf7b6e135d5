"""What one liquid takes, from what others took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np

from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.trajectory.md_settings import whole_frames

#: With fewer liquids to go by, a wider choice of them is taken.
MIN_COMPARABLE = 5
#: With fewer liquids to go by, their spread is not known.
MIN_FOR_SPREAD = 3
_N_DRAWS = 1000


@dataclass(frozen=True)
class LiquidCost:
    """What the simulation of a liquid took.

    :param code: identifies the code that ran it.
    :param runs: runs of the engine, one after another.
    :param steps: time steps, those of the hot start included.
    """

    settings: LiquidSettings
    code: str
    n_atoms: int
    runs: int
    jobs: int
    steps: int
    core_hours: float


@dataclass(frozen=True)
class Wanted:
    """The liquids to forecast.

    :param exponents: smallest and largest power of the number of atoms with which the cost of a step may grow.
    :param hot_start_in_job: whether one job runs the hot start and then the run.
    """

    settings: LiquidSettings
    code: str
    exponents: tuple[float, float]
    hot_start_in_job: bool


class Shortest(NamedTuple):
    """Jobs and time steps of a liquid whose first volume is right and whose production is the shortest.

    :ivar recorded_steps: the steps without those of the hot start.
    """

    jobs: int
    steps: int
    recorded_steps: int


def shortest(settings: LiquidSettings, hot_start_in_job: bool) -> Shortest:
    """Return the least that a liquid takes."""
    runs = [whole_frames(settings.volume_steps, settings.sample_every)]
    if settings.production_steps > runs[0]:
        runs.append(whole_frames(settings.production_steps - runs[0], settings.sample_every))
    in_jobs = runs if hot_start_in_job else [*runs, settings.hot_start_steps]
    jobs = sum(ceil(steps / (settings.segment_steps or max(steps, 1))) for steps in in_jobs)
    return Shortest(jobs, settings.hot_start_steps + sum(runs), sum(runs))


def comparable(costs: Sequence[LiquidCost], wanted: Wanted) -> list[LiquidCost]:
    """Return the liquids to go by: the most alike of which there are ``MIN_COMPARABLE``, or all there are.

    Most alike are those of the same code, number of atoms and settings; then those of the same code and number of
    atoms; then those of the same code.
    """
    of_code = [cost for cost in costs if cost.code == wanted.code]
    of_size = [cost for cost in of_code if cost.n_atoms == wanted.settings.n_atoms]
    of_settings = [cost for cost in of_size if cost.settings == wanted.settings]
    return next((chosen for chosen in (of_settings, of_size, of_code) if len(chosen) >= MIN_COMPARABLE), [*costs])


def expected_steps(cost: LiquidCost, wanted: Wanted) -> float:
    """Return the steps that a liquid would have taken with the wanted settings.

    The steps after the hot start are scaled by those of the shortest liquid.
    """
    new, old = (shortest(settings, wanted.hot_start_in_job) for settings in (wanted.settings, cost.settings))
    recorded = cost.steps - cost.settings.hot_start_steps
    return wanted.settings.hot_start_steps + recorded * new.recorded_steps / old.recorded_steps


def expected_jobs(cost: LiquidCost, wanted: Wanted) -> float:
    """Return the jobs that a liquid would have taken with the wanted settings, scaled by those of the shortest one."""
    new, old = (shortest(settings, wanted.hot_start_in_job) for settings in (wanted.settings, cost.settings))
    return cost.jobs * new.jobs / old.jobs


class CoreHours(NamedTuple):
    """Median and 10 % and 90 % quantiles; the quantiles are None where the spread is not known."""

    median: float
    low: float | None
    high: float | None


def core_hours_of(history: Sequence[LiquidCost], wanted: Wanted, n_surely: int, n_at_most: int) -> CoreHours:
    """Return what a number of liquids will cost together, from what others cost, by resampling.

    A draw resamples the history, which stands for its being a sample itself, takes an exponent for the growth with the
    number of atoms, and adds up liquids taken at random. Draws for more liquids continue those for fewer: more liquids
    never cost less.

    :param history: the liquids to go by, at least one.
    :param n_surely: liquids that the lower quantile counts.
    :param n_at_most: liquids that median and upper quantile count, ``n_surely`` or more.
    """
    at_wanted_steps = np.array([cost.core_hours * expected_steps(cost, wanted) / cost.steps for cost in history])
    size_ratios = np.array([wanted.settings.n_atoms / cost.n_atoms for cost in history])
    rng = np.random.default_rng(0)
    exponents = rng.uniform(*wanted.exponents, _N_DRAWS)
    resampled = rng.integers(len(history), size=(len(history), _N_DRAWS))
    total = surely = np.zeros(_N_DRAWS)
    for number in range(1, n_at_most + 1):
        chosen = resampled[rng.integers(len(history), size=_N_DRAWS), np.arange(_N_DRAWS)]
        total = total + at_wanted_steps[chosen] * size_ratios[chosen] ** exponents
        surely = total if number == n_surely else surely
    median, high = (float(value) for value in np.quantile(total, [0.5, 0.9]))
    if len(history) < MIN_FOR_SPREAD:
        return CoreHours(median, None, None)
    return CoreHours(median, float(np.quantile(surely, 0.1)), high)
