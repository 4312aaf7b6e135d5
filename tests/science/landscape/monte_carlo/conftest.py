"""Cells small enough to enumerate, and what Monte Carlo must find in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase.units import kB

from aiida_matal.science.landscape.cluster_expansion import ClusterExpansion, ExpansionSettings
from aiida_matal.science.landscape.crystal import Crystal, CrystalSettings
from aiida_matal.science.landscape.monte_carlo.chain import SimulationCell
from aiida_matal.science.landscape.monte_carlo.hamiltonian import Hamiltonian
from aiida_matal.science.landscape.supercell import Supercell
from aiida_matal.science.landscape.system import System, read_system

EXAMPLES = Path(__file__).parents[4] / "examples/free_energy"

FCC = {"lattice": [[0, 2, 2], [2, 0, 2], [2, 2, 0]], "sites": [{"position": [0, 0, 0], "occupants": ["A", "B"]}]}
CLUSTERS = {
    "point": ([[0, 0, 0, 0]], -0.15),
    "pair": ([[0, 0, 0, 0], [0, 1, 0, 0]], 0.03),
    "second pair": ([[0, 0, 0, 0], [0, 1, 1, -1]], -0.02),
    "triplet": ([[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], 0.01),
    "quadruplet": ([[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], -0.02),
}


def expansion_of(crystal, clusters, constant=0.0):
    orbits = [{"sites": sites, "eci": eci} for sites, eci in clusters]
    return ClusterExpansion.from_settings(ExpansionSettings(constant=constant, orbits=orbits), crystal)


def sums_over_clusters(expansion, supercell, states):
    """The energy of states, shape (n, N), straight from the definition: a product for each cluster of the supercell."""
    energies = np.full(len(states), supercell.n_cells * expansion.constant)
    for orbit in expansion.orbits:
        for cluster in orbit.clusters:
            for translation in supercell.translations:
                sites = supercell.index(cluster + np.array([0, *translation]))
                energies += orbit.eci * states[:, sites].prod(axis=1)
    return energies


@pytest.fixture(scope="session")
def cluster_sums():
    return sums_over_clusters


class Enumeration:
    """All states of a cell, with averages over the Boltzmann distribution."""

    def __init__(self, expansion, supercell, cell):
        numbers = np.arange(2**cell.n_sites)
        self.states = (numbers[:, None] >> np.arange(cell.n_sites) & 1).astype(np.int8)
        self.energy = sums_over_clusters(expansion, supercell, self.states)
        self.eta = self.states @ cell.signs.T[cell.classes] / cell.n_sites
        self.cell = cell

    def weights(self, temperature, mu=0.0, phi=0.0, kappa=0.0, n_filled=None):
        bias = (phi * (self.eta - kappa) ** 2).sum(axis=1)
        total = self.energy + self.cell.n_sites * (bias - mu * self.eta[:, 0])
        if n_filled is not None:
            total = np.where(self.states.sum(axis=1) == n_filled, total, np.inf)
        weights = np.exp(-(total - total.min()) / (kB * temperature))
        return weights / weights.sum()


@pytest.fixture(scope="session")
def small_fcc():
    """16 sites of fcc in four classes, two waves of +-1 and one of other numbers, with points to quadruplets."""
    crystal = Crystal.from_settings(CrystalSettings.parse(FCC, "crystal"))
    expansion = expansion_of(crystal, CLUSTERS.values(), constant=0.01)
    supercell = Supercell(crystal, [[2, 0, 0], [0, 2, 0], [0, 0, 4]])
    _, i, j, k = supercell.sites.T
    classes = (2 * ((i + j) % 2) + (j + k) % 2).astype(np.uint32)
    signs = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1.5, -0.5, -0.5, -0.5]])
    cell = SimulationCell(Hamiltonian.build(expansion, supercell), classes, signs)
    return Enumeration(expansion, supercell, cell)


@pytest.fixture(scope="session")
def l10_cell():
    """6^3 sites of fcc with the three waves of L1_0; its energy has points to quadruplets."""
    crystal = Crystal.from_settings(CrystalSettings.parse(FCC, "crystal"))
    supercell = Supercell(crystal, 6 * np.eye(3, dtype=int))
    _, i, j, k = supercell.sites.T
    classes = (2 * ((i + j) % 2) + (j + k) % 2).astype(np.uint32)
    signs = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1.0]])
    return SimulationCell(Hamiltonian.build(expansion_of(crystal, CLUSTERS.values()), supercell), classes, signs)


@pytest.fixture(scope="session")
def zigzag():
    """The model of the zig-zag order in the examples."""
    return read_system(EXAMPLES / "zigzag.yaml")


@pytest.fixture(scope="session")
def free_fcc():
    """Fcc with L1_0 order parameters and no interactions, 0.03 eV for each filled site."""
    settings = read_system(EXAMPLES / "fcc_l10.yaml").settings
    point = ExpansionSettings.parse({"orbits": [{"sites": [[0, 0, 0, 0]], "eci": 0.03}]}, "expansion")
    return System.from_settings(settings.model_copy(update={"expansion": point}))
