"""The energy that a liquid has at zero pressure, from runs at pressures near zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.constants import angstrom, e, k

from aiida_matal.science.mixing.enthalpy import Estimate
from aiida_matal.science.mixing.volume import CURVATURE, PressureFit
from aiida_matal.science.trajectory.frames import Frames
from aiida_matal.science.trajectory.statistics import estimate_mean

BOLTZMANN = k / e
EV_PER_KBAR_ANGSTROM3 = 1e8 * angstrom**3 / e
#: Points farther from zero pressure than this many tolerances say nothing about it.
MAX_TOLERANCES = 5.0
SMALLEST_VARIANCE = 1e-24


@dataclass(frozen=True)
class RunPoint:
    """What the run at one volume gave; energies in eV per atom, pressures in kbar, volume in Angstrom^3.

    :param covariance: of the means of energy and pressure, eV kbar.
    :param thermal_pressure: T (dP/dT) at constant volume.
    :param thermal_pressure_error: its standard error.
    """

    volume_per_atom: float
    pressure: float
    pressure_error: float
    energy_per_atom: float
    energy_error: float
    covariance: float
    thermal_pressure: float
    thermal_pressure_error: float
    n_steps: int


class ZeroPressureEnergy(NamedTuple):
    """The potential energy at zero pressure, eV per atom.

    :ivar statistical_error: from the finite length of the runs.
    :ivar slope_error: from the error of dE/dP, at the mean pressure of the runs.
    """

    value: float
    statistical_error: float
    slope_error: float

    @property
    def error(self) -> float:
        """Return the standard error."""
        return float(np.hypot(self.statistical_error, self.slope_error))


def run_point(frames: Frames, pressure_kind: str) -> RunPoint:
    """Return the means of a run after equilibration, their errors, and the thermal pressure.

    The thermal pressure is that of fluctuations at constant volume: T (dP/dT) = N k T / V + <dU dP_virial> / (k T)
    (Allen and Tildesley, Computer Simulation of Liquids, 2nd ed., eq. 2.83).
    """
    pressures, energies = frames.pressure_of(pressure_kind), frames.energy_potential
    pressure, energy = estimate_mean(pressures), estimate_mean(energies / frames.n_atoms)
    energies, virials = energies[energy.start :], frames.pressure_virial[energy.start :]
    covariance = _covariance(energies, virials)
    thermal_energy = BOLTZMANN * float(frames.temperature[energy.start :].mean())
    ideal = thermal_energy / (frames.volume_per_atom * EV_PER_KBAR_ANGSTROM3)
    spread = float(energies.std() * virials.std())
    of_means = _covariance(energies, pressures[energy.start :]) / frames.n_atoms / energy.n_effective
    largest = energy.error * pressure.error
    return RunPoint(
        volume_per_atom=frames.volume_per_atom,
        pressure=pressure.mean,
        pressure_error=pressure.error,
        energy_per_atom=energy.mean,
        energy_error=energy.error,
        covariance=float(np.clip(of_means, -largest, largest)),
        thermal_pressure=ideal + covariance / thermal_energy,
        thermal_pressure_error=float(np.hypot(spread, covariance) / np.sqrt(energy.n_effective)) / thermal_energy,
        n_steps=frames.n_steps,
    )


def zero_pressure_energy(points: Sequence[RunPoint], fit: PressureFit, pressure_tolerance: float) -> ZeroPressureEnergy:
    """Return the potential energy at zero pressure, and its errors.

    Along the isotherm dE/dP = -V T (dP/dT)_V / B to first order in P, so that each run gives E + s P with
    s = V T (dP/dT)_V / B; the runs near zero pressure are averaged by their errors, which hold energy, pressure and
    their covariance, and the curvature of the isotherm. Without this, the energy of a soft liquid within 2 kbar of zero
    pressure is wrong by about 1 kJ/mol.

    :param points: all runs; those beyond five tolerances from zero pressure do not count, the last one always does.
    :param fit: bulk modulus from the same runs.
    """
    near = [point for point in points[:-1] if abs(point.pressure) <= MAX_TOLERANCES * pressure_tolerance]
    values = np.array([astuple(point) for point in [*near, points[-1]]], dtype=np.float64)
    volume, pressure, pressure_error, energy, energy_error, covariance, thermal, thermal_error, _ = values.T
    thermal_mean, thermal_mean_error = _weighted_mean(thermal, thermal_error**2)
    slope = float(volume[-1]) * EV_PER_KBAR_ANGSTROM3 * thermal_mean / fit.bulk_modulus
    relative = np.hypot(thermal_mean_error / thermal_mean, fit.bulk_modulus_error / fit.bulk_modulus)
    curvature = CURVATURE * slope * pressure**2 / fit.bulk_modulus
    variance = energy_error**2 + (slope * pressure_error) ** 2 + 2 * slope * covariance + curvature**2
    value, error = _weighted_mean(energy + slope * pressure, variance)
    mean_pressure, _ = _weighted_mean(pressure, variance)
    return ZeroPressureEnergy(value, error, float(abs(relative * slope * mean_pressure)))


def _weighted_mean(values: NDArray[np.float64], variances: NDArray[np.float64]) -> Estimate:
    weights = 1 / np.maximum(variances, SMALLEST_VARIANCE)
    return Estimate(float(np.average(values, weights=weights)), float(weights.sum() ** -0.5))


def _covariance(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return float(np.mean((first - first.mean()) * (second - second.mean())))
