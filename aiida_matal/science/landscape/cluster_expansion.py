"""Cluster expansions of the energy in occupation variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.crystal import Crystal
from aiida_matal.science.settings import Settings

Ints = NDArray[np.int64]
Cluster = tuple[tuple[int, ...], ...]

LatticeSite = tuple[int, int, int, int]


class OrbitSettings(Settings):
    """One of the clusters that are equivalent by symmetry, and their common coefficient."""

    sites: list[LatticeSite] = Field(
        min_length=1,
        max_length=4,
        description="1 to 4 different sites [b, i, j, k]: site b of the cell i, j, k lattice vectors away",
    )
    eci: float = Field(description="the effective cluster interaction, in eV for each cluster")


class ExpansionSettings(Settings):
    """The energy as a sum over clusters of the products of their occupations, 0 or 1."""

    constant: float = Field(0.0, description="the energy of a unit cell with x = 0 everywhere, in eV")
    orbits: list[OrbitSettings] = Field(min_length=1, description="the orbits of clusters")


@dataclass(frozen=True, eq=False)
class Orbit:
    """All clusters that are equivalent by symmetry.

    :ivar clusters: sites [b, i, j, k] of each cluster of a unit cell, b among the variable sites, shape
        (n_clusters, n_points, 4). Lattice translations of them give every cluster of the crystal once.
    :ivar eci: the effective cluster interaction, in eV for each cluster.
    """

    clusters: Ints
    eci: float


@dataclass(frozen=True, eq=False)
class ClusterExpansion:
    """The energy of the crystal: n_cells constant + sum over all clusters of eci times the product of x of its sites.

    See Sanchez, Ducastelle and Gratias (1984), here with occupations 0 and 1 in place of orthogonal functions.

    :ivar constant: eV for each unit cell.
    """

    constant: float
    orbits: list[Orbit]

    @classmethod
    def from_settings(cls, settings: ExpansionSettings, crystal: Crystal, where: str = "expansion") -> Self:
        """Return the expansion with all clusters of each orbit.

        :param where: name of the settings in error messages.
        :raises InputError: if a site is unknown, not variable or twice in a cluster, or two orbits are the same.
        """
        orbits: list[Orbit] = []
        known: dict[Cluster, int] = {}
        for number, orbit in enumerate(settings.orbits):
            field = f"{where}.orbits.{number}"
            clusters = equivalent_clusters(crystal, _variable_sites(orbit.sites, crystal, f"{field}.sites"))
            same = known.get(clusters[0])
            if same is not None:
                cure = "Remove one of them, or add their eci."
                raise InputError(field, orbit.sites, f"it is the same orbit as {where}.orbits.{same}", cure)
            known |= dict.fromkeys(clusters, number)
            orbits.append(Orbit(np.array(clusters, dtype=np.int64), orbit.eci))
        return cls(settings.constant, orbits)


def equivalent_clusters(crystal: Crystal, sites: Ints) -> list[Cluster]:
    """Return the clusters that the space group makes of one, each once for all its lattice translations.

    :param sites: sites [b, i, j, k] of the cluster, b among the variable sites, shape (n_points, 4).
    """
    return sorted({_canonical(crystal.image(operation, sites)) for operation in range(len(crystal.operations))})


def _canonical(sites: Ints) -> Cluster:
    """Return the cluster with its sites in ascending order, moved so that the first lies in cell 0, 0, 0."""
    ordered = sites[np.lexsort(sites.T[::-1])]
    origin = np.array([0, *ordered[0, 1:]])
    return tuple(tuple(site) for site in (ordered - origin).tolist())


def _variable_sites(sites: list[LatticeSite], crystal: Crystal, field: str) -> Ints:
    numbers = {int(index): b for b, index in enumerate(crystal.variable)}
    array = np.array(sites, dtype=np.int64)
    for site in sites:
        if site[0] not in numbers:
            cure = f"Variable sites of the unit cell: {', '.join(map(str, numbers))}."
            raise InputError(field, list(site), f"site {site[0]} is not variable", cure)
    if len(set(sites)) < len(sites):
        raise InputError(field, [list(site) for site in sites], "a site is there twice", "Give each site once.")
    array[:, 0] = [numbers[site[0]] for site in sites]
    return array
