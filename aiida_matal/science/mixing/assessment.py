"""What to do next with a liquid: another volume, a longer run, or accept it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from aiida_matal.science.mixing.enthalpy import KJ_PER_MOL
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.mixing.volume import VolumePoint, next_volume
from aiida_matal.science.trajectory.frames import Frames
from aiida_matal.science.trajectory.statistics import estimate_mean

Action = Literal["rescale", "extend", "accept", "give_up"]


@dataclass(frozen=True)
class RunPoint:
    """Means and standard errors of the run at one volume: Angstrom^3, kbar and eV per atom."""

    volume_per_atom: float
    pressure: float
    pressure_error: float
    energy_per_atom: float
    energy_error: float
    n_steps: int


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


def run_point(frames: Frames, settings: LiquidSettings) -> RunPoint:
    """Return the means of a run after equilibration, with their standard errors."""
    pressure = estimate_mean(frames.pressure_of(settings.pressure_kind))
    energy = estimate_mean(frames.energy_potential / frames.n_atoms)
    volume = frames.volume_per_atom
    return RunPoint(volume, pressure.mean, pressure.error, energy.mean, energy.error, frames.n_steps)


def assess(frames: Frames, previous: Sequence[RunPoint], settings: LiquidSettings) -> Assessment:
    """Decide what to do after the run that made ``frames``.

    :param frames: all frames at the present volume.
    :param previous: the points at earlier volumes.
    """
    point = run_point(frames, settings)
    points = [*previous, point]
    volumes = [VolumePoint(item.volume_per_atom, item.pressure, item.pressure_error) for item in points]
    advice = next_volume(volumes, settings.volume_search)
    if not advice.accepted:
        if point.n_steps >= settings.max_production_steps or len(points) >= settings.volume_search.max_runs:
            return Assessment(points, "give_up", advice.reason, advice.volume_per_atom, 0)
        action: Action = "extend" if advice.longer else "rescale"
        n_steps = settings.production_steps
        return Assessment(points, action, advice.reason, advice.volume_per_atom, n_steps)
    return _after_volume(points, settings)


def _after_volume(points: list[RunPoint], settings: LiquidSettings) -> Assessment:
    point = points[-1]
    error = point.energy_error * KJ_PER_MOL
    missing = settings.production_steps - point.n_steps
    if missing > 0:
        return Assessment(points, "extend", "the volume is found, production begins", point.volume_per_atom, missing)
    if error <= settings.energy_error:
        reason = f"P = {point.pressure:.2f} kbar, error of the energy {error:.3f} kJ/mol"
        return Assessment(points, "accept", reason, point.volume_per_atom, 0)
    reason = f"the error of the energy is {error:.3f} kJ/mol, above {settings.energy_error}"
    left = settings.max_production_steps - point.n_steps
    if left <= 0:
        return Assessment(points, "give_up", reason, point.volume_per_atom, 0)
    return Assessment(points, "extend", reason, point.volume_per_atom, min(left, settings.production_steps))
