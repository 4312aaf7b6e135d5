"""Tests of Molien's series against groups whose invariants are known."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from aiida_matal.science.landscape.molien import molien_series


def series(degrees, degree):
    """The coefficients of the product of 1 / (1 - t^k) over k: how often each degree is a sum of the given ones."""
    counts = [1] + [0] * degree
    for step in degrees:
        for total in range(step, degree + 1):
            counts[total] += counts[total - step]
    return counts


def signed_permutations(n, signs):
    for order in permutations(range(n)):
        for factors in signs:
            yield np.diag(factors) @ np.eye(n)[list(order)]


def test_series_of_the_zigzag_is_the_published_one(zigzag):
    assert molien_series(zigzag.order_parameters.group, 8) == [1, 0, 1, 0, 3, 0, 7, 0, 14]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_reflection_group_of_the_cube(n):
    group = np.array(list(signed_permutations(n, list(product([1.0, -1.0], repeat=n)))))
    assert molien_series(group, 12) == series(range(2, 2 * n + 1, 2), 12)


def test_group_of_the_tetrahedron():
    even = [signs for signs in product([1.0, -1.0], repeat=3) if np.prod(signs) == 1]
    group = np.array(list(signed_permutations(3, even)))
    assert len(group) == 24
    assert molien_series(group, 12) == series([2, 3, 4], 12)


def test_rotations_by_a_third_are_no_reflections():
    angles = 2 * np.pi * np.arange(3) / 3
    group = np.array([[[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]] for a in angles])
    # (1 + t^3) / ((1 - t^2) (1 - t^3)), Molien's series of the cyclic group of order 3.
    plain = series([2, 3], 9)
    assert molien_series(group, 9) == [value + (plain[k - 3] if k >= 3 else 0) for k, value in enumerate(plain)]


def test_trivial_group_leaves_every_monomial():
    assert molien_series(np.eye(3)[None], 5) == [1, 3, 6, 10, 15, 21]


def test_matrices_that_are_no_group_are_refused(zigzag):
    with pytest.raises(ValueError, match="no group"):
        molien_series(zigzag.order_parameters.group[:-1], 6)
