from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.supercell import Supercell

ENTRY = st.integers(-4, 4)
MATRIX = st.lists(st.lists(ENTRY, min_size=3, max_size=3), min_size=3, max_size=3)


@pytest.fixture(scope="module")
def two_sites(make_crystal):
    """Return a crystal with two variable sites, with a fixed one between them."""
    sites = [([0, 0, 0], ["A", "B"]), ([0.5, 0.5, 0], ["C"]), ([0.5, 0.5, 0.4], ["A", "B"])]
    return make_crystal(np.eye(3).tolist(), sites)


def test_the_mutually_commensurate_cell_of_the_zig_zag_order_has_32_sites(zigzag):
    cell = Supercell(zigzag.crystal, [[4, 0, 0], [2, 2, -2], [0, 4, 0]])
    assert (cell.n_cells, cell.n_sites) == (32, 32)


def test_sites_are_in_ascending_order(two_sites):
    cell = Supercell(two_sites, [[1, 0, 0], [0, 2, 0], [0, 0, 2]])
    expected = [[b, 0, j, k] for b in (0, 1) for j in (0, 1) for k in (0, 1)]
    assert cell.sites.tolist() == expected
    assert cell.translations.tolist() == [site[1:] for site in expected[:4]]


@given(matrix=MATRIX)
def test_every_site_is_numbered_once(two_sites, matrix):
    volume = abs(round(np.linalg.det(matrix)))
    assume(volume > 0)
    cell = Supercell(two_sites, matrix)
    assert (cell.n_cells, cell.n_sites) == (volume, 2 * volume)
    assert cell.index(cell.sites).tolist() == list(range(2 * volume))
    assert (np.lexsort(cell.sites.T[::-1]) == np.arange(2 * volume)).all()


@given(
    matrix=MATRIX, site=st.tuples(st.integers(0, 1), *[st.integers(-9, 9)] * 3), steps=st.tuples(ENTRY, ENTRY, ENTRY)
)
def test_sites_repeat_along_the_vectors_of_the_supercell_and_only_there(two_sites, matrix, site, steps):
    assume(round(np.linalg.det(matrix)) != 0)
    cell = Supercell(two_sites, matrix)
    b, *ijk = site
    moved = [b, *(np.array(ijk) + np.array(steps) @ matrix)]
    assert cell.index(moved) == cell.index(site)
    found = cell.sites[cell.index(site)]
    assert found[0] == b
    coordinates = np.linalg.solve(np.transpose(matrix).astype(float), np.array(ijk) - found[1:])
    np.testing.assert_allclose(coordinates, np.rint(coordinates), atol=1e-9)


def test_indices_keep_the_shape_of_the_sites(two_sites):
    cell = Supercell(two_sites, np.diag([3, 2, 1]))
    assert cell.index(np.zeros((5, 2, 4), dtype=int)).shape == (5, 2)


def test_a_supercell_is_repeated_along_its_own_vectors(zigzag):
    cell = Supercell(zigzag.crystal, [[4, 0, 0], [2, 2, -2], [0, 4, 0]]).repeat([6, 6, 6])
    assert cell.matrix.tolist() == [[24, 0, 0], [12, 12, -12], [0, 24, 0]]
    assert cell.n_sites == 6912


@pytest.mark.parametrize("repeats", [[1, 2], [0, 1, 1], [1, -1, 1], [2, 2, 2, 2]])
def test_repeats_that_make_no_sense_are_refused(zigzag, repeats):
    with pytest.raises(InputError, match=r"^repeats:"):
        Supercell(zigzag.crystal, np.eye(3)).repeat(repeats)


@pytest.mark.parametrize(
    "matrix",
    [
        np.eye(2),
        np.zeros((3, 3)),
        [[1, 0, 0], [0, 1, 0], [1, 1, 0]],
        [[0.5, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[float("nan"), 0, 0], [0, 1, 0], [0, 0, 1]],
    ],
)
def test_matrices_that_are_no_supercell_are_refused(zigzag, matrix):
    with pytest.raises(InputError, match=r"^supercell:"):
        Supercell(zigzag.crystal, matrix)
