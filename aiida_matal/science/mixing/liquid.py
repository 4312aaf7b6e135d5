"""Whether a trajectory is one of a liquid, and of one liquid only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.demixing import Demixing
from aiida_matal.science.settings import Settings
from aiida_matal.science.trajectory.diffusion import Diffusion, diffusion
from aiida_matal.science.trajectory.structure import RadialDistribution, first_minimum, first_peak

Verdict = Literal["liquid", "solid", "phase_separated"]

_LEAST_SEPARATED_ORDER = 0.1


class LiquidCheck(Settings):
    """What a trajectory must show to count as one of a liquid."""

    min_diffusion: float = Field(1e-10, gt=0, description="the smallest diffusion coefficient of any element in m^2/s")
    min_exponent: float = Field(
        0.5,
        gt=0,
        lt=1,
        description="the smallest exponent of the mean square displacement in time, which is 1 for diffusion",
    )
    min_displacement: float = Field(
        0.5,
        gt=0,
        description="the smallest root mean square displacement over half the run, in nearest-neighbour distances",
    )
    min_valley: float = Field(
        0.3, ge=0, lt=1, description="the smallest g(r) of all atoms between the first and the second shell"
    )
    max_short_range_order: float = Field(
        0.25,
        gt=0,
        lt=1,
        description="the largest short-range order of one liquid (0 for random mixing, 1 for separated liquids)",
    )
    max_separated_share: float = Field(
        0.5,
        gt=0,
        lt=1,
        description="the largest short-range order of one liquid over that of the same atoms in separate phases",
    )
    max_order_growth: float = Field(
        0.1,
        gt=0,
        lt=1,
        description="the largest growth of the short-range order from the first to the last third of the run",
    )


@dataclass(frozen=True)
class LiquidVerdict:
    """What a trajectory is, with the evidence.

    :ivar verdict: "liquid", "solid" or "phase_separated".
    :ivar reason: why, in words.
    :ivar diffusion: diffusion coefficient of the slowest element, m^2/s.
    :ivar exponent: exponent of the mean square displacement of that element.
    :ivar displacement: root mean square displacement of that element over half the run, Angstrom.
    :ivar neighbour_distance: position of the first peak of g(r) of all atoms, Angstrom.
    :ivar valley: smallest g(r) of all atoms between the first and the second shell.
    """

    verdict: Verdict
    reason: str
    diffusion: float
    exponent: float
    displacement: float
    neighbour_distance: float
    valley: float


def liquid_verdict(
    displacements: Mapping[str, NDArray[np.float64]],
    interval: float,
    rdf: RadialDistribution,
    check: LiquidCheck,
    demixing: Demixing | None = None,
) -> LiquidVerdict:
    """Return whether every element diffuses, the atoms are in no crystalline order, and the elements are mixed.

    A crystal keeps its atoms in cages: their root mean square displacement stays below half the nearest-neighbour
    distance and does not grow. Between its first two shells there are few atoms: with EMT copper (108 atoms) the valley
    of g(r) is 0.0 at 300 K, 0.2 at 1100 K in the crystal and 0.6 in the liquid.

    :param displacements: mean square displacement of each element for lags of 0, 1, 2, ... frames, Angstrom^2, from
        :func:`~aiida_matal.science.trajectory.diffusion.mean_square_displacement`.
    :param interval: time from one frame to the next, fs.
    :param rdf: radial distribution functions of the same trajectory.
    :param demixing: short-range order of the same trajectory, None where it has none, as for a pure element.
    :raises InputError: if there are no displacements or too few lags, or no pair of atoms is within reach.
    """
    if not displacements:
        raise InputError("displacements", displacements, "there are none", "Give that of each element.")
    of_element = {symbol: diffusion(values, interval) for symbol, values in displacements.items()}
    slowest = min(of_element, key=lambda symbol: of_element[symbol].coefficient)
    found = of_element[slowest]
    displacement = float(np.sqrt(displacements[slowest][-1]))
    distance = first_peak(rdf.r, rdf.total)
    _, valley = first_minimum(rdf.r, rdf.total)
    failed = _failed_conditions(slowest, found, displacement, distance, valley, check)
    separated = "" if demixing is None else separation_reason(demixing, check)
    verdict: Verdict = "solid" if failed else "phase_separated" if separated else "liquid"
    diffuses = f"{slowest}, the slowest element, diffuses at {found.coefficient:.2g} m^2/s"
    reason = "; ".join(failed) or separated or diffuses
    return LiquidVerdict(verdict, reason, found.coefficient, found.exponent, displacement, distance, valley)


def separation_reason(found: Demixing, check: LiquidCheck) -> str:
    """Return why a mixture is taken for separated liquids, empty if it is not.

    It is where its short-range order lies more than two standard errors above the largest of one liquid; and where the
    order has grown by more than the largest growth and three standard errors, and lies above half of the largest.

    The default of the largest order is that of the simplest model of a mixture where it separates: the Ising model on
    the face-centred cubic lattice has 0.247 at its critical point (Domb, in Phase Transitions and Critical Phenomena,
    vol. 3, eds. Domb and Green, 1974). Where a cell holds few atoms of an element, they have less even in a phase of
    their own, hence the largest share of that; nothing is concluded where that is below 0.1.
    """
    if found.separated_order < _LEAST_SEPARATED_ORDER:
        return ""
    limit = min(check.max_short_range_order, check.max_separated_share * found.separated_order)
    numbers = f"the short-range order is {found.order:.2f} +- {found.order_error:.2f}"
    if found.order - 2 * found.order_error > limit:
        return f"{numbers}, above {limit:.2f}, where 0 is random and separate phases have {found.separated_order:.2f}"
    if found.growth is None or found.growth_error is None or found.order <= limit / 2:
        return ""
    if found.growth > max(check.max_order_growth, 3 * found.growth_error):
        grew = f"the short-range order grew by {found.growth:.2f} +- {found.growth_error:.2f} in the run"
        return f"{grew}, more than {check.max_order_growth:g}; it is {found.order:.2f}, above {limit / 2:.2f}"
    return ""


def _failed_conditions(
    symbol: str, found: Diffusion, displacement: float, distance: float, valley: float, check: LiquidCheck
) -> list[str]:
    needed = check.min_displacement * distance
    conditions = [
        (
            found.coefficient >= check.min_diffusion,
            f"{symbol} diffuses at {found.coefficient:.2g} m^2/s, less than {check.min_diffusion:.2g}",
        ),
        (
            found.exponent >= check.min_exponent,
            f"the displacement of {symbol} grows with time to the power {found.exponent:.2f}, less than "
            f"{check.min_exponent:g}",
        ),
        (
            displacement >= needed,
            f"{symbol} moves {displacement:.2f} Angstrom in half the run, less than {needed:.2f}: it is caged, or the "
            "run is too short",
        ),
        (
            valley >= check.min_valley,
            f"g(r) falls to {valley:.2f} after the first shell, below {check.min_valley:g}: crystalline order",
        ),
    ]
    return [text for holds, text in conditions if not holds]
