"""The atoms that a run starts from, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ase import Atoms, units
from numpy.typing import ArrayLike

from aiida_matal.science.table import Column, Table

_POSITIONS, _VELOCITIES = ("x", "y", "z"), ("v_x", "v_y", "v_z")


def atoms_table(symbols: Sequence[str], masses: ArrayLike, positions: ArrayLike, velocities: ArrayLike | None) -> Table:
    """Return one row an atom.

    :param symbols: element of each of the N atoms.
    :param masses: (N,), atomic mass units.
    :param positions: (N, 3) cartesian, Angstrom.
    :param velocities: (N, 3), Angstrom/fs, or None if they are to be drawn.
    """
    arrays: dict[str, ArrayLike] = {"symbol": list(symbols), "mass": masses}
    columns = {"symbol": Column("element"), "mass": Column("mass", "u")}
    arrays |= dict(zip(_POSITIONS, np.asarray(positions, dtype=float).T, strict=True))
    columns |= {name: Column("cartesian coordinate", "Angstrom") for name in _POSITIONS}
    if velocities is not None:
        arrays |= dict(zip(_VELOCITIES, np.asarray(velocities, dtype=float).T, strict=True))
        columns |= {name: Column("velocity", "Angstrom/fs") for name in _VELOCITIES}
    return Table(arrays, columns)


def atoms_from_table(table: Table, cell: ArrayLike) -> Atoms:
    """Return periodic atoms, with velocities if the table has them.

    :param cell: (3, 3), vectors as rows, Angstrom.
    :raises InputError: if a column is missing.
    """
    atoms = Atoms(table["symbol"].tolist(), table.matrix(_POSITIONS), cell=cell, pbc=True, masses=table["mass"])
    if _VELOCITIES[0] in table:
        atoms.set_velocities(table.matrix(_VELOCITIES) / units.fs)
    return atoms
