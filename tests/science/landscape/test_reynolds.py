"""Tests of averages over a group."""

from __future__ import annotations

from itertools import permutations
from math import comb

import numpy as np
import pytest

from aiida_matal.science.landscape.reynolds import invariant_polynomials, monomials


@pytest.mark.parametrize(("n", "degree"), [(1, 5), (2, 3), (3, 0), (6, 6)])
def test_monomials_are_all_products_of_this_degree(n, degree):
    exponents = monomials(n, degree)
    assert exponents.shape == (comb(n + degree - 1, degree), n)
    assert (exponents.sum(axis=1) == degree).all()
    rows = exponents.tolist()
    assert rows == sorted(rows, reverse=True)
    assert len({tuple(row) for row in rows}) == len(rows)


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 5])
def test_all_permutations_leave_the_symmetric_polynomials(degree):
    group = np.array([np.eye(4)[list(order)] for order in permutations(range(4))])
    exponents = monomials(4, degree)
    basis = invariant_polynomials(group, exponents)
    # The monomial symmetric polynomials, one for each partition of the degree in at most four parts.
    partitions = {tuple(sorted(powers)) for powers in exponents.tolist()}
    sums = {tuple(float(sorted(powers) == list(part)) for powers in exponents.tolist()) for part in partitions}
    assert {tuple(row) for row in basis.tolist()} == sums


def test_monomials_whose_images_cancel_leave_nothing():
    group = np.array([[[1.0, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [0.0, 1.0]]])
    assert invariant_polynomials(group, monomials(2, 3)).tolist() == [[0, 1, 0, 0], [0, 0, 0, 1]]
