"""What to do next with a liquid: another volume, a longer run, or accept it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from aiida_matal.science.mixing.enthalpy import KJ_PER_MOL, Estimate
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.mixing.volume import PressureFit, VolumePoint, fit_pressure, next_volume
from aiida_matal.science.mixing.zero_pressure import RunPoint, run_point, zero_pressure_energy
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


def zero_pressure_state(points: Sequence[RunPoint], settings: LiquidSettings) -> tuple[Estimate, PressureFit]:
    """Return the energy at zero pressure, eV per atom, and the fit of the pressure that it rests on."""
    fit = fit_pressure(_volume_points(points), settings.volume_search)
    return zero_pressure_energy(points, fit, settings.volume_search.pressure_tolerance), fit


def _after_volume(points: list[RunPoint], settings: LiquidSettings) -> Assessment:
    point = points[-1]
    missing = settings.production_steps - point.n_steps
    if missing > 0:
        return Assessment(points, "extend", "the volume is found, production begins", point.volume_per_atom, missing)
    error = zero_pressure_state(points, settings)[0].error * KJ_PER_MOL
    reason = f"the error of the energy at zero pressure is {error:.3f} kJ/mol"
    if error <= settings.energy_error:
        return Assessment(points, "accept", reason, point.volume_per_atom, 0)
    reason += f", above {settings.energy_error:g}"
    left = settings.max_production_steps - point.n_steps
    if left <= 0:
        return Assessment(points, "give_up", reason, point.volume_per_atom, 0)
    return Assessment(points, "extend", reason, point.volume_per_atom, min(left, settings.production_steps))


def _volume_points(points: Sequence[RunPoint]) -> list[VolumePoint]:
    return [VolumePoint(point.volume_per_atom, point.pressure, point.pressure_error) for point in points]
