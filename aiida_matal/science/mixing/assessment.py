"""What to do next with a liquid: another volume, a longer run, or accept it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from aiida_matal.science.mixing.enthalpy import KJ_PER_MOL
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.mixing.volume import PressureFit, VolumePoint, fit_pressure, next_volume
from aiida_matal.science.mixing.zero_pressure import RunPoint, ZeroPressureEnergy, run_point, zero_pressure_energy
from aiida_matal.science.trajectory.frames import Frames

Action = Literal["rescale", "extend", "accept", "give_up"]


@dataclass(frozen=True)
class Assessment:
    """The points found so far and the next step.

    :param n_steps: number of time steps of the next run.
    :param volume_per_atom: volume of the next run, Angstrom^3.
    """

    points: list[RunPoint]
    action: Action
    reason: str
    volume_per_atom: float
    n_steps: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def points_from(values: dict[str, Any]) -> list[RunPoint]:
    """Return the points of an assessment stored by :meth:`Assessment.as_dict`."""
    return [RunPoint(**point) for point in values["points"]]


def assess(frames: Frames, previous: Sequence[RunPoint], settings: LiquidSettings) -> Assessment:
    """Decide what to do after the run that made ``frames``.

    :param frames: all frames at the present volume.
    :param previous: the points at earlier volumes.
    """
    point = run_point(frames, settings.pressure_kind)
    points = [*previous, point]
    advice = next_volume(_volume_points(points), settings.volume_search)
    if not advice.accepted:
        if point.n_steps >= settings.max_production_steps or len(points) >= settings.volume_search.max_runs:
            return Assessment(points, "give_up", advice.reason, advice.volume_per_atom, 0)
        action: Action = "extend" if advice.longer else "rescale"
        n_steps = settings.production_steps
        return Assessment(points, action, advice.reason, advice.volume_per_atom, n_steps)
    return _after_volume(points, settings)


def zero_pressure_state(points: Sequence[RunPoint], settings: LiquidSettings) -> tuple[ZeroPressureEnergy, PressureFit]:
    """Return the energy at zero pressure, eV per atom, and the fit of the pressure that it rests on."""
    fit = pressure_fit(points, settings)
    return zero_pressure_energy(points, fit, settings.volume_search.pressure_tolerance), fit


def pressure_fit(points: Sequence[RunPoint], settings: LiquidSettings) -> PressureFit:
    """Return the line through the pressures at all volumes."""
    return fit_pressure(_volume_points(points), settings.volume_search)


def _after_volume(points: list[RunPoint], settings: LiquidSettings) -> Assessment:
    """Decide what to do at an accepted volume: produce until the error is small enough or the time is spent.

    Where the error comes from dE/dP rather than from the length of the runs, a run at the fitted volume helps more than
    a longer one.
    """
    point = points[-1]
    missing = settings.production_steps - point.n_steps
    if missing > 0:
        return Assessment(points, "extend", "the volume is found, production begins", point.volume_per_atom, missing)
    energy, fit = zero_pressure_state(points, settings)
    error, target = energy.error * KJ_PER_MOL, settings.energy_error
    left = settings.max_production_steps - sum(item.n_steps for item in points)
    reason = f"the error of the energy at zero pressure is {error:.3f} kJ/mol"
    if error <= target or left <= 0:
        reason += "" if error <= target else f", above {target:g}, but the longest production is done"
        return Assessment(points, "accept", reason, point.volume_per_atom, 0)
    reason += f", above {target:g}"
    if energy.slope_error > energy.statistical_error and len(points) < settings.volume_search.max_runs:
        volume = fit.volume_per_atom
        return Assessment(points, "rescale", f"{reason}, most of it from dE/dP", volume, settings.production_steps)
    wanted = int(point.n_steps * ((error / target) ** 2 - 1))
    n_steps = min(max(wanted, settings.production_steps), left)
    return Assessment(points, "extend", reason, point.volume_per_atom, n_steps)


def _volume_points(points: Sequence[RunPoint]) -> list[VolumePoint]:
    return [VolumePoint(point.volume_per_atom, point.pressure, point.pressure_error) for point in points]
