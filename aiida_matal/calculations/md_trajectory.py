"""The trajectory node that every molecular dynamics engine returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from aiida import orm
from ase import units
from numpy.typing import NDArray

from aiida_matal.science.trajectory.frames import KILOBAR

Floats = NDArray[np.float64]

#: Unit of every array of one number a frame.
FRAME_UNITS = {
    "energy_potential": "eV",
    "energy_kinetic": "eV",
    "temperature": "K",
    "volume": "Angstrom^3",
    "pressure_virial": "kbar",
    "pressure_kinetic": "kbar",
    "pressure": "kbar",
}
#: Unit of the arrays of one number a frame that only engines with electrons have.
ELECTRONIC_UNITS = {"energy_free": "eV"}
UNITS = {**FRAME_UNITS, **ELECTRONIC_UNITS, "positions": "Angstrom", "cells": "Angstrom", "times": "fs"}


def md_trajectory(
    symbols: Sequence[str],
    cells: Floats,
    positions: Floats,
    frame_values: Mapping[str, Floats],
    *,
    timestep: float,
    sample_every: int,
    engine: str,
    energy: str = "classical",
) -> orm.TrajectoryData:
    """Return a run's frames as an unstored node; frame i is step ``i * sample_every``, frame 0 the start of the run.

    :param symbols: element of each of the N atoms.
    :param cells: (n, 3, 3), Angstrom.
    :param positions: (n, N, 3) cartesian, not wrapped into the cell, Angstrom.
    :param frame_values: (n,) for each name in ``FRAME_UNITS`` and any in ``ELECTRONIC_UNITS``.
    :param timestep: fs.
    :param energy: what ``energy_potential`` is: ``classical`` or a choice of ``ElectronSettings.energy``.
    """
    steps = np.arange(len(positions)) * sample_every
    node = orm.TrajectoryData()
    node.set_trajectory(
        symbols=list(symbols),
        positions=positions,
        stepids=steps,
        cells=cells,
        times=steps * float(timestep),
        pbc=(True, True, True),
    )
    for name in frame_array_names(frame_values):
        node.set_array(name, frame_values[name])
    units = {name: UNITS[name] for name in sorted(node.get_arraynames()) if name in UNITS}
    attributes = {
        "timestep": timestep,
        "sample_every": sample_every,
        "engine": engine,
        "energy": energy,
        "units": units,
    }
    node.base.attributes.set_many(attributes)
    return node


def frame_array_names(present: Collection[str]) -> list[str]:
    """Return the names of the arrays of one number a frame: those that every engine has, and others that are there."""
    return [*FRAME_UNITS, *(name for name in ELECTRONIC_UNITS if name in present)]


def frame_values(
    energy_potential: Floats,
    energy_kinetic: Floats,
    pressure_virial: Floats,
    volume: float,
    n_atoms: int,
    **more: Floats,
) -> dict[str, Floats]:
    """Return the values of n frames by the names of ``FRAME_UNITS``, for an engine that gives three of them.

    The temperature is that of 3N - 3 degrees of freedom, as the centre of mass is at rest.

    :param energy_potential: (n,), eV.
    :param energy_kinetic: (n,), eV.
    :param pressure_virial: (n,), kbar.
    :param volume: of the cell, Angstrom^3.
    :param more: other values, or better ones of the same, (n,).
    """
    pressure_kinetic = 2 * energy_kinetic / (3 * volume) / KILOBAR
    return {
        "energy_potential": energy_potential,
        "energy_kinetic": energy_kinetic,
        "temperature": 2 * energy_kinetic / ((3 * n_atoms - 3) * units.kB),
        "volume": np.full(len(energy_kinetic), volume),
        "pressure_virial": pressure_virial,
        "pressure_kinetic": pressure_kinetic,
        "pressure": pressure_virial + pressure_kinetic,
        **more,
    }
