"""The energy of a supercell as flat arrays, for compiled loops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.cluster_expansion import ClusterExpansion
from aiida_matal.science.landscape.monte_carlo.kernel import Clusters, Indices, Occupation, fill_fields
from aiida_matal.science.landscape.supercell import Supercell

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAX_POINTS = 4


class _Partners(NamedTuple):
    """The other sites of the clusters that hold a site, relative to its cell, and the energy of these clusters."""

    sites: Ints
    eci: float


@dataclass(frozen=True, eq=False)
class Hamiltonian:
    """A cluster expansion on a supercell of N variable sites.

    In a supercell so small that a cluster holds a site and its image, the two count as the one site that they are.

    :ivar n_sites: N.
    :ivar constant: energy of the empty supercell, eV.
    :ivar clusters: the clusters at each site.
    """

    n_sites: int
    constant: float
    clusters: Clusters

    @classmethod
    def build(cls, expansion: ClusterExpansion, supercell: Supercell) -> Self:
        """Return the energy of ``supercell``.

        :raises InputError: if a cluster has more than four sites.
        """
        tables = [_partners(expansion, supercell, b) for b in range(supercell.crystal.n_variable)]
        point = np.array([sum(entry.eci for entry in table[0]) for table in tables])
        pairs, triplets, quadruplets = (
            _rows([table[size] for table in tables], size, supercell) for size in range(1, MAX_POINTS)
        )
        sublattice = supercell.sites[:, 0].astype(np.uint32)
        clusters = Clusters(sublattice, point, pairs[0][:, :, 0].copy(), pairs[1], *triplets, *quadruplets)
        return cls(supercell.n_sites, supercell.n_cells * expansion.constant, clusters)

    def energy(self, occupation: ArrayLike) -> float:
        """Return the energy of the supercell in eV.

        :param occupation: 0 or 1 each site, shape (N,).
        :raises InputError: for another shape or other values.
        """
        return self.local_fields(occupation)[1]

    def flip_energies(self, occupation: ArrayLike) -> Floats:
        """Return how much the energy rises when each site alone is flipped, eV, shape (N,).

        :param occupation: 0 or 1 each site, shape (N,).
        :raises InputError: for another shape or other values.
        """
        return (1 - 2 * np.asarray(occupation)) * self.local_fields(occupation)[0]

    def local_fields(self, occupation: ArrayLike) -> tuple[Floats, float]:
        """Return the derivative of the energy with respect to each occupation, eV, shape (N,), and the energy in eV.

        :param occupation: 0 or 1 each site, shape (N,).
        :raises InputError: for another shape or other values.
        """
        fields = np.empty(self.n_sites)
        energy = fill_fields(self.clusters, self.checked(occupation), fields)
        return fields, self.constant + energy

    def checked(self, occupation: ArrayLike) -> Occupation:
        """Return a copy of an occupation.

        :raises InputError: unless it is 0 or 1 at each of the N sites.
        """
        array = np.asarray(occupation)
        if array.shape != (self.n_sites,) or not np.isin(array, (0, 1)).all():
            cure = f"Give 0 or 1 for each of the {self.n_sites} sites."
            raise InputError("occupation", array.tolist(), "it is none of this supercell", cure)
        return array.astype(np.int8)


def _partners(expansion: ClusterExpansion, supercell: Supercell, b: int) -> list[list[_Partners]]:
    """Return the clusters that hold site b of a cell, by the number of its partners in them."""
    found: dict[tuple[int, ...], _Partners] = {}
    for orbit in expansion.orbits:
        if orbit.clusters.shape[1] > MAX_POINTS:
            cure = f"Leave out clusters of more than {MAX_POINTS} sites."
            raise InputError("expansion", orbit.clusters[0].tolist(), "the cluster is too large", cure)
        for cluster in orbit.clusters:
            for position in np.flatnonzero(cluster[:, 0] == b):
                moved = cluster - np.array([0, *cluster[position, 1:]])
                indices = supercell.index(moved)
                if indices[position] in indices[:position]:
                    # The cluster holds an image of the site, under which it is counted.
                    continue
                others, first = np.unique(indices, return_index=True)
                keep = first[others != indices[position]]
                key = tuple(indices[keep].tolist())
                before = found[key].eci if key in found else 0.0
                found[key] = _Partners(moved[keep], before + orbit.eci)
    entries = [entry for entry in found.values() if entry.eci != 0]
    return [[entry for entry in entries if len(entry.sites) == size] for size in range(MAX_POINTS)]


def _rows(tables: list[list[_Partners]], size: int, supercell: Supercell) -> tuple[Indices, Floats]:
    """Return the partners at every site, shape (N, z, size), and the energies, shape (b, z)."""
    width = max(len(table) for table in tables)
    own = np.arange(supercell.n_sites, dtype=np.uint32)
    sites = np.broadcast_to(own[:, None, None], (supercell.n_sites, width, size)).copy()
    eci = np.zeros((len(tables), width))
    for b, table in enumerate(tables):
        eci[b, : len(table)] = [entry.eci for entry in table]
        members = np.flatnonzero(supercell.sites[:, 0] == b)
        cells = supercell.sites[members].copy()
        cells[:, 0] = 0
        for column, entry in enumerate(table):
            sites[members, column] = supercell.index(entry.sites + cells[:, None])
    return sites, eci
