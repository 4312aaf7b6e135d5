from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.cluster_expansion import ClusterExpansion, ExpansionSettings, equivalent_clusters
from aiida_matal.science.landscape.supercell import Supercell

ORIGIN = [0, 0, 0, 0]


@pytest.fixture(scope="module")
def chessboard(make_crystal):
    """Return a simple cubic crystal whose second and third site are variable: they are not equivalent."""
    sites = [([0.5, 0, 0], ["C"]), ([0, 0, 0], ["A", "B"]), ([0.5, 0.5, 0.5], ["Va", "B"])]
    return make_crystal(np.eye(3).tolist(), sites)


def expand(crystal, *orbits):
    values = {"constant": 0.5, "orbits": [{"sites": sites, "eci": eci} for sites, eci in orbits]}
    return ClusterExpansion.from_settings(ExpansionSettings.parse(values, where="expansion"), crystal)


def test_pairs_of_the_zig_zag_model_have_the_lengths_and_numbers_that_its_file_states(zigzag):
    a, c = 2.81, 14.05
    found = []
    for orbit in zigzag.expansion.orbits[1:]:
        vectors = (orbit.clusters[:, 1, 1:] - orbit.clusters[:, 0, 1:]) @ zigzag.crystal.vectors
        in_plane = (vectors[:, :2] ** 2).sum(axis=1) / a**2
        height = abs(vectors[:, 2]) / c
        assert np.ptp(in_plane) == pytest.approx(0, abs=1e-9)
        assert np.ptp(height) == pytest.approx(0, abs=1e-9)
        found.append((round(3 * in_plane[0]), round(3 * height[0]), 2 * len(vectors), round(orbit.eci / 0.042, 4)))
    assert found == [
        (3, 0, 6, 1),
        (9, 0, 6, -0.201),
        (12, 0, 6, 0.0291),
        (21, 0, 12, -0.4),
        (27, 0, 6, -0.2446),
        (1, 1, 6, 0.12),
        (4, 1, 6, -0.12),
        (7, 1, 12, -0.12),
    ]


def test_clusters_of_the_face_centred_cubic_lattice_are_counted_once(fcc):
    """Each site has 12 first and 6 second neighbours, and shares 24 triangles and 8 tetrahedra."""
    assert [len(orbit.clusters) for orbit in fcc.expansion.orbits] == [1, 6, 3, 8, 2]


def test_orbits_hold_all_clusters_with_the_same_distances(fcc):
    """All triangles of first neighbours of a face-centred cubic lattice are equivalent."""
    steps = np.indices((5, 5, 5)).reshape(3, -1).T - 2
    near = steps[np.isclose(np.linalg.norm(steps @ fcc.crystal.vectors, axis=1), 3.8 / 2**0.5)]
    neighbours = {tuple(step) for step in near.tolist()}
    triangles = set()
    for a, b in combinations(sorted(neighbours), 2):
        if tuple(np.subtract(a, b).tolist()) in neighbours:
            corners = sorted([(0, 0, 0), a, b])
            triangles.add(tuple((0, *np.subtract(corner, corners[0]).tolist()) for corner in corners))
    found = fcc.expansion.orbits[3].clusters.tolist()
    assert len(near) == 12
    assert {tuple(map(tuple, cluster)) for cluster in found} == triangles


def test_the_first_site_of_a_cluster_lies_in_the_first_cell(chessboard):
    clusters = equivalent_clusters(chessboard, np.array([[0, 3, 1, 2], [1, 3, 1, 2]]))
    assert len(clusters) == 8
    assert {cluster[0] for cluster in clusters} == {(0, 0, 0, 0)}
    assert {cluster[1][0] for cluster in clusters} == {1}


def test_sites_are_counted_with_the_fixed_ones_in_settings_and_without_in_the_expansion(chessboard):
    expansion = expand(chessboard, ([[1, 0, 0, 0]], 1.0), ([[2, 0, 0, 0]], 2.0))
    assert [orbit.clusters.tolist() for orbit in expansion.orbits] == [[[[0, 0, 0, 0]]], [[[1, 0, 0, 0]]]]


def test_energies_are_sums_over_clusters(chessboard, direct_energy):
    pair = [[1, 0, 0, 0], [2, 0, 0, 0]]
    expansion = expand(chessboard, ([[1, 0, 0, 0]], 1.0), ([[2, 0, 0, 0]], 2.0), (pair, 0.25))
    cell = Supercell(chessboard, np.diag([2, 3, 1]))
    full, first, second = np.ones(12), np.repeat([1, 0], 6), np.repeat([0, 1], 6)
    energies = direct_energy(expansion, cell, np.array([0 * full, first, second, full]))
    np.testing.assert_allclose(energies / 6, [0.5, 1.5, 2.5, 0.5 + 1 + 2 + 8 * 0.25])


@pytest.mark.parametrize("name", ["zigzag", "fcc"])
def test_the_space_group_leaves_energies_unchanged(name, request, direct_energy):
    system = request.getfixturevalue(name)
    cell = Supercell(system.crystal, 4 * np.eye(3))
    occupation = np.random.default_rng(1).integers(0, 2, cell.n_sites)
    images = np.empty((len(system.crystal.operations), cell.n_sites))
    for number, image in enumerate(images):
        image[cell.index(system.crystal.image(number, cell.sites))] = occupation
    energy = direct_energy(system.expansion, cell, occupation)
    np.testing.assert_allclose(direct_energy(system.expansion, cell, images), energy, rtol=1e-12)
    assert len(np.unique(images, axis=0)) > 1


def test_sites_that_a_small_cell_repeats_are_counted_every_time(fcc, direct_energy):
    cell = Supercell(fcc.crystal, np.eye(3))
    expected = -0.344 + 6 * 0.06 + 3 * -0.02 + 8 * 0.008 + 2 * -0.004
    assert direct_energy(fcc.expansion, cell, np.ones(1)) == pytest.approx(expected, abs=1e-12)


def test_two_entries_for_one_orbit_are_refused(fcc):
    first, turned = [ORIGIN, [0, 1, 0, 0]], [[0, 2, 1, 0], [0, 2, 1, -1]]
    with pytest.raises(InputError, match=r"^expansion\.orbits\.2: .*same orbit as expansion\.orbits\.1"):
        expand(fcc.crystal, ([ORIGIN], 0.1), (first, 0.1), (turned, 0.2))


@pytest.mark.parametrize(
    ("sites", "eci", "field"),
    [
        ([[0, 0, 0, 0]], 0.1, "expansion.orbits.0.sites"),
        ([[3, 0, 0, 0]], 0.1, "expansion.orbits.0.sites"),
        ([[-1, 0, 0, 0]], 0.1, "expansion.orbits.0.sites"),
        ([[1, 0, 0, 0], [1, 0, 0, 0]], 0.1, "expansion.orbits.0.sites"),
        ([[1, 0, 0, i] for i in range(5)], 0.1, "expansion.orbits.0.sites"),
        ([], 0.1, "expansion.orbits.0.sites"),
        ([[1, 0, 0]], 0.1, "expansion.orbits.0.sites.0"),
        ([[1, 0, 0, 0.5]], 0.1, "expansion.orbits.0.sites.0.3"),
        ([[1, 0, 0, 0]], float("nan"), "expansion.orbits.0.eci"),
        ([[1, 0, 0, 0]], float("inf"), "expansion.orbits.0.eci"),
    ],
)
def test_clusters_that_make_no_sense_are_refused(chessboard, sites, eci, field):
    with pytest.raises(InputError) as caught:
        expand(chessboard, (sites, eci))
    assert caught.value.field.startswith(field)
