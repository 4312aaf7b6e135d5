"""The state of a simulated liquid: means, structure, diffusion, verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.mixing.assessment import zero_pressure_state
from aiida_matal.science.mixing.liquid import liquid_verdict
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.mixing.zero_pressure import EV_PER_KBAR_ANGSTROM3, RunPoint
from aiida_matal.science.table import Column, Table
from aiida_matal.science.trajectory.diffusion import mean_square_displacement
from aiida_matal.science.trajectory.frames import Frames
from aiida_matal.science.trajectory.statistics import equilibration_start, estimate_mean
from aiida_matal.science.trajectory.structure import RadialDistribution, partial_rdf

MAX_RDF_FRAMES = 200


@dataclass(frozen=True)
class LiquidState:
    """The result of a liquid.

    :param state: plain values; energies in eV per atom, pressures in kbar, volume in Angstrom^3, diffusion in m^2/s.
    :param rdf: partial radial distribution functions.
    :param msd: mean square displacements by element.
    """

    state: dict[str, Any]
    rdf: Table
    msd: Table


def liquid_state(frames: Frames, points: Sequence[RunPoint], settings: LiquidSettings) -> LiquidState:
    """Return the state of the liquid that ``frames`` show.

    :param points: the means at all volumes, the accepted one last.
    """
    point = points[-1]
    energy, fit = zero_pressure_state(points, settings)
    start = equilibration_start(frames.energy_potential)
    every = max(1, (len(frames) - start) // MAX_RDF_FRAMES)
    rdf = partial_rdf(frames.positions[start::every], frames.cells[start::every], frames.symbols)
    displacements = mean_square_displacement(frames.positions[start:], frames.symbols)
    verdict = liquid_verdict(displacements, frames.interval, rdf, settings.liquid_check)
    pv = EV_PER_KBAR_ANGSTROM3 * frames.volume_per_atom
    enthalpy = estimate_mean(frames.energy_potential / frames.n_atoms + pv * frames.pressure)
    state = {
        "composition": dict(Counter(frames.symbols)),
        "n_atoms": frames.n_atoms,
        "n_frames": len(frames),
        "first_equilibrated_frame": int(start),
        "temperature": float(frames.temperature[start:].mean()),
        "volume_per_atom": point.volume_per_atom,
        "pressure": point.pressure,
        "pressure_error": point.pressure_error,
        "pressure_kind": settings.pressure_kind,
        "energy_per_atom": point.energy_per_atom,
        "energy_error": point.energy_error,
        "zero_pressure_energy": energy.value,
        "zero_pressure_energy_error": energy.error,
        "bulk_modulus": fit.bulk_modulus,
        "bulk_modulus_error": fit.bulk_modulus_error,
        "thermal_pressure": point.thermal_pressure,
        "enthalpy_per_atom": enthalpy.mean,
        "enthalpy_error": enthalpy.error,
        "diffusion": verdict.diffusion,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
    }
    return LiquidState(state, _rdf_table(rdf), _msd_table(displacements, frames.interval))


def _rdf_table(rdf: RadialDistribution) -> Table:
    pairs = {f"g_{a}_{b}": g for (a, b), g in rdf.partial.items()}
    columns = {
        "r": Column("distance", "Angstrom"),
        "g": Column("radial distribution function of all atoms", "1"),
        **{name: Column(f"radial distribution function {name[2:].replace('_', '-')}", "1") for name in pairs},
    }
    return Table({"r": rdf.r, "g": rdf.total, **pairs}, columns)


def _msd_table(displacements: Mapping[str, NDArray[np.float64]], interval: float) -> Table:
    n_lags = len(next(iter(displacements.values())))
    columns = {
        "time": Column("time", "fs"),
        **{f"msd_{symbol}": Column(f"mean square displacement of {symbol}", "Angstrom^2") for symbol in displacements},
    }
    arrays = {f"msd_{symbol}": values for symbol, values in displacements.items()}
    return Table({"time": interval * np.arange(n_lags), **arrays}, columns)
