"""The polynomials that a group of matrices leaves unchanged, by averages over the group."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TOLERANCE = 1e-9


def monomials(n_variables: int, degree: int) -> Ints:
    """Return the exponents of all monomials of a degree, shape (number, n_variables), highest powers first."""
    factors = np.array(list(combinations_with_replacement(range(n_variables), degree)), dtype=np.int64)
    return (factors[:, :, None] == np.arange(n_variables)).sum(axis=1)


def invariant_polynomials(group: Floats, exponents: Ints) -> Floats:
    """Return a basis of the invariant polynomials of one degree, shape (number, monomials).

    The Reynolds operator h(eta) = mean of f(A eta) over the group projects on them. For signed permutations the basis
    is one sum of the images of a monomial for each orbit of monomials whose images do not cancel; for other matrices it
    is the reduced echelon form. The first coefficient that is not 0 is 1 either way.

    :param group: all matrices of the group, shape (order, n, n).
    :param exponents: all monomials of the degree, as :func:`monomials` gives them.
    """
    if np.isin(group, (-1.0, 0.0, 1.0)).all() and (np.abs(group).sum(axis=2) == 1).all():
        return _orbit_sums(group, exponents)
    return _echelon(_mean_substitution(group, exponents))


def _orbit_sums(group: Floats, exponents: Ints) -> Floats:
    # Variable i of f(A eta) is sign_i times variable column_i.
    columns = np.abs(group).argmax(axis=2)
    negative = group.sum(axis=2) < 0
    inverse = columns.argsort(axis=1)
    seen = np.zeros(len(exponents), dtype=bool)
    sums = []
    for index, powers in enumerate(exponents):
        if seen[index]:
            continue
        images = _places(exponents, powers[inverse])
        total = np.zeros(len(exponents))
        np.add.at(total, images, np.where((negative * powers).sum(axis=1) % 2, -1.0, 1.0))
        seen[images] = True
        if total[index]:
            sums.append(total / total[index])
    return np.array(sums).reshape(-1, len(exponents))


def _mean_substitution(group: Floats, exponents: Ints) -> Floats:
    """Return the matrix whose row r holds the coefficients of the mean over the group of monomial r at A eta."""
    n, degree = exponents.shape[1], int(exponents[0].sum())
    steps = [_Step(monomials(n, lower), monomials(n, lower + 1)) for lower in range(degree)]
    mean = np.zeros((len(exponents), len(exponents)))
    for matrix in group:
        substituted = np.ones((1, 1))
        for step in steps:
            substituted = step.raised(substituted, matrix)
        mean += substituted
    return mean / len(group)


class _Step:
    """From the monomials of one degree to those of the next: each is a variable times one of the lower degree."""

    def __init__(self, lower: Ints, higher: Ints) -> None:
        one = np.eye(lower.shape[1], dtype=np.int64)
        self.variables = (higher > 0).argmax(axis=1)
        self.parents = _places(lower, higher - one[self.variables])
        self.products = [_places(higher, lower + unit) for unit in one]

    def raised(self, substituted: Floats, matrix: Floats) -> Floats:
        """Return the coefficients of the higher monomials at A eta, given those of the lower ones, as rows."""
        result = np.zeros((len(self.parents), len(self.parents)))
        for variable, products in enumerate(self.products):
            result[:, products] += matrix[self.variables, variable, None] * substituted[self.parents]
        return result


def _places(exponents: Ints, wanted: Ints) -> Ints:
    place = {tuple(powers): index for index, powers in enumerate(exponents.tolist())}
    return np.array([place[tuple(powers)] for powers in wanted.tolist()], dtype=np.int64)


def _echelon(rows: Floats) -> Floats:
    """Return the reduced row echelon form of a matrix, without rows of zeros."""
    rest, done = rows.copy(), 0
    for column in range(rest.shape[1]):
        if done == len(rest):
            break
        pivot = done + int(np.abs(rest[done:, column]).argmax())
        if abs(rest[pivot, column]) < _TOLERANCE:
            rest[done:, column] = 0.0
            continue
        rest[[done, pivot]] = rest[[pivot, done]]
        rest[done] /= rest[done, column]
        others = np.arange(len(rest)) != done
        rest[others] -= np.outer(rest[others, column], rest[done])
        done += 1
    form = rest[:done]
    whole = np.rint(form)
    return np.where(np.abs(form - whole) < _TOLERANCE, whole, form) + 0.0
