"""The trajectory node that every molecular dynamics engine returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from aiida import orm
from numpy.typing import NDArray

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
    cells: NDArray[np.float64],
    positions: NDArray[np.float64],
    frame_values: Mapping[str, NDArray[np.float64]],
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
