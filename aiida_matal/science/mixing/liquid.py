"""Whether a trajectory is one of a liquid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings
from aiida_matal.science.trajectory.diffusion import Diffusion, diffusion
from aiida_matal.science.trajectory.structure import RadialDistribution, first_minimum, first_peak


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


@dataclass(frozen=True)
class LiquidVerdict:
    """Liquid or solid, with the evidence.

    :ivar verdict: "liquid" or "solid".
    :ivar reason: why, in words.
    :ivar diffusion: diffusion coefficient of the slowest element, m^2/s.
    :ivar exponent: exponent of the mean square displacement of that element.
    :ivar displacement: root mean square displacement of that element over half the run, Angstrom.
    :ivar neighbour_distance: position of the first peak of g(r) of all atoms, Angstrom.
    :ivar valley: smallest g(r) of all atoms between the first and the second shell.
    """

    verdict: Literal["liquid", "solid"]
    reason: str
    diffusion: float
    exponent: float
    displacement: float
    neighbour_distance: float
    valley: float


def liquid_verdict(
    displacements: Mapping[str, NDArray[np.float64]], interval: float, rdf: RadialDistribution, check: LiquidCheck
) -> LiquidVerdict:
    """Return whether every element diffuses and the atoms are in no crystalline order.

    A crystal keeps its atoms in cages: their root mean square displacement stays below half the nearest-neighbour
    distance and does not grow. Between its first two shells there are few atoms: with EMT copper (108 atoms) the valley
    of g(r) is 0.0 at 300 K, 0.2 at 1100 K in the crystal and 0.6 in the liquid.

    :param displacements: mean square displacement of each element for lags of 0, 1, 2, ... frames, Angstrom^2, from
        :func:`~aiida_matal.science.trajectory.diffusion.mean_square_displacement`.
    :param interval: time from one frame to the next, fs.
    :param rdf: radial distribution functions of the same trajectory.
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
    reason = "; ".join(failed) or f"{slowest}, the slowest element, diffuses at {found.coefficient:.2g} m^2/s"
    verdict: Literal["liquid", "solid"] = "solid" if failed else "liquid"
    return LiquidVerdict(verdict, reason, found.coefficient, found.exponent, displacement, distance, valley)


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
