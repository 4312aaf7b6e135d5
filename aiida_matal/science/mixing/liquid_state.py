"""The state of a simulated liquid: means, structure, diffusion, verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.mixing.assessment import zero_pressure_state
from aiida_matal.science.mixing.demixing import Demixing, demixing
from aiida_matal.science.mixing.liquid import liquid_verdict
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.mixing.zero_pressure import EV_PER_KBAR_ANGSTROM3, RunPoint
from aiida_matal.science.table import Column, Table
from aiida_matal.science.trajectory.diffusion import mean_square_displacement
from aiida_matal.science.trajectory.frames import Frames
from aiida_matal.science.trajectory.statistics import equilibration_start, estimate_mean
from aiida_matal.science.trajectory.structure import RadialDistribution, partial_rdf

MAX_STRUCTURE_FRAMES = 200


@dataclass(frozen=True)
class LiquidState:
    """The result of a liquid.

    :param state: plain values; energies in eV per atom, pressures in kbar, volume in Angstrom^3, diffusion in m^2/s.
        Those of the short-range order are None for a pure liquid.
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
    every = -(-(len(frames) - start) // MAX_STRUCTURE_FRAMES)
    chosen = (frames.positions[start::every], frames.cells[start::every], frames.symbols)
    rdf, separation = partial_rdf(*chosen), demixing(*chosen)
    displacements = mean_square_displacement(frames.positions[start:], frames.symbols)
    verdict = liquid_verdict(displacements, frames.interval, rdf, settings.liquid_check, separation)
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
        **_demixing_values(separation),
        "verdict": verdict.verdict,
        "reason": verdict.reason,
    }
    return LiquidState(state, _rdf_table(rdf), _msd_table(displacements, frames.interval))


def _demixing_values(found: Demixing | None) -> dict[str, float | None]:
    """Return the values of a mixture; None for all that a pure liquid or a short run does not have."""
    keys = {
        "short_range_order": "order",
        "short_range_order_error": "order_error",
        "short_range_order_growth": "growth",
        "short_range_order_growth_error": "growth_error",
        "separated_order": "separated_order",
    }
    return {key: getattr(found, name, None) for key, name in keys.items()}


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
