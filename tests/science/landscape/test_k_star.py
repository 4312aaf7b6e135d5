"""Tests of the waves of a wave vector: the zig-zag of a layered lattice, L1_0 and B2."""

from __future__ import annotations

import re

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.commensurate import star
from aiida_matal.science.landscape.k_star import k_star_waves

ZIGZAG = (0.5, 0.25, 0.75)


@pytest.fixture(scope="module")
def bcc(make_crystal):
    """The body-centred cubic lattice."""
    return make_crystal([[-1.5, 1.5, 1.5], [1.5, -1.5, 1.5], [1.5, 1.5, -1.5]], [([0, 0, 0], ["A", "B"])])


def test_star_of_the_zigzag_is_three_pairs(zigzag):
    members = {tuple(member) for member in star(zigzag.crystal, np.array([[2, 1, 3]]), 4).tolist()}
    pairs = [(2, 1, 3), (1, 2, 3), (3, 1, 2)]
    assert members == {*pairs, *(tuple(-value % 4 for value in pair) for pair in pairs)}


def test_zigzag_needs_the_published_cell_of_32_sites(zigzag):
    cell, waves = k_star_waves(zigzag.crystal, ZIGZAG, "k_point")
    # Its columns are the vectors, as in CASM.
    published = np.array([[4, 2, 0], [0, 2, 4], [0, -2, 0]]).T
    assert cell.n_sites == 32
    # Equal volumes, and one lattice contains the other.
    assert abs(round(np.linalg.det(published))) == 32
    ratio = published @ np.linalg.inv(cell.matrix)
    assert np.allclose(ratio, np.rint(ratio), atol=1e-9)
    assert waves.shape == (6, 32)


def test_waves_are_those_of_the_formula_on_every_site(zigzag):
    cell, waves = k_star_waves(zigzag.crystal, ZIGZAG, "k_point")
    phases = 2 * np.pi * cell.sites[:, 1:] @ np.array(ZIGZAG)
    assert np.array_equal(np.abs(waves), np.ones((6, 32)))
    np.testing.assert_allclose(waves[0], np.sqrt(2) * np.cos(phases - np.pi / 4), atol=1e-12)
    np.testing.assert_allclose(waves[1], np.sqrt(2) * np.cos(phases + np.pi / 4), atol=1e-12)


def test_waves_are_orthogonal_and_hold_no_composition(zigzag):
    _, waves = k_star_waves(zigzag.crystal, ZIGZAG, "k_point")
    rows = np.vstack([np.ones(32), waves])
    assert np.array_equal(rows @ rows.T, 32 * np.eye(7))


@pytest.mark.parametrize("k_point", [(0.25, 0.5, 0.75), (-0.5, -0.25, 0.25), (1.5, 1.25, -0.25)])
def test_any_member_of_the_star_gives_the_same_waves(zigzag, k_point):
    expected = k_star_waves(zigzag.crystal, ZIGZAG, "k_point")
    found = k_star_waves(zigzag.crystal, k_point, "k_point")
    assert np.array_equal(found[0].matrix, expected[0].matrix)
    # Those of -k are those of k in the other order.
    assert sorted(map(tuple, found[1])) == sorted(map(tuple, expected[1]))


def test_l10_has_the_three_layerings_of_the_cube(fcc):
    cell, waves = k_star_waves(fcc.crystal, (0.5, 0.5, 0.0), "k_point")
    edges = cell.matrix @ fcc.crystal.vectors
    np.testing.assert_allclose(edges @ edges.T, 3.8**2 * np.eye(3), atol=1e-9)
    assert cell.n_sites == 4
    # The tetrahedron of the four sublattices: each wave divides it in two pairs, in its own way.
    divisions = {frozenset(np.flatnonzero(wave == wave[0]).tolist()) for wave in waves}
    assert divisions == {frozenset({0, other}) for other in (1, 2, 3)}


def test_b2_has_one_wave_on_two_sublattices(bcc):
    cell, waves = k_star_waves(bcc, (0.5, 0.5, 0.5), "k_point")
    assert cell.n_sites == 2
    assert sorted(waves[0]) == [-1, 1]
    neighbours = cell.index([[0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 1, 0], [0, 1, 1, 1]])
    assert waves[0, neighbours].tolist() == [1, -1, 1, -1]


@pytest.mark.parametrize("k_point", [(1 / 3, 1 / 3, 0.0), (0.5, 0.125, 0.0)])
def test_waves_of_other_values_are_refused_with_the_cure(bcc, k_point):
    with pytest.raises(
        InputError, match=r"ordering\.k_point: .*4 k is no reciprocal.*Give a variant in place of k_point"
    ):
        k_star_waves(bcc, k_point, "ordering.k_point")


def test_reciprocal_lattice_vector_is_refused(bcc):
    with pytest.raises(InputError, match="the wave is the composition"):
        k_star_waves(bcc, (1.0, 0.0, -2.0), "k_point")


def test_several_sites_in_the_unit_cell_are_refused(make_crystal):
    sites = [([0, 0, 0], ["A", "B"]), ([0.5, 0.5, 0.5], ["A", "C"])]
    crystal = make_crystal(np.diag([3.0, 3.0, 3.0]).tolist(), sites)
    with pytest.raises(InputError, match=re.escape("how the 2 variable sites of the unit cell differ")):
        k_star_waves(crystal, (0.5, 0.0, 0.0), "k_point")


def test_fixed_sites_lower_the_symmetry_of_the_star(make_crystal):
    lattice = np.diag([3.0, 3.0, 3.0]).tolist()
    alone = make_crystal(lattice, [([0, 0, 0], ["A", "B"])])
    held = make_crystal(lattice, [([0, 0, 0], ["A", "B"]), ([0.5, 0, 0], ["O"])])
    assert len(k_star_waves(alone, (0.0, 0.0, 0.5), "k_point")[1]) == 3
    cell, waves = k_star_waves(held, (0.0, 0.0, 0.5), "k_point")
    assert len(waves) == 2
    assert cell.n_sites == 4
