"""Tests of order parameters against the published facts about the zig-zag, and explicit groups."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.order_parameters import OrderParameters
from aiida_matal.science.landscape.ordering import OrderingSettings
from aiida_matal.science.landscape.supercell import Supercell

#: Images of e_1 .. e_6 as signed indices: generators of the published group of 384 matrices.
GENERATORS = [[6, 5, 4, -3, 1, -2], [4, -3, -2, 1, 6, 5], [-5, -6, -1, -2, -4, -3]]


def signed_matrix(images):
    matrix = np.zeros((len(images), len(images)))
    matrix[np.abs(images) - 1, range(len(images))] = np.sign(images)
    return matrix


def keys(matrices):
    return {matrix.astype(np.int8).tobytes() for matrix in matrices}


def closure(generators):
    found, fresh = {}, [np.eye(6)]
    while fresh:
        found |= {(matrix + 0.0).tobytes(): matrix for matrix in fresh}
        products = {
            (generator @ matrix + 0.0).tobytes(): generator @ matrix for generator in generators for matrix in fresh
        }
        fresh = [matrix for key, matrix in products.items() if key not in found]
    return list(found.values())


def test_zigzag_has_six_order_parameters_on_32_sublattices(zigzag):
    parameters = zigzag.order_parameters
    assert parameters.Q.shape == (7, 32)
    assert np.array_equal(parameters.Q @ parameters.Q.T, np.eye(7) / 32)
    assert np.array_equal(parameters.signs[0], np.ones(32))
    assert set(np.unique(parameters.signs)) == {-1, 1}


def test_zigzag_has_twelve_variants_at_half_filling(zigzag):
    parameters = zigzag.order_parameters
    axes = np.concatenate([np.eye(6), -np.eye(6)]) / 2
    assert {tuple(row) for row in parameters.variants} == {(0.5, *row) for row in axes.tolist()}
    x = parameters.sublattices(parameters.variants)
    assert set(np.unique(x)) == {0, 1}
    assert np.array_equal(parameters.eta(x), parameters.variants)


def test_variants_are_the_orbit_of_any_of_them(zigzag):
    parameters = zigzag.order_parameters
    for variant in parameters.variants:
        assert {tuple(row) for row in parameters.orbit(variant)} == {tuple(row) for row in parameters.variants}


def test_group_of_the_zigzag_is_384_signed_permutations_with_the_inversion(zigzag):
    group = zigzag.order_parameters.group
    assert group.shape == (384, 6, 6)
    assert np.array_equal(np.abs(group).sum(axis=1), np.ones((384, 6)))
    assert np.array_equal(np.abs(group).sum(axis=2), np.ones((384, 6)))
    assert set(np.unique(group)) == {-1, 0, 1}
    assert keys([-np.eye(6)]) <= keys(group)
    assert keys((group[:, None] @ group).reshape(-1, 6, 6)) == keys(group)


def test_group_of_the_zigzag_is_the_published_one_but_for_names(zigzag):
    published = [signed_matrix(images) for images in GENERATORS]
    assert len(closure(published)) == 384
    ours = keys(zigzag.order_parameters.group)
    signs = list(product([1, -1], repeat=6))
    relabellings = (signed_matrix(np.array(order) * sign) for order in permutations(range(1, 7)) for sign in signs)
    # Three generators of a group of this order inside ours are all of ours.
    assert any(keys(p @ generator @ p.T for generator in published) <= ours for p in relabellings)


def test_group_acts_as_permutations_of_the_sublattices_do(zigzag):
    parameters, cell = zigzag.order_parameters, zigzag.order_parameters.sublattice_sites
    rng = np.random.default_rng(3)
    x = rng.random(32)
    images = parameters.apply_group(parameters.eta(x)[None])[:, 0]
    for operation in range(len(zigzag.crystal.operations)):
        shift = rng.integers(-5, 5, size=3)
        moved = np.empty(32)
        moved[cell.index(zigzag.crystal.image(operation, cell.sites) + np.array([0, *shift]))] = x
        assert np.abs(images - parameters.eta(moved)).max(axis=1).min() < 1e-12


def test_l10_has_the_signed_permutations_with_an_even_number_of_minus_signs(fcc):
    parameters = fcc.order_parameters
    expected = [
        np.diag(signs) @ np.eye(3)[list(order)]
        for order in permutations(range(3))
        for signs in product([1, -1], repeat=3)
        if np.prod(signs) == 1
    ]
    assert len(parameters.group) == len(expected) == 24
    assert keys(parameters.group) == keys(expected)
    axes = np.concatenate([np.eye(3), -np.eye(3)]) / 2
    assert {tuple(row) for row in parameters.variants} == {(0.5, *row) for row in axes.tolist()}


def test_b2_changes_its_sign(make_crystal):
    crystal = make_crystal([[-1.5, 1.5, 1.5], [1.5, -1.5, 1.5], [1.5, 1.5, -1.5]], [([0, 0, 0], ["A", "B"])])
    settings = OrderingSettings.parse({"k_point": ["1/2", "1/2", "1/2"]}, where="ordering")
    parameters = OrderParameters.from_settings(settings, crystal)
    assert parameters.group.tolist() == [[[-1]], [[1]]]
    assert parameters.variants.tolist() == [[0.5, 0.5], [0.5, -0.5]]


@settings(max_examples=50, deadline=None)
@given(eta=arrays(float, (4, 7), elements=st.floats(-1, 1)))
def test_occupations_of_eta_have_this_eta(zigzag, eta):
    parameters = zigzag.order_parameters
    np.testing.assert_allclose(parameters.eta(parameters.sublattices(eta)), eta, atol=1e-12)


def test_orbit_of_a_point_has_as_many_images_as_the_group_over_its_stabiliser(zigzag):
    parameters = zigzag.order_parameters
    assert len(parameters.orbit([0.3, 0, 0, 0, 0, 0, 0])) == 1
    assert len(parameters.orbit([0.3, 0.2, 0, 0, 0, 0, 0])) == 12
    generic = parameters.orbit([0.3, 0.01, 0.02, 0.03, 0.05, 0.07, 0.11])
    assert len(generic) == 384
    assert np.array_equal(generic[:, 0], np.full(384, 0.3))


def test_every_site_of_a_supercell_belongs_to_the_sublattice_a_period_away(zigzag):
    parameters = zigzag.order_parameters
    supercell = parameters.sublattice_sites.repeat([2, 1, 3])
    classes = parameters.classes(supercell)
    assert np.bincount(classes).tolist() == [6] * 32
    periods = (supercell.sites - parameters.sublattice_sites.sites[classes])[:, 1:] @ np.linalg.inv(parameters.cell)
    np.testing.assert_allclose(periods, np.rint(periods), atol=1e-9)


def test_supercell_in_which_the_ordering_is_not_periodic_is_refused(zigzag):
    with pytest.raises(InputError, match="not periodic"):
        zigzag.order_parameters.classes(Supercell(zigzag.crystal, np.diag([4, 4, 2])))


@pytest.mark.parametrize(
    "values", [{}, {"k_point": [0.5, 0, 0], "variant": {"cell": np.eye(3, dtype=int).tolist(), "occupation": [0]}}]
)
def test_ordering_is_either_a_wave_or_a_configuration(values):
    with pytest.raises(InputError, match="either k_point or variant is needed, and not both"):
        OrderingSettings.parse(values, where="ordering")
