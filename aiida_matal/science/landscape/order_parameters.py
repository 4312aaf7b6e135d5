"""Composition and order parameters: what they are made of, and how symmetry acts on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.commensurate import operation_permutations, translation_permutations
from aiida_matal.science.landscape.crystal import Crystal
from aiida_matal.science.landscape.k_star import k_star_waves
from aiida_matal.science.landscape.ordering import OrderingSettings
from aiida_matal.science.landscape.supercell import Supercell
from aiida_matal.science.landscape.variants import variant_waves

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DIGITS = 9


@dataclass(frozen=True, eq=False)
class OrderParameters:
    """Composition and order parameters eta = Q x of the occupations x of the M sublattices.

    The sublattices are the sites of the smallest cell in which every variant of the ordering is periodic. See Holber
    and Garikipati (2025), section 2.1.2, and Natarajan, Thomas, Puchala and Van der Ven (2017).

    :ivar sublattice_sites: the cell whose sites are the sublattices.
    :ivar Q: rows are 1 / M, for the composition, and waves / M; Q Q^T = 1 / M. Shape (d, M).
    :ivar group: the different matrices with which the space group, translations included, acts on eta[1:], in ascending
        order; the composition does not change. Shape (order, d - 1, d - 1).
    :ivar variants: eta of each fully ordered variant, shape (n_variants, d).
    """

    sublattice_sites: Supercell
    Q: Floats
    group: Floats
    variants: Floats

    @classmethod
    def from_settings(cls, settings: OrderingSettings, crystal: Crystal, where: str = "ordering") -> Self:
        """Return the order parameters of an ordering.

        A wave vector of waves that are +1 or -1 on every site has the variants x = (1 + s) / 2 with s = + and - each
        wave; the variants of a configuration are its images under the space group.

        :param where: name of the settings in error messages.
        :raises InputError: if the ordering does not fit the crystal.
        """
        if settings.k_point is not None:
            cell, waves = k_star_waves(crystal, settings.k_point, f"{where}.k_point")
            variants = (1.0 + np.stack([waves, -waves], axis=1).reshape(-1, cell.n_sites)) / 2
        elif settings.variant is not None:
            cell, waves, variants = variant_waves(crystal, settings.variant, f"{where}.variant")
        signs = np.concatenate([np.ones((1, cell.n_sites)), waves])
        q = signs / cell.n_sites
        return cls(cell, q, _group(cell, waves), variants @ q.T)

    @property
    def cell(self) -> Ints:
        """The cell of the sublattices: its vectors, as rows, in lattice vectors, shape (3, 3)."""
        return self.sublattice_sites.matrix

    @cached_property
    def signs(self) -> Floats:
        """The composition, 1, and the waves on each sublattice, M Q; shape (d, M)."""
        return self.Q * self.Q.shape[1]

    def eta(self, x: ArrayLike) -> Floats:
        """Return eta, shape (..., d), of occupations of the sublattices, shape (..., M)."""
        return np.asarray(x, dtype=np.float64) @ self.Q.T

    def sublattices(self, eta: ArrayLike) -> Floats:
        """Return the occupations of the sublattices, M Q^T eta, shape (n, M); eta has the shape (n, d)."""
        return np.asarray(eta, dtype=np.float64) @ self.signs

    def classes(self, supercell: Supercell) -> Ints:
        """Return the sublattice of every site of a supercell, shape (n_sites,).

        :raises InputError: if the supercell is no multiple of the cell of the sublattices.
        """
        multiples = supercell.matrix @ np.linalg.inv(self.cell)
        if np.abs(multiples - np.rint(multiples)).max() > 1e-6:
            cure = f"Give vectors that are sums of {self.cell.tolist()}."
            raise InputError("supercell", supercell.matrix.tolist(), "the ordering is not periodic in it", cure)
        return self.sublattice_sites.index(supercell.sites)

    def apply_group(self, eta: ArrayLike) -> Floats:
        """Return the images of points, shape (n, d), under each element of the group, shape (order, n, d)."""
        points = np.asarray(eta, dtype=np.float64)
        composition = np.broadcast_to(points[:, :1], (len(self.group), len(points), 1))
        return np.concatenate([composition, points[:, 1:] @ self.group.transpose(0, 2, 1)], axis=2)

    def orbit(self, eta: ArrayLike) -> Floats:
        """Return the different images of a point, shape (d,), under the group, in ascending order: shape (n, d)."""
        images = self.apply_group(np.asarray(eta, dtype=np.float64)[None])[:, 0]
        _, first = np.unique(images.round(_DIGITS) + 0.0, axis=0, return_index=True)
        return images[first]


def _group(cell: Supercell, waves: Floats) -> Floats:
    """Return the different matrices with which the permutations of the sites of a cell act on waves."""
    rotations, translations = (
        _different(np.einsum("is,gjs->gji", waves, waves[:, permutation].swapaxes(0, 1)) / cell.n_sites)
        for permutation in (operation_permutations(cell), translation_permutations(cell))
    )
    products = translations[:, None] @ rotations
    return _different(products.reshape(-1, len(waves), len(waves)))


def _different(matrices: Floats) -> Floats:
    """Return the different matrices; elements that are integers but for rounding become integers."""
    whole = np.rint(matrices)
    exact = np.where(np.abs(matrices - whole) < 10.0**-_DIGITS, whole, matrices) + 0.0
    _, first = np.unique(exact.round(_DIGITS), axis=0, return_index=True)
    return exact[first]
