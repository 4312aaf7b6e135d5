from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.landscape.polynomials import Polynomials

POINTS = np.random.default_rng(0).normal(size=(6, 3))


def test_the_derivatives_of_two_polynomials_by_hand():
    x, y, z = POINTS.T
    # x^2 y + 2 z and 3 x y z^3, and the constant 4 in the second one.
    exponents = np.array([[2, 1, 0], [0, 0, 1], [1, 1, 3], [0, 0, 0]])
    both = Polynomials(exponents, np.array([[1.0, 2, 0, 0], [0, 0, 3, 4]]))
    np.testing.assert_allclose(both.values(POINTS), np.stack([x**2 * y + 2 * z, 3 * x * y * z**3 + 4], axis=1))
    first = [[2 * x * y, x**2, np.full(6, 2.0)], [3 * y * z**3, 3 * x * z**3, 9 * x * y * z**2]]
    np.testing.assert_allclose(both.jacobian(POINTS), np.moveaxis(np.array(first), 2, 0), atol=1e-15)
    zero = np.zeros(6)
    of_first = [[2 * y, 2 * x, zero], [2 * x, zero, zero], [zero, zero, zero]]
    xy, xz, yz = 3 * z**3, 9 * y * z**2, 9 * x * z**2
    of_second = [[zero, xy, xz], [xy, zero, yz], [xz, yz, 18 * x * y * z]]
    expected = 5 * np.moveaxis(np.array(of_first), 2, 0) - 0.5 * np.moveaxis(np.array(of_second), 2, 0)
    found = both.hessian(POINTS, np.tile([5.0, -0.5], (6, 1)))
    np.testing.assert_allclose(found, expected, atol=1e-13)


def test_a_monomial_may_be_named_twice():
    twice = Polynomials(np.array([[1, 1], [1, 1]]), np.array([[2.0, 3.0]]))
    points = POINTS[:, :2]
    np.testing.assert_allclose(twice.values(points)[:, 0], 5 * points.prod(axis=1))
    np.testing.assert_allclose(twice.jacobian(points)[:, 0], 5 * points[:, ::-1])


@given(
    st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=6),
    st.integers(0, 2**32 - 1),
)
def test_derivatives_are_those_of_the_values(exponents, seed):
    rng = np.random.default_rng(seed)
    some = Polynomials(np.array(exponents), rng.normal(size=(2, len(exponents))))
    points, step = rng.uniform(-1, 1, size=(3, 3)), 1e-5
    factors = rng.normal(size=(3, 2))
    for axis, shift in enumerate(step * np.eye(3)):
        slope = (some.values(points + shift) - some.values(points - shift)) / (2 * step)
        np.testing.assert_allclose(some.jacobian(points)[:, :, axis], slope, atol=1e-7)
        bend = (some.jacobian(points + shift) - some.jacobian(points - shift)) / (2 * step)
        summed = np.einsum("nm,nmk->nk", factors, bend)
        np.testing.assert_allclose(some.hessian(points, factors)[:, axis], summed, atol=1e-6)
