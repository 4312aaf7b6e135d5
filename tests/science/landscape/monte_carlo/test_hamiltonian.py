import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.cluster_expansion import (
    ClusterExpansion,
    ExpansionSettings,
    Orbit,
    equivalent_clusters,
)
from aiida_matal.science.landscape.crystal import Crystal, CrystalSettings
from aiida_matal.science.landscape.monte_carlo.hamiltonian import Hamiltonian
from aiida_matal.science.landscape.supercell import Supercell

TWO_SUBLATTICES = {
    "lattice": [[3, 0, 0], [0, 3, 0], [0, 0, 4]],
    "sites": [
        {"position": [0, 0, 0], "occupants": ["A", "B"]},
        {"position": ["1/2", "1/2", "1/2"], "occupants": ["A", "C"]},
        {"position": ["1/2", 0, 0], "occupants": ["O"]},
    ],
}
MATRICES = [
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    [[2, 0, 0], [0, 1, 0], [0, 0, 1]],
    [[2, 1, 0], [0, 2, 1], [1, 0, 2]],
    [[3, 0, 0], [0, 3, 0], [0, 0, 2]],
]


@pytest.fixture(scope="module")
def crystal():
    return Crystal.from_settings(CrystalSettings.parse(TWO_SUBLATTICES, "crystal"))


lattice_sites = st.tuples(st.integers(0, 1), *[st.integers(-1, 2)] * 3)
clusters = st.tuples(st.lists(lattice_sites, min_size=1, max_size=4, unique=True), st.floats(-1, 1))


@settings(max_examples=40)
@given(drawn=st.lists(clusters, min_size=1, max_size=3), matrix=st.sampled_from(MATRICES), seed=st.integers(0, 99))
def test_energy_and_fields_are_sums_over_all_clusters(crystal, cluster_sums, drawn, matrix, seed):
    """Also where a supercell is so small that a cluster meets its own images."""
    orbits = [
        Orbit(np.array(equivalent_clusters(crystal, np.array(sites, dtype=np.int64))), eci) for sites, eci in drawn
    ]
    expansion = ClusterExpansion(0.3, orbits)
    supercell = Supercell(crystal, matrix)
    hamiltonian = Hamiltonian.build(expansion, supercell)
    occupation = np.random.default_rng(seed).integers(0, 2, supercell.n_sites)
    flipped = occupation ^ np.eye(supercell.n_sites, dtype=int)
    energy, *others = cluster_sums(expansion, supercell, np.vstack([occupation, flipped]))
    assert hamiltonian.energy(occupation) == pytest.approx(energy, abs=1e-9)
    assert hamiltonian.flip_energies(occupation) == pytest.approx(np.array(others) - energy, abs=1e-9)


def test_each_pair_is_counted_once_however_large_the_supercell(crystal):
    pair = {"sites": [[0, 0, 0, 0], [0, 1, 0, 0]], "eci": 1.0}
    expansion = ClusterExpansion.from_settings(ExpansionSettings(constant=2.0, orbits=[pair]), crystal)
    n_pairs = len(expansion.orbits[0].clusters)
    for matrix in MATRICES:
        supercell = Supercell(crystal, matrix)
        full = Hamiltonian.build(expansion, supercell).energy(np.ones(supercell.n_sites))
        assert full == pytest.approx((2 + n_pairs) * supercell.n_cells)


def test_large_clusters_and_odd_occupations_are_refused(crystal):
    large = Orbit(np.array([[[0, i, 0, 0] for i in range(5)]]), 1.0)
    supercell = Supercell(crystal, MATRICES[3])
    with pytest.raises(InputError, match="too large"):
        Hamiltonian.build(ClusterExpansion(0.0, [large]), supercell)
    hamiltonian = Hamiltonian.build(ClusterExpansion(0.0, [Orbit(large.clusters[:, :2], 1.0)]), supercell)
    with pytest.raises(InputError, match="none of this supercell"):
        hamiltonian.energy(np.full(supercell.n_sites, 2))
    with pytest.raises(InputError, match="none of this supercell"):
        hamiltonian.energy(np.zeros(3))
