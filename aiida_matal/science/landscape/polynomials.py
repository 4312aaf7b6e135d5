"""Polynomials of the same monomials with their first and second derivatives, at many points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Self

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.learning.base import Floats

Integers = NDArray[np.int64]
Monomial = tuple[int, ...]


@dataclass(frozen=True)
class Polynomials:
    """m polynomials of k variables.

    :param exponents: of each monomial, shape (n_monomials, k), 0 or more.
    :param coefficients: of each polynomial, shape (m, n_monomials).
    """

    exponents: Integers
    coefficients: Floats

    def values(self, points: Floats) -> Floats:
        """Return the values at ``points`` (n, k), shape (n, m)."""
        return self._zeroth.at(points)[:, :, 0]

    def jacobian(self, points: Floats) -> Floats:
        """Return the first derivatives at ``points`` (n, k), shape (n, m, k)."""
        return self._first.at(points)

    def hessian(self, points: Floats, factors: Floats) -> Floats:
        """Return the second derivatives of the sum of the polynomials times ``factors`` (n, m), shape (n, k, k)."""
        k = self.exponents.shape[1]
        place = {pair: index for index, pair in enumerate(combinations_with_replacement(range(k), 2))}
        columns = [[place[min(i, j), max(i, j)] for j in range(k)] for i in range(k)]
        return (factors[:, np.newaxis] @ self._second.at(points))[:, 0, columns]

    @cached_property
    def _zeroth(self) -> _Derivatives:
        return self._derivatives(0)

    @cached_property
    def _first(self) -> _Derivatives:
        return self._derivatives(1)

    @cached_property
    def _second(self) -> _Derivatives:
        return self._derivatives(2)

    def _derivatives(self, order: int) -> _Derivatives:
        variables = list(combinations_with_replacement(range(self.exponents.shape[1]), order))
        return _Derivatives.of(self.exponents, self.coefficients, variables)


@dataclass(frozen=True)
class _Derivatives:
    """Some derivatives of all polynomials: each monomial is another one times a variable.

    :param parents: of each monomial but the first, which is 1: index of the monomial and the variable.
    :param used: which monomials the derivatives are made of.
    :param matrix: their coefficients, shape (used monomials, m * derivatives).
    :param n_derivatives: of each of the ``n_polynomials``.
    """

    parents: list[tuple[int, int]]
    used: NDArray[np.intp]
    matrix: Floats
    n_polynomials: int
    n_derivatives: int

    @classmethod
    def of(cls, exponents: Integers, coefficients: Floats, variables: list[Monomial]) -> Self:
        terms: dict[Monomial, Floats] = {}
        shape = (len(coefficients), len(variables))
        for powers, column in zip(exponents.tolist(), coefficients.T, strict=True):
            for which, names in enumerate(variables):
                factor, monomial = _derivative(powers, names)
                if factor:
                    terms.setdefault(monomial, np.zeros(shape))[:, which] += factor * column
        order = sorted(_with_parents(terms, exponents.shape[1]), key=lambda monomial: (sum(monomial), monomial))
        place = {monomial: index for index, monomial in enumerate(order)}
        parents = [(place[parent], variable) for parent, variable in map(_parent, order[1:])]
        used = np.array([place[monomial] for monomial in terms], dtype=np.intp)
        matrix = np.array([*terms.values()]).reshape(len(used), shape[0] * shape[1])
        return cls(parents, used, matrix, *shape)

    def at(self, points: Floats) -> Floats:
        monomials = np.empty((len(self.parents) + 1, len(points)))
        monomials[0] = 1
        columns = np.ascontiguousarray(points.T)
        for index, (parent, variable) in enumerate(self.parents, start=1):
            np.multiply(monomials[parent], columns[variable], out=monomials[index])
        return (monomials[self.used].T @ self.matrix).reshape(len(points), self.n_polynomials, self.n_derivatives)


def _derivative(powers: list[int], variables: Monomial) -> tuple[int, Monomial]:
    """Return factor and monomial of the derivative of a monomial with respect to some variables."""
    left, factor = list(powers), 1
    for variable in variables:
        factor *= left[variable]
        left[variable] -= 1
    return factor, tuple(left)


def _with_parents(monomials: dict[Monomial, Floats], k: int) -> set[Monomial]:
    known = {(0,) * k}
    for monomial in monomials:
        while monomial not in known:
            known.add(monomial)
            monomial = _parent(monomial)[0]
    return known


def _parent(monomial: Monomial) -> tuple[Monomial, int]:
    """Return the monomial that gives this one when it is multiplied by a variable, and that variable."""
    variable = max(index for index, power in enumerate(monomial) if power)
    return tuple(power - (index == variable) for index, power in enumerate(monomial)), variable
