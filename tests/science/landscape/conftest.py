"""The two example systems, and energies by direct sums."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aiida_matal.science.landscape.crystal import Crystal, CrystalSettings
from aiida_matal.science.landscape.system import read_system

EXAMPLES = Path(__file__).parents[3] / "examples" / "free_energy"


@pytest.fixture(scope="session")
def examples():
    """The folder of the example systems."""
    return EXAMPLES


@pytest.fixture(scope="session")
def zigzag():
    """A pair model that orders in zig-zags: 7 components of eta, 32 sublattices."""
    return read_system(EXAMPLES / "zigzag.yaml")


@pytest.fixture(scope="session")
def fcc():
    """A model with triangles and tetrahedra that orders as L1_0: 4 components of eta, 4 sublattices."""
    return read_system(EXAMPLES / "fcc_l10.yaml")


@pytest.fixture(scope="session")
def make_crystal():
    """Return the crystal of a lattice and of sites, each a position with its occupants."""

    def make(lattice, sites):
        values = [{"position": position, "occupants": occupants} for position, occupants in sites]
        settings = CrystalSettings.parse({"lattice": lattice, "sites": values}, where="crystal")
        return Crystal.from_settings(settings)

    return make


@pytest.fixture(scope="session")
def direct_energy():
    """Return the energy in eV of occupations of a supercell, shape (..., n_sites), cluster by cluster."""

    def energy(expansion, cell, occupations):
        total = np.full(np.shape(occupations)[:-1], cell.n_cells * expansion.constant)
        for orbit in expansion.orbits:
            for cluster in orbit.clusters:
                sites = np.array([np.add(cluster, [0, *shift]) for shift in cell.translations])
                total += orbit.eci * occupations[..., cell.index(sites)].prod(axis=-1).sum(axis=-1)
        return total

    return energy
