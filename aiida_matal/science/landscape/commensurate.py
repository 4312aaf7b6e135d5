"""The smallest supercell in which waves are periodic, and how symmetry permutes its sites."""

from __future__ import annotations

import numpy as np
import spglib
from numpy.typing import NDArray

from aiida_matal.science.landscape.crystal import Crystal
from aiida_matal.science.landscape.supercell import Supercell

Ints = NDArray[np.int64]


def star(crystal: Crystal, waves: Ints, denominator: int) -> Ints:
    """Return all wave vectors that the space group makes of some, in ascending order.

    :param waves: wave vectors times ``denominator``, in reciprocal lattice vectors; shape (n, 3), integers.
    :returns: the same for the star, each component in 0 .. denominator - 1.
    """
    images = np.einsum("ni,kij->knj", waves, crystal.operations.rotations).reshape(-1, 3)
    return np.unique(images % denominator, axis=0)


def commensurate_cell(crystal: Crystal, waves: Ints, denominator: int) -> Supercell:
    """Return the supercell of all lattice vectors R with integer k . R for each wave vector k, with short vectors.

    :param waves: wave vectors times ``denominator``, in reciprocal lattice vectors; shape (n, 3), integers.
    """
    reciprocal = lattice_basis(np.concatenate([waves, denominator * np.eye(3, dtype=np.int64)]))
    cell = np.rint(denominator * np.linalg.inv(reciprocal).T)
    reduced = spglib.niggli_reduce(cell @ crystal.vectors)
    rows = np.rint(reduced @ np.linalg.inv(crystal.vectors)).astype(np.int64)
    return Supercell(crystal, rows if np.linalg.det(rows) > 0 else -rows)


def lattice_basis(generators: Ints) -> Ints:
    """Return the three vectors, in Hermite's normal form, that span the same lattice as integer vectors do.

    :param generators: shape (n, 3); they span three dimensions.
    """
    rows = [[int(value) for value in row] for row in generators]
    basis: list[Ints] = []
    for column in range(3):
        while len(leading := [row for row in rows if row[column]]) > 1:
            pivot = min(leading, key=lambda row: abs(row[column]))
            rows = [
                row if row is pivot else [a - row[column] // pivot[column] * b for a, b in zip(row, pivot, strict=True)]
                for row in rows
            ]
        rows = [row for row in rows if row is not leading[0]]
        basis.append(np.sign(leading[0][column]) * np.array(leading[0]))
        for upper in range(column):
            basis[upper] = basis[upper] - basis[upper][column] // basis[column][column] * basis[column]
    return np.array(basis)


def operation_permutations(cell: Supercell) -> Ints:
    """Return the site to which each operation of the space group moves each site, shape (operations, sites).

    The operations are those of the crystal modulo lattice translations; they map the lattice of the cell to itself.
    """
    operations = range(len(cell.crystal.operations))
    return np.array([cell.index(cell.crystal.image(operation, cell.sites)) for operation in operations])


def translation_permutations(cell: Supercell) -> Ints:
    """Return the site to which each lattice translation moves each site, shape (n_cells, sites)."""
    steps = np.pad(cell.translations, [(0, 0), (1, 0)])
    return cell.index(cell.sites + steps[:, None])
