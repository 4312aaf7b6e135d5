"""Tests of the invariant polynomials."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.invariants import Invariants

ANGLES = 2 * np.pi * np.arange(3) / 3
TRIANGLE = np.array([[[np.cos(a), -s * np.sin(a)], [np.sin(a), s * np.cos(a)]] for a in ANGLES for s in (1, -1)])


def terms(invariants, index):
    """The terms of a polynomial: coefficient by exponents."""
    row = invariants.coefficients[index - 1]
    return {tuple(invariants.exponents[k].tolist()): row[k] for k in np.flatnonzero(row)}


def test_zigzag_has_twelve_inputs(zigzag):
    assert zigzag.invariants.degrees.tolist() == [1, 2, 4, 4, 4, 6, 6, 6, 6, 6, 6, 6]
    assert zigzag.invariants.values(np.zeros((1, 7))).shape == (1, 12)


def test_zigzag_polynomials_are_independent_sums_with_unit_coefficients(zigzag):
    coefficients = zigzag.invariants.coefficients
    assert set(np.unique(coefficients)) <= {-1, 0, 1}
    assert np.linalg.matrix_rank(coefficients) == 11
    leading = coefficients[range(11), (coefficients != 0).argmax(axis=1)]
    assert np.array_equal(leading, np.ones(11))
    assert terms(zigzag.invariants, 1) == {tuple(row): 1 for row in (2 * np.eye(6, dtype=int)).tolist()}


@settings(max_examples=25, deadline=None)
@given(eta=arrays(float, (3, 7), elements=st.floats(-1, 1)))
def test_every_input_is_the_same_for_all_384_images(zigzag, eta):
    values = zigzag.invariants.values(eta)
    images = zigzag.order_parameters.apply_group(eta)
    found = zigzag.invariants.values(images.reshape(-1, 7)).reshape(384, 3, 12)
    np.testing.assert_allclose(found, np.broadcast_to(values, found.shape), atol=1e-12)


def test_inputs_tell_orbits_apart(zigzag):
    rng = np.random.default_rng(2)
    eta = rng.uniform(-0.3, 0.3, size=(200, 7))
    # With one composition and one length, so that the first two inputs are the same.
    eta[:, 0] = 0.5
    eta[:, 1:] /= np.linalg.norm(eta[:, 1:], axis=1, keepdims=True)
    values = zigzag.invariants.values(eta)
    distances = np.linalg.norm(values[:, None] - values, axis=2) + np.eye(200)
    assert distances.min() > 1e-6


def test_products_of_lower_degrees_are_in_the_span(zigzag):
    values = zigzag.invariants.values(np.random.default_rng(4).uniform(-1, 1, size=(50, 7)))
    for product, degree in ((values[:, 1] ** 2, 4), (values[:, 1] ** 3, 6), (values[:, 1] * values[:, 3], 6)):
        columns = values[:, zigzag.invariants.degrees == degree]
        left = product - columns @ np.linalg.lstsq(columns, product, rcond=None)[0]
        assert np.abs(left).max() < 1e-9


def test_basis_of_l10_is_that_of_the_tetrahedron(fcc):
    assert fcc.invariants.degrees.tolist() == [1, 2, 3, 4, 4, 5, 6, 6, 6]
    assert terms(fcc.invariants, 1) == {(2, 0, 0): 1, (0, 2, 0): 1, (0, 0, 2): 1}
    assert terms(fcc.invariants, 2) == {(1, 1, 1): 1}
    assert terms(fcc.invariants, 4) == {(2, 2, 0): 1, (2, 0, 2): 1, (0, 2, 2): 1}
    assert terms(fcc.invariants, 5) == {(3, 1, 1): 1, (1, 3, 1): 1, (1, 1, 3): 1}


def test_matrices_that_are_no_signed_permutations():
    invariants = Invariants.from_group(TRIANGLE, 6)
    assert invariants.degrees.tolist() == [1, 2, 3, 4, 5, 6, 6]
    assert terms(invariants, 1) == {(2, 0): 1, (0, 2): 1}
    # Re (x + i y)^3, the anisotropy of a triangle.
    assert terms(invariants, 2) == {(3, 0): 1, (1, 2): -3}
    assert terms(invariants, 4) == {(5, 0): 1, (3, 2): -2, (1, 4): -3}
    eta = np.random.default_rng(1).uniform(-1, 1, size=(20, 3))
    for matrix in TRIANGLE:
        images = np.column_stack([eta[:, 0], eta[:, 1:] @ matrix.T])
        np.testing.assert_allclose(invariants.values(images), invariants.values(eta), atol=1e-12)


def test_both_ways_to_average_span_the_same_polynomials(fcc):
    # The same group in other axes is no group of signed permutations any more.
    turn = np.linalg.qr(np.random.default_rng(8).normal(size=(3, 3)))[0]
    plain, turned = fcc.invariants, Invariants.from_group(turn @ fcc.order_parameters.group @ turn.T, 6)
    assert turned.degrees.tolist() == plain.degrees.tolist()
    eta = np.random.default_rng(9).uniform(-1, 1, size=(60, 4))
    images = np.column_stack([eta[:, 0], eta[:, 1:] @ turn.T])
    expected, found = plain.values(eta), turned.values(images)
    for degree in range(1, 7):
        columns, others = expected[:, plain.degrees == degree], found[:, plain.degrees == degree]
        np.testing.assert_allclose(columns @ np.linalg.lstsq(columns, others, rcond=None)[0], others, atol=1e-8)


def test_a_wave_that_symmetry_leaves_is_an_input_itself():
    invariants = Invariants.from_group(np.ones((1, 1, 1)), 3)
    eta = np.array([[0.5, -0.25]])
    assert invariants.degrees.tolist() == [1, 1, 2, 3]
    assert invariants.values(eta).tolist() == [[0.5, -0.25, 0.0625, -0.015625]]


def test_values_of_a_point_by_hand(fcc):
    eta = np.array([[0.4, 1.0, 2.0, 3.0]])
    found = fcc.invariants.values(eta)[0].tolist()
    assert found[:6] == [0.4, 14.0, 6.0, 1 + 16 + 81, 4 + 9 + 36, 6 + 24 + 54]
    assert sorted(found[6:]) == sorted([1 + 64 + 729, (16 * 10 + 1 * 13 + 81 * 5), 36.0])


@pytest.mark.parametrize("name", ["zigzag", "fcc"])
def test_derivatives_obey_euler_and_differences(request, name):
    invariants = request.getfixturevalue(name).invariants
    eta = np.random.default_rng(7).uniform(-1, 1, size=(30, invariants.d))
    values, jacobian, hessian = invariants.values(eta), invariants.jacobian(eta), invariants.hessian(eta)
    degrees = invariants.degrees
    slope = np.einsum("nhj,nj->nh", jacobian, eta)
    np.testing.assert_allclose(slope, degrees * values, atol=1e-11)
    turn = np.einsum("nhij,nj->nhi", hessian, eta)
    np.testing.assert_allclose(turn[:, 1:], (degrees[1:, None] - 1) * jacobian[:, 1:], atol=1e-11)
    assert np.array_equal(hessian, hessian.swapaxes(2, 3))
    for axis, step in enumerate(1e-5 * np.eye(invariants.d)):
        up, down = eta + step, eta - step
        first = (invariants.values(up) - invariants.values(down)) / 2e-5
        second = (invariants.jacobian(up) - invariants.jacobian(down)) / 2e-5
        np.testing.assert_allclose(jacobian[..., axis], first, atol=1e-7)
        np.testing.assert_allclose(hessian[..., axis], second, atol=1e-7)


def test_many_points_are_the_points_one_by_one(zigzag):
    eta = np.random.default_rng(6).uniform(-0.5, 0.5, size=(9001, 7))
    for rows in ([0], [4095, 4096], [9000]):
        np.testing.assert_allclose(zigzag.invariants.values(eta)[rows], zigzag.invariants.values(eta[rows]), rtol=1e-12)
        jacobian = zigzag.invariants.jacobian(eta)[rows]
        np.testing.assert_allclose(jacobian, zigzag.invariants.jacobian(eta[rows]), rtol=1e-12, atol=1e-15)
    assert zigzag.invariants.hessian(np.empty((0, 7))).shape == (0, 12, 7, 7)


def test_basis_is_the_same_whenever_it_is_made(zigzag):
    again = Invariants.from_group(zigzag.order_parameters.group[::-1], 6)
    assert np.array_equal(again.exponents, zigzag.invariants.exponents)
    assert np.array_equal(again.coefficients, zigzag.invariants.coefficients)


def test_too_many_monomials_are_refused():
    with pytest.raises(InputError, match=r"degree: 12 is refused: 12 order parameters have more than.*Give a lower"):
        Invariants.from_group(np.eye(12)[None], 12)


def test_matrices_that_are_no_group_are_refused(fcc):
    with pytest.raises(ValueError, match="no group"):
        Invariants.from_group(fcc.order_parameters.group[1:], 6)
