"""What a campaign will take, before it is launched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil, inf
from typing import Any

import numpy as np

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.liquid_cost import (
    CoreHours,
    LiquidCost,
    Wanted,
    comparable,
    core_hours_of,
    expected_jobs,
    expected_steps,
    shortest,
)


@dataclass(frozen=True)
class CampaignPlan:
    """How many candidates the rounds of a campaign choose, and what ends it; limits are infinite where there is none.

    :param n_candidates: candidates of the pool.
    :param n_pure: pure liquids that all of them need.
    :param start_batch: candidates of a round while there are fewer than ``train_from`` labels.
    :param batch: candidates of a later round.
    """

    n_candidates: int
    n_pure: int
    start_batch: int
    batch: int
    train_from: int
    max_rounds: float = inf
    max_labels: float = inf
    max_core_hours: float = inf


@dataclass(frozen=True)
class Amount:
    """What some candidates take together; None where nothing is known.

    :param n_rounds: rounds that label them.
    :param candidates: each needs an alloy liquid.
    :param pure_liquids: pure liquids at most; of a round other than the first, on average.
    :param least_jobs: jobs, and ``least_steps`` time steps, if the first volume of each liquid is right and its
        production the shortest.
    """

    n_rounds: int
    candidates: int
    pure_liquids: float
    least_jobs: float
    jobs: float | None
    least_steps: float
    steps: float | None
    core_hours: CoreHours | None


@dataclass(frozen=True)
class Basis:
    """The earlier liquids that a forecast rests on, with means of each liquid.

    :param sizes: numbers of atoms, without repetition.
    :param same_code: whether all ran with the code that is wanted; ``same_settings`` likewise.
    """

    n_liquids: int
    sizes: list[int]
    same_code: bool
    same_settings: bool
    runs: float
    jobs: float
    steps: float
    core_hours: float


@dataclass(frozen=True)
class Forecast:
    """What a campaign will take up to its limits.

    :param later_round: a round after the first, on average; None if there is none.
    :param ends_by: the limit that ends it: ``max_rounds``, ``max_labels``, ``max_core_hours`` or ``pool_exhausted``.
    :param basis: None if there is no earlier liquid to go by.
    """

    first_round: Amount
    later_round: Amount | None
    campaign: Amount
    ends_by: str
    exponents: tuple[float, float]
    basis: Basis | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain, JSON-serialisable values."""
        values = asdict(self)
        for name in ("first_round", "later_round", "campaign"):
            if values[name] is not None and values[name]["core_hours"] is not None:
                values[name]["core_hours"] = values[name]["core_hours"]._asdict()
        return values


def forecast(plan: CampaignPlan, costs: Sequence[LiquidCost], wanted: Wanted) -> Forecast:
    """Return what a campaign will take.

    No label is taken to fail, and no pure liquid to be known before; one is simulated once for all rounds.

    :param costs: what earlier liquids of the same engine took.
    :raises InputError: if a batch or the pool is empty.
    """
    for name in ("start_batch", "batch", "n_candidates"):
        if getattr(plan, name) < 1:
            raise InputError(name, getattr(plan, name), "there is nothing to label", "Give 1 or more.")
    history = comparable(costs, wanted)
    batches, ends_by = _batches(plan, history, wanted)
    labels = int(np.sum(batches))
    first = _amount(1, batches[0], _most_pure(plan, batches[0]), history, wanted)
    campaign = _amount(len(batches), labels, _most_pure(plan, labels), history, wanted)
    later = None
    if len(batches) > 1:
        new_pure = (campaign.pure_liquids - first.pure_liquids) / (len(batches) - 1)
        later = _amount(1, batches[1], new_pure, history, wanted)
    return Forecast(first, later, campaign, ends_by, wanted.exponents, _basis(history, wanted) if history else None)


def _most_pure(plan: CampaignPlan, n_labels: int) -> int:
    return min(2 * n_labels, plan.n_pure)


def _batches(plan: CampaignPlan, history: Sequence[LiquidCost], wanted: Wanted) -> tuple[list[int], str]:
    """Return the number of candidates of each round, and the limit that ends the campaign.

    Limits are looked at before each round, as in a campaign: the last round may exceed them.
    """
    each = float(np.mean([_core_hours_of_one(cost, wanted) for cost in history])) if history else 0.0
    batches: list[int] = []
    while True:
        labels = sum(batches)
        core_hours = each * (labels + _most_pure(plan, labels))
        reached = {
            "max_rounds": len(batches) >= plan.max_rounds,
            "max_labels": labels >= plan.max_labels,
            "max_core_hours": core_hours >= plan.max_core_hours,
            "pool_exhausted": labels >= plan.n_candidates,
        }
        ends_by = next((name for name, is_reached in reached.items() if is_reached), "")
        if ends_by:
            return batches, ends_by
        batch = plan.batch if labels >= plan.train_from else plan.start_batch
        batches.append(min(batch, plan.n_candidates - labels))


def _core_hours_of_one(cost: LiquidCost, wanted: Wanted) -> float:
    return core_hours_of([cost], wanted, 1, 1).median


def _amount(n_rounds: int, n_candidates: int, n_pure: float, history: Sequence[LiquidCost], wanted: Wanted) -> Amount:
    n_liquids = n_candidates + n_pure
    least = shortest(wanted.settings, wanted.hot_start_in_job)
    jobs = steps = core_hours = None
    if history:
        jobs = n_liquids * float(np.mean([expected_jobs(cost, wanted) for cost in history]))
        steps = n_liquids * float(np.mean([expected_steps(cost, wanted) for cost in history]))
        core_hours = core_hours_of(history, wanted, n_candidates, n_candidates + ceil(n_pure))
    return Amount(
        n_rounds=n_rounds,
        candidates=n_candidates,
        pure_liquids=n_pure,
        least_jobs=n_liquids * least.jobs,
        jobs=jobs,
        least_steps=n_liquids * least.steps,
        steps=steps,
        core_hours=core_hours,
    )


def _basis(history: Sequence[LiquidCost], wanted: Wanted) -> Basis:
    return Basis(
        n_liquids=len(history),
        sizes=sorted({cost.n_atoms for cost in history}),
        same_code=all(cost.code == wanted.code for cost in history),
        same_settings=all(cost.settings == wanted.settings for cost in history),
        runs=float(np.mean([cost.runs for cost in history])),
        jobs=float(np.mean([cost.jobs for cost in history])),
        steps=float(np.mean([cost.steps for cost in history])),
        core_hours=float(np.mean([cost.core_hours for cost in history])),
    )
