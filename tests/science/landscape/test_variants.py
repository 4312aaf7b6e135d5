"""Tests of orderings that are given by one configuration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.k_star import k_star_waves
from aiida_matal.science.landscape.order_parameters import OrderParameters
from aiida_matal.science.landscape.ordering import OrderingSettings, VariantSettings
from aiida_matal.science.landscape.supercell import Supercell
from aiida_matal.science.landscape.variants import variant_waves

CUBE = [[-1, 1, 1], [1, -1, 1], [1, 1, -1]]


@pytest.fixture(scope="session")
def triangular(make_crystal):
    """Triangular layers on top of each other."""
    return make_crystal([[3.0, 0, 0], [-1.5, 1.5 * 3**0.5, 0], [0, 0, 9.0]], [([0, 0, 0], ["A", "B"])])


@pytest.fixture(scope="session")
def honeycomb(make_crystal):
    """Two variable sites in a hexagonal cell, which its operations exchange."""
    sites = [([1 / 3, 2 / 3, 0], ["A", "B"]), ([2 / 3, 1 / 3, 0], ["A", "B"])]
    return make_crystal([[3.0, 0, 0], [-1.5, 1.5 * 3**0.5, 0], [0, 0, 9.0]], sites)


def ordering(crystal, cell, occupation):
    settings = OrderingSettings.parse({"variant": {"cell": cell, "occupation": occupation}}, where="ordering")
    return OrderParameters.from_settings(settings, crystal)


def test_l12_has_one_variant_for_each_site_of_the_cube(fcc):
    parameters = ordering(fcc.crystal, CUBE, [1, 0, 0, 0])
    x = parameters.sublattices(parameters.variants)
    assert parameters.Q.shape == (4, 4)
    assert {tuple(row) for row in x.tolist()} == {tuple(row) for row in np.eye(4).tolist()}
    assert set(np.abs(parameters.variants).ravel()) == {0.25}


def test_l10_as_a_configuration_has_the_order_parameters_of_its_wave(fcc):
    by_wave, by_variant = fcc.order_parameters, ordering(fcc.crystal, [[1, 0, 0], [0, 1, 1], [0, 1, -1]], [1, 0])
    assert by_variant.cell.tolist() == by_wave.cell.tolist()
    assert np.array_equal(by_variant.group, by_wave.group)
    assert {tuple(row) for row in by_variant.variants} == {tuple(row) for row in by_wave.variants}
    waves = {tuple(sign * row) for row in by_wave.signs[1:] for sign in (1, -1)}
    assert {tuple(row) for row in by_variant.signs[1:]} <= waves


def test_zigzag_as_a_configuration_has_the_order_parameters_of_its_wave(zigzag):
    cell, waves = k_star_waves(zigzag.crystal, (0.5, 0.25, 0.75), "k_point")
    occupation = ((1 - waves[3]) / 2).astype(int).tolist()
    parameters = ordering(zigzag.crystal, cell.matrix.tolist(), occupation)
    assert parameters.cell.tolist() == cell.matrix.tolist()
    assert np.array_equal(np.abs(parameters.signs), np.ones((7, 32)))
    signed = {tuple(sign * row) for row in waves for sign in (1, -1)}
    assert {tuple(row) for row in parameters.signs[1:]} <= signed
    assert parameters.group.shape == (384, 6, 6)
    assert {tuple(row) for row in parameters.variants} == {tuple(row) for row in zigzag.order_parameters.variants}
    np.testing.assert_allclose(parameters.sublattices(parameters.variants[0]), occupation, atol=1e-12)


def test_cell_may_be_a_multiple_of_that_of_the_variant(fcc):
    large = Supercell(fcc.crystal, CUBE).repeat([1, 2, 1])
    occupation = Supercell(fcc.crystal, CUBE).index(large.sites) == 2
    parameters = ordering(fcc.crystal, large.matrix.tolist(), occupation.astype(int).tolist())
    assert parameters.Q.shape == (4, 4)
    assert len(parameters.variants) == 4


def test_root_three_has_two_order_parameters_that_mix(triangular):
    parameters = ordering(triangular, [[1, 2, 0], [2, 1, 0], [0, 0, 1]], [1, 0, 0])
    assert parameters.Q.shape == (3, 3)
    # Three variants, at the corners of an equilateral triangle, and the symmetry of the triangle.
    corners = parameters.variants[:, 1:]
    np.testing.assert_allclose(parameters.variants[:, 0], 1 / 3, atol=1e-12)
    np.testing.assert_allclose(corners @ corners.T, (np.eye(3) - 1 / 3) / 3, atol=1e-12)
    np.testing.assert_allclose(corners[0], [np.sqrt(2) / 3, 0], atol=1e-12)
    angles = np.pi * np.arange(3) * 2 / 3
    dihedral = [[[np.cos(a), -s * np.sin(a)], [np.sin(a), s * np.cos(a)]] for a, s in product(angles, (1, -1))]
    distances = np.abs(parameters.group[:, None] - np.array(dihedral)).max(axis=(2, 3))
    assert parameters.group.shape == (6, 2, 2)
    assert (distances.min(axis=0) < 1e-12).all()


def test_order_between_the_sites_of_one_cell(honeycomb):
    parameters = ordering(honeycomb, np.eye(3, dtype=int).tolist(), [0, 1])
    assert parameters.cell.tolist() == np.eye(3).tolist()
    assert parameters.signs.tolist() == [[1, 1], [1, -1]]
    assert parameters.variants.tolist() == [[0.5, -0.5], [0.5, 0.5]]
    assert sorted(parameters.group.ravel()) == [-1, 1]


def test_sites_that_nothing_exchanges_differ_without_breaking_symmetry(make_crystal):
    sites = [([0, 0, 0], ["A", "B"]), ([0.5, 0.5, 0.5], ["A", "C"])]
    crystal = make_crystal(np.diag([3.0, 3.0, 3.0]).tolist(), sites)
    parameters = ordering(crystal, np.eye(3, dtype=int).tolist(), [1, 0])
    assert parameters.group.tolist() == [[[1]]]
    assert parameters.variants.tolist() == [[0.5, 0.5]]


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_waves_of_any_configuration_span_all_its_images(triangular, honeycomb, data):
    crystal = data.draw(st.sampled_from([triangular, honeycomb]))
    edges = data.draw(st.sampled_from([[1, 2, 1], [2, 2, 1], [1, 3, 1], [1, 1, 4], [1, 2, 2]]))
    n_sites = int(np.prod(edges)) * crystal.n_variable
    occupation = data.draw(st.lists(st.sampled_from([0, 1]), min_size=n_sites, max_size=n_sites))
    assume(len(set(occupation)) == 2)
    parameters = ordering(crystal, np.diag(edges).tolist(), occupation)
    d, n_sublattices = parameters.Q.shape
    np.testing.assert_allclose(parameters.Q @ parameters.Q.T, np.eye(d) / n_sublattices, atol=1e-12)
    x = parameters.sublattices(parameters.variants)
    given_cell = Supercell(crystal, np.diag(edges))
    expected = np.array(occupation)[given_cell.index(parameters.sublattice_sites.sites)]
    np.testing.assert_allclose(x[0], expected, atol=1e-9)
    np.testing.assert_allclose(x, np.rint(x), atol=1e-9)
    assert len({tuple(row) for row in np.rint(x).astype(int)}) == len(x)
    # The variants are one orbit, the group is orthogonal and has as many different elements as its square.
    assert len(parameters.orbit(parameters.variants[0])) == len(parameters.variants)
    products = parameters.group.swapaxes(1, 2) @ parameters.group
    np.testing.assert_allclose(products, np.broadcast_to(np.eye(d - 1), products.shape), atol=1e-9)
    assert np.linalg.matrix_rank(parameters.variants[:, 1:], tol=1e-9) == d - 1


def test_wrong_occupations_are_refused(fcc):
    def waves(cell, occupation):
        return variant_waves(fcc.crystal, VariantSettings(cell=cell, occupation=occupation), "ordering.variant")

    with pytest.raises(InputError, match=r"ordering\.variant\.occupation: 3 is refused.*Give 4 numbers"):
        waves(CUBE, [1, 0, 0])
    with pytest.raises(InputError, match="the configuration has no order"):
        waves(CUBE, [1, 1, 1, 1])
    with pytest.raises(InputError, match="span no volume"):
        waves([[1, 0, 0], [2, 0, 0], [0, 0, 1]], [1])


def test_ordering_with_a_huge_cell_is_refused(make_crystal):
    crystal = make_crystal(np.diag([3.0, 3.0, 3.0]).tolist(), [([0, 0, 0], ["A", "B"])])

    def waves(edge, occupation):
        cell = ((edge, 0, 0), (0, 1, 0), (0, 0, 1))
        return variant_waves(crystal, VariantSettings(cell=cell, occupation=occupation), "ordering.variant")

    with pytest.raises(InputError, match="all variants are periodic has 343 variable sites, more than 256"):
        waves(7, [1] + [0] * 6)
    with pytest.raises(InputError, match=r"ordering\.variant\.cell: .* it has 1000000 variable sites"):
        waves(10**6, [1, 0])


def test_ordering_with_very_many_order_parameters_is_refused(make_crystal):
    crystal = make_crystal(np.diag([3.0, 4.0, 5.0]).tolist(), [([0, 0, 0], ["A", "B"])])
    settings = VariantSettings(cell=((6, 0, 0), (0, 6, 0), (0, 0, 1)), occupation=[1] + [0] * 35)
    with pytest.raises(InputError, match="need 35 order parameters, more than 24"):
        variant_waves(crystal, settings, "ordering.variant")
