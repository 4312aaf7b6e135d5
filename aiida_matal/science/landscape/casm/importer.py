"""Cluster expansions of CASM 1.x and 2.x in occupation variables.

In CASM the energy of a unit cell is the sum over the basis functions of their coefficient times their average over the
``mult`` clusters of a unit cell; each function is a product of site functions. With site functions that are straight
lines in the occupations, a + b x, each product is expanded into the products of occupations of all subclusters, so the
conversion is exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.casm.files import (
    Basis,
    CasmOrbit,
    ClusterFunction,
    Prim,
    coefficients,
    read_eci,
    read_object,
)
from aiida_matal.science.landscape.casm.prim import check_same_crystal, read_prim
from aiida_matal.science.landscape.casm.site_functions import Line, site_lines
from aiida_matal.science.landscape.cluster_expansion import (
    Cluster,
    ExpansionSettings,
    LatticeSite,
    OrbitSettings,
    equivalent_clusters,
)
from aiida_matal.science.landscape.crystal import Crystal, CrystalSettings

Ints = NDArray[np.int64]

_MAX_SITES = 4
#: Coefficients that are this small next to the largest are what rounding leaves of zero.
_ROUNDING = 1e-14
#: One factor of a formula: \phi_{0,1}(s_{0}) as CASM 1.x writes it, or (\phi) as CASM 2 does.
_FACTOR = re.compile(r"\(\\phi(?:_\{[\d,]+\})?\)|\\phi(?:_\{[\d,]+\})?(?:\(s_\{\d+\}\))?")


@dataclass(frozen=True)
class CasmImport:
    """What the files of CASM hold, in the settings of this package.

    :ivar n_functions: number of functions in the basis set.
    :ivar n_coefficients: how many of them have a coefficient that is not 0.
    """

    crystal: CrystalSettings
    expansion: ExpansionSettings
    n_functions: int
    n_coefficients: int


def import_casm(prim: Path, basis: Path, eci: Path | None = None, occupied_by: str | None = None) -> CasmImport:
    """Return crystal and cluster expansion of a CASM project.

    :param prim: prim.json.
    :param basis: basis.json, with coefficients unless there is a file of them.
    :param eci: eci.json: a basis set with coefficients, or pairs of an index and a coefficient.
    :param occupied_by: the species of x = 1; the second one that prim.json lists if it is None.
    :raises InputError: naming file and field, if something cannot be read or not be expressed in occupations.
    """
    primitive = Prim.parse(read_object(prim), where=prim.name)
    crystal_settings = read_prim(primitive, occupied_by, where=prim.name)
    basis_set = Basis.parse(read_object(basis), where=basis.name)
    if basis_set.prim is not None:
        basis_prim = Prim.parse(basis_set.prim, where=f"{basis.name}.prim")
        check_same_crystal(crystal_settings, basis_prim, where=basis.name)
    values = coefficients(basis_set) if eci is None else read_eci(eci)
    crystal = Crystal.from_settings(crystal_settings, where=prim.name)
    lines = site_lines(basis_set, [site.occupants for site in primitive.basis], crystal, basis.name)
    where = basis.name if eci is None else eci.name
    expansion = _Expander(crystal, lines, basis.name).expand(basis_set, _checked(values, basis_set, where))
    n_functions = sum(len(orbit.cluster_functions) for orbit in basis_set.orbits)
    return CasmImport(crystal_settings, expansion, n_functions, sum(value != 0 for value in values.values()))


def _checked(values: dict[int, float], basis: Basis, where: str) -> dict[int, float]:
    indices = {function.linear_function_index for orbit in basis.orbits for function in orbit.cluster_functions}
    if not any(values.values()):
        cure = "Give a basis.json with 'eci' in its cluster functions, or an eci.json."
        raise InputError(where, len(indices), "no function has a coefficient", cure)
    unknown = sorted(set(values) - indices)
    if unknown:
        cure = "Give the eci.json of this basis set."
        raise InputError(where, unknown, "the basis set has no functions of these indices", cure)
    return values


class _Expander:
    """Collects the interactions of subclusters."""

    def __init__(self, crystal: Crystal, lines: list[Line], where: str) -> None:
        self._crystal = crystal
        self._lines = lines
        self._where = where
        self._numbers = {int(index): b for b, index in enumerate(crystal.variable)}
        self._orbits: dict[tuple[LatticeSite, ...], list[Cluster]] = {}

    def expand(self, basis: Basis, values: dict[int, float]) -> ExpansionSettings:
        constant = 0.0
        sums: dict[Cluster, float] = {}
        for number, orbit in enumerate(basis.orbits):
            field = f"{self._where}.orbits.{number}"
            function = _only_function(orbit, field)
            value = values.get(function.linear_function_index, 0.0)
            if value == 0:
                continue
            prototype = self._sites(orbit, field)
            _refuse_other_than_product(function, len(prototype), field)
            for sites, part in self._subclusters(prototype):
                if not sites:
                    constant += value * part
                    continue
                clusters = self._equivalent(sites)
                sums[clusters[0]] = sums.get(clusters[0], 0.0) + value * part / len(clusters)
        return ExpansionSettings(constant=constant, orbits=self._settings(sums))

    def _subclusters(self, sites: list[LatticeSite]) -> Iterator[tuple[tuple[LatticeSite, ...], float]]:
        """Yield all subclusters of a cluster, and the coefficient of the product of their occupations."""
        everything = range(len(sites))
        for chosen in chain.from_iterable(combinations(everything, size) for size in range(len(sites) + 1)):
            factors = [self._lines[site[0]][number in chosen] for number, site in enumerate(sites)]
            yield tuple(sites[number] for number in chosen), prod(factors)

    def _sites(self, orbit: CasmOrbit, field: str) -> list[LatticeSite]:
        """Return the sites of the prototype, numbered among the variable sites."""
        sites = orbit.prototype.sites
        if len(sites) > _MAX_SITES:
            cure = f"Only clusters of up to {_MAX_SITES} sites can be imported."
            raise InputError(f"{field}.prototype.sites", sites, f"the cluster has {len(sites)} sites", cure)
        for site in sites:
            if site[0] not in self._numbers:
                cure = "Give the prim.json of this basis set."
                raise InputError(f"{field}.prototype.sites", sites, f"site {site[0]} is not variable", cure)
        numbered = [(self._numbers[b], i, j, k) for b, i, j, k in sites]
        found = len(self._equivalent(tuple(numbered))) if numbered else 1
        if found != orbit.mult:
            reason = f"the space group of the crystal makes {found} clusters a unit cell of it"
            cure = (
                "Name the species of x = 1 if equivalent sites list theirs in different orders; a basis set of lower "
                "symmetry cannot be imported."
            )
            raise InputError(f"{field}.mult", orbit.mult, reason, cure)
        return numbered

    def _equivalent(self, sites: tuple[LatticeSite, ...]) -> list[Cluster]:
        if sites not in self._orbits:
            self._orbits[sites] = equivalent_clusters(self._crystal, np.array(sites, dtype=np.int64))
        return self._orbits[sites]

    def _settings(self, sums: dict[Cluster, float]) -> list[OrbitSettings]:
        least = _ROUNDING * max(map(abs, sums.values()), default=0.0)
        variable = self._crystal.variable.tolist()
        kept = [cluster for cluster, value in sums.items() if abs(value) > least]
        return [
            OrbitSettings(sites=[(variable[b], i, j, k) for b, i, j, k in cluster], eci=sums[cluster])
            for cluster in sorted(kept, key=self._size)
        ]

    def _size(self, cluster: Cluster) -> tuple[int, float]:
        """Return the number of sites and the longest distance between two, to a thousandth of an Angstrom."""
        sites: Ints = np.array(cluster)
        places = (self._crystal.positions[sites[:, 0]] + sites[:, 1:]) @ self._crystal.vectors
        longest = np.linalg.norm(places[:, None] - places, axis=-1).max()
        return len(cluster), round(float(longest), 3)


def _only_function(orbit: CasmOrbit, field: str) -> ClusterFunction:
    if len(orbit.cluster_functions) != 1:
        reason = f"the orbit has {len(orbit.cluster_functions)} functions"
        cure = "Only occupations of binary sites, which make one function an orbit, can be imported."
        raise InputError(f"{field}.cluster_functions", len(orbit.cluster_functions), reason, cure)
    return orbit.cluster_functions[0]


def _refuse_other_than_product(function: ClusterFunction, n_sites: int, field: str) -> None:
    if function.formula is not None and not _is_product(function.formula, n_sites):
        reason = "it is not the product of one site function for each site"
        cure = "Only occupations of binary sites can be imported."
        raise InputError(f"{field}.cluster_functions", function.formula, reason, cure)


def _is_product(formula: str, n_sites: int) -> bool:
    text = formula.strip().removeprefix("[").removesuffix("]")
    if n_sites == 0:
        return text == "1"
    rest, n_factors = _FACTOR.subn("", text)
    return n_factors == n_sites and not rest.replace("*", "").strip()
