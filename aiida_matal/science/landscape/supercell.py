"""Periodic supercells of the parent crystal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.crystal import Crystal

Ints = NDArray[np.int64]


class Supercell:
    """A supercell, and the order in which its sites are numbered.

    :param crystal: the parent crystal.
    :param matrix: the vectors of the supercell, as rows, in lattice vectors of the crystal; shape (3, 3), integers.
    :raises InputError: if the matrix is none of integers or spans no volume.
    """

    def __init__(self, crystal: Crystal, matrix: ArrayLike) -> None:
        rows = np.asarray(matrix)
        if rows.shape != (3, 3) or not np.isfinite(rows).all() or (rows != np.rint(rows)).any():
            raise InputError("supercell", rows.tolist(), "its vectors are no integers", "Give three rows of three.")
        self.crystal = crystal
        self.matrix: Ints = rows.astype(np.int64)
        self._hermite = _hermite_form(self.matrix)

    @property
    def n_cells(self) -> int:
        """Number of unit cells of the crystal in the supercell."""
        return int(self._hermite.diagonal().prod())

    @property
    def n_sites(self) -> int:
        """Number of variable sites."""
        return self.n_cells * self.crystal.n_variable

    @cached_property
    def translations(self) -> Ints:
        """The lattice vectors of the crystal that are different in the supercell, shape (n_cells, 3)."""
        return np.indices(self._hermite.diagonal().tolist()).reshape(3, -1).T

    @cached_property
    def sites(self) -> Ints:
        """All variable sites [b, i, j, k], in ascending order, shape (n_sites, 4)."""
        b = np.repeat(np.arange(self.crystal.n_variable), self.n_cells)
        return np.column_stack([b, np.tile(self.translations, (self.crystal.n_variable, 1))])

    def index(self, sites: ArrayLike) -> Ints:
        """Return the positions in :attr:`sites` of sites anywhere in the crystal.

        :param sites: shape (..., 4), integers.
        :returns: shape (...).
        """
        array = np.asarray(sites, dtype=np.int64)
        cell = array[..., 1:]
        for axis, row in enumerate(self._hermite):
            cell = cell - (cell[..., axis, None] // row[axis]) * row
        _, n_j, n_k = self._hermite.diagonal()
        return array[..., 0] * self.n_cells + (cell[..., 0] * n_j + cell[..., 1]) * n_k + cell[..., 2]

    def repeat(self, repeats: Sequence[int]) -> Supercell:
        """Return the supercell that repeats this one along each of its vectors.

        :raises InputError: unless there are three repeats, each at least 1.
        """
        if len(repeats) != 3 or min(repeats) < 1:
            raise InputError(
                "repeats", list(repeats), "three numbers, at least 1, are needed", "Give for example 4 4 4."
            )
        return Supercell(self.crystal, np.diag(repeats) @ self.matrix)


def _hermite_form(matrix: Ints) -> Ints:
    """Return the upper triangular matrix, with a positive diagonal, whose rows span the same lattice."""
    rows = [[int(value) for value in row] for row in matrix]
    for column in range(3):
        for lower in range(column + 1, 3):
            while rows[lower][column]:
                factor = rows[column][column] // rows[lower][column]
                rest = [a - factor * b for a, b in zip(rows[column], rows[lower], strict=True)]
                rows[column], rows[lower] = rows[lower], rest
        if rows[column][column] == 0:
            cure = "Give three vectors that are not in one plane."
            raise InputError("supercell", matrix.tolist(), "the vectors span no volume", cure)
        if rows[column][column] < 0:
            rows[column] = [-value for value in rows[column]]
    return np.array(rows, dtype=np.int64)
