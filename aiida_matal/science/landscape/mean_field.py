"""The free energy in the Bragg-Williams approximation."""

from __future__ import annotations

from itertools import permutations
from math import perm

import numpy as np
from ase.units import kB
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.cluster_expansion import ClusterExpansion
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.supercell import Supercell
from aiida_matal.science.landscape.system import System
from aiida_matal.science.learning.base import as_features

Floats = NDArray[np.float64]

#: The entropy is that of occupations moved to at least this far from 0 and 1, where its derivatives diverge.
SMALLEST = 1e-9
_ROWS_AT_ONCE = 4096


class MeanFieldModel(FreeEnergy):
    """The free energy of independent sites, each occupied as its sublattice is (Bragg and Williams, 1934).

    With the occupations x_l of the M sublattices, g = E({x_l}) / M + kT / M sum over l of x_l ln x_l +
    (1 - x_l) ln (1 - x_l), where E is the cluster expansion of one commensurate cell with x_l in place of the
    occupation of every site. It neglects all correlations, and so overestimates temperatures of ordering.

    :param temperature: in K.
    :raises InputError: if the temperature is not above 0 K.
    """

    def __init__(self, system: System, temperature: float) -> None:
        if not (np.isfinite(temperature) and temperature > 0):
            raise InputError("temperature", temperature, "it is not above 0 K", "Give a temperature in K.")
        parameters = system.order_parameters
        cell = parameters.sublattice_sites
        n_sublattices = parameters.Q.shape[1]
        self.d = system.d
        self.temperature = temperature
        #: Occupations are ``eta @ occupations``, shape (d, M).
        self._occupations = n_sublattices * np.asarray(parameters.Q, dtype=np.float64)
        occupation_of_site = self._occupations[:, parameters.classes(cell)]
        self._tensors = energy_tensors(system.expansion, cell, occupation_of_site)

    def g(self, eta: ArrayLike) -> Floats:
        """Return the free energy, shape (n,), in eV a site."""
        x, rows = self._inside(eta)
        return self._energy(rows, 0) + kB * self.temperature * (x * np.log(x) + (1 - x) * np.log1p(-x)).mean(axis=1)

    def mu(self, eta: ArrayLike) -> Floats:
        """Return its gradient, shape (n, d), in eV a site."""
        x, rows = self._inside(eta)
        logits = np.log(x) - np.log1p(-x)
        return self._energy(rows, 1) + kB * self.temperature / x.shape[1] * logits @ self._occupations.T

    def hessian(self, eta: ArrayLike) -> Floats:
        """Return its second derivatives, shape (n, d, d), in eV a site."""
        x, rows = self._inside(eta)
        scale = kB * self.temperature / x.shape[1]
        weighted = (scale / (x * (1 - x)))[:, np.newaxis] * self._occupations
        return self._energy(rows, 2) + weighted @ self._occupations.T

    def _inside(self, eta: ArrayLike) -> tuple[Floats, Floats]:
        """Return the occupations of the sublattices, off 0 and 1, and the checked points."""
        rows = as_features(eta, self.d)
        return np.clip(rows @ self._occupations, SMALLEST, 1 - SMALLEST), rows

    def _energy(self, eta: Floats, order: int) -> Floats:
        """Return the derivatives of some order of the energy, shape (n, d, ...)."""
        blocks = [
            self._energy_of(eta[start : start + _ROWS_AT_ONCE], order)
            for start in range(0, max(len(eta), 1), _ROWS_AT_ONCE)
        ]
        return np.concatenate(blocks)

    def _energy_of(self, eta: Floats, order: int) -> Floats:
        total = np.zeros((len(eta), *(self.d,) * order))
        for rank, tensor in enumerate(self._tensors[order:], start=order):
            total += perm(rank, order) * _contract(tensor, eta, rank - order)
        return total


def energy_tensors(expansion: ClusterExpansion, cell: Supercell, basis: Floats) -> list[Floats]:
    """Return the symmetric tensors T_0, ... T_4 of the energy of sites whose mean occupations are ``eta @ basis``.

    The energy a site, of sites without correlations, is the sum over r of T_r contracted r times with eta.

    :param cell: a supercell with the translations that the occupations have.
    :param basis: a column for each site of the cell, shape (d, n_sites).
    """
    d = len(basis)
    tensors = [np.zeros((d,) * rank) for rank in range(5)]
    tensors[0] += expansion.constant / cell.crystal.n_variable
    for orbit in expansion.orbits:
        rank = orbit.clusters.shape[1]
        sites = np.repeat(orbit.clusters[np.newaxis], cell.n_cells, axis=0)
        sites[..., 1:] += cell.translations[:, np.newaxis, np.newaxis]
        factors = basis[:, cell.index(sites).reshape(-1, rank)]
        tensors[rank] += orbit.eci / cell.n_sites * _symmetric_product(factors)
    return tensors


def _symmetric_product(factors: Floats) -> Floats:
    """Return the sum over clusters of the tensor product of the vectors of their points, made symmetric.

    :param factors: shape (d, n_clusters, rank).
    """
    rank = factors.shape[2]
    indices = "abcd"[:rank]
    formula = ",".join(f"{index}n" for index in indices) + f"->{indices}"
    total = np.einsum(formula, *np.moveaxis(factors, 2, 0), optimize=True)
    orders = list(permutations(range(rank)))
    return np.mean([np.transpose(total, order) for order in orders], axis=0)


def _contract(tensor: Floats, eta: Floats, times: int) -> Floats:
    """Return a symmetric tensor contracted some times with each row of ``eta``, shape (n, d, ...)."""
    if times == 0:
        return np.broadcast_to(tensor, (len(eta), *tensor.shape))
    result = np.tensordot(eta, tensor, axes=1)
    for _ in range(times - 1):
        result = np.einsum("ni,ni...->n...", eta, result)
    return result
