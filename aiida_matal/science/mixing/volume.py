"""The search for the volume at which a liquid is under a wanted pressure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings

_BULK_MODULUS_RANGE = (20.0, 3000.0)
#: (B' + 1) / 2 for B' = 4: relative deviation of P(ln V) from a line, in units of P / B.
CURVATURE = 2.5
_SMALLEST_ERROR = 0.05


class VolumeSearch(Settings):
    """How the volume is searched, and when it is accepted."""

    pressure_tolerance: float = Field(
        2.0, gt=0, description="the largest accepted deviation of the pressure, and largest error of it, in kbar"
    )
    bulk_modulus: float = Field(600.0, gt=0, description="the first guess of the bulk modulus in kbar")
    max_step: float = Field(0.10, gt=0, lt=1, description="the largest relative change of the volume from run to run")
    max_runs: int = Field(8, gt=0, description="the largest number of runs")


class VolumePoint(NamedTuple):
    """Mean pressure of one run and its standard error, both kbar (compression positive); volume in Angstrom^3."""

    volume_per_atom: float
    pressure: float
    pressure_error: float


class VolumeAdvice(NamedTuple):
    """What to do after a run.

    :ivar accepted: whether the last volume is the one wanted.
    :ivar volume_per_atom: volume of the next run, or the accepted one, Angstrom^3.
    :ivar longer: whether the pressure is right but its error too large, so that the run has to go on at this volume.
    :ivar reason: why, in words.
    """

    accepted: bool
    volume_per_atom: float
    longer: bool
    reason: str


def next_volume(points: Sequence[VolumePoint], settings: VolumeSearch, target_pressure: float = 0.0) -> VolumeAdvice:
    """Return whether the last run has the wanted pressure, and otherwise at which volume to run next.

    The last point is accepted if its pressure is within ``pressure_tolerance`` of the target, and its error is no
    larger. If only the error is too large, the volume stays. Otherwise a line P = a - B ln V through all points gives
    the next volume. The caller counts the runs against ``max_runs``.

    :param points: all runs so far, oldest first.
    :param target_pressure: wanted pressure, kbar.
    :raises InputError: if there are no points, or one holds a number that is not usable.
    """
    _check(points)
    last = points[-1]
    tolerance = settings.pressure_tolerance
    found = f"pressure {last.pressure:.2f} +- {last.pressure_error:.2f} kbar"
    if abs(last.pressure - target_pressure) <= tolerance:
        if last.pressure_error > tolerance:
            reason = f"{found}: the error is above the tolerance of {tolerance:g} kbar, a longer run is needed"
            return VolumeAdvice(False, last.volume_per_atom, True, reason)
        reason = f"{found}: within {tolerance:g} kbar of {target_pressure:g} kbar"
        return VolumeAdvice(True, last.volume_per_atom, False, reason)
    volume, bulk_modulus, _ = fit_pressure(points, settings, target_pressure)
    lowest, highest = last.volume_per_atom * (1 - settings.max_step), last.volume_per_atom * (1 + settings.max_step)
    clipped = min(max(volume, lowest), highest)
    reason = (
        f"{found}: not within {tolerance:g} kbar of {target_pressure:g} kbar, "
        f"next {clipped:.3f} Angstrom^3 per atom by a bulk modulus of {bulk_modulus:.0f} kbar"
    )
    if clipped != volume:
        reason += f", the step limited to {settings.max_step:.0%}"
    return VolumeAdvice(False, clipped, False, reason)


class PressureFit(NamedTuple):
    """A line P = a - B ln V through the runs.

    :ivar volume_per_atom: where it meets the wanted pressure, Angstrom^3.
    :ivar bulk_modulus: B in kbar.
    :ivar bulk_modulus_error: its standard error, kbar.
    """

    volume_per_atom: float
    bulk_modulus: float
    bulk_modulus_error: float


def fit_pressure(points: Sequence[VolumePoint], settings: VolumeSearch, target_pressure: float = 0.0) -> PressureFit:
    """Return the line through all runs.

    A point counts less the farther it is from the target: P(ln V) of a liquid whose bulk modulus rises by B' = 4 for
    each kbar deviates from a line by (B' + 1) / 2 (P - target)^2 / B. The guessed bulk modulus, with an error as large
    as itself, is one more observation: it decides alone until the points are apart.
    """
    volumes, pressures, errors = np.array(points, dtype=np.float64).T
    guess = settings.bulk_modulus
    excess = pressures - target_pressure
    smallest = _SMALLEST_ERROR * settings.pressure_tolerance
    weights = 1 / (smallest**2 + errors**2 + (CURVATURE * excess**2 / guess) ** 2)
    log_volumes = np.log(volumes)
    centre, level = np.average([log_volumes, excess], axis=1, weights=weights)
    offset = log_volumes - centre
    precision = 1 / guess**2 + np.sum(weights * offset**2)
    slope = (1 / guess - np.sum(weights * offset * excess)) / precision
    bulk_modulus = float(np.clip(slope, *_BULK_MODULUS_RANGE))
    return PressureFit(float(np.exp(centre + level / bulk_modulus)), bulk_modulus, float(precision**-0.5))


def _check(points: Sequence[VolumePoint]) -> None:
    if not points:
        raise InputError("points", [], "there is no run yet", "Give at least one run.")
    for point in points:
        if not np.isfinite(point).all() or point.volume_per_atom <= 0 or point.pressure_error < 0:
            raise InputError("points", point, "it is not usable", "Give finite numbers, volume > 0 and error >= 0.")
