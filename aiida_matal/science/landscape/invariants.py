"""Functions of composition and order parameters that symmetry leaves unchanged: the inputs of a free-energy model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.molien import molien_series
from aiida_matal.science.landscape.polynomials import Polynomials
from aiida_matal.science.landscape.reynolds import invariant_polynomials, monomials

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAX_MONOMIALS = 20_000
_CHUNK = 4096


@dataclass(frozen=True, eq=False)
class Invariants:
    """The composition h_0 and a basis h_1, h_2, ... of the invariant polynomials of eta[1:] of each degree.

    Holber and Garikipati (2025), section 2.1.3. The basis of each degree is a linear one: products of polynomials of
    lower degrees are in its span.

    :ivar exponents: of each variable in each monomial, shape (n_monomials, d - 1).
    :ivar coefficients: of each polynomial, shape (n_h - 1, n_monomials).
    :ivar degrees: of each input, that of the composition is 1; shape (n_h,).
    """

    exponents: Ints
    coefficients: Floats
    degrees: Ints

    @classmethod
    def from_group(cls, group: Floats, degree: int) -> Self:
        """Return the invariants of a group of matrices up to a degree.

        :param group: all matrices of the group, shape (order, d - 1, d - 1).
        :raises InputError: if there are too many monomials of this degree.
        :raises ValueError: if the polynomials are not as many as Molien's series says.
        """
        n = group.shape[1]
        if comb(n + degree, degree) > MAX_MONOMIALS:
            reason = f"{n} order parameters have more than {MAX_MONOMIALS} monomials up to this degree"
            raise InputError("degree", degree, reason, "Give a lower degree.")
        expected = molien_series(group, degree)
        exponents = [monomials(n, each) for each in range(1, degree + 1)]
        bases = [invariant_polynomials(group, powers) for powers in exponents]
        if [len(basis) for basis in bases] != expected[1:]:
            raise ValueError(f"found {[len(basis) for basis in bases]} invariants, Molien's series is {expected[1:]}")
        coefficients = np.zeros((sum(map(len, bases)), sum(map(len, exponents))))
        row = column = 0
        for basis in bases:
            coefficients[row : row + len(basis), column : column + basis.shape[1]] = basis
            row, column = row + len(basis), column + basis.shape[1]
        used = coefficients.any(axis=0)
        degrees = np.repeat(np.arange(1, degree + 1), [len(basis) for basis in bases])
        return cls(np.concatenate(exponents)[used], coefficients[:, used], np.append(1, degrees))

    @property
    def d(self) -> int:
        """Number of components of eta."""
        return self.exponents.shape[1] + 1

    def values(self, eta: ArrayLike) -> Floats:
        """Return h at points, shape (n, d): shape (n, n_h)."""
        points = np.asarray(eta, dtype=np.float64)
        values = np.empty((len(points), len(self.degrees)))
        values[:, 0] = points[:, 0]
        for part in _parts(len(points)):
            values[part, 1:] = self._polynomials.values(points[part, 1:])
        return values

    def jacobian(self, eta: ArrayLike) -> Floats:
        """Return the derivatives of h at points, shape (n, d): shape (n, n_h, d)."""
        points = np.asarray(eta, dtype=np.float64)
        jacobian = np.zeros((len(points), len(self.degrees), self.d))
        jacobian[:, 0, 0] = 1.0
        for part in _parts(len(points)):
            jacobian[part, 1:, 1:] = self._polynomials.jacobian(points[part, 1:])
        return jacobian

    def hessian(self, eta: ArrayLike) -> Floats:
        """Return the second derivatives of h at points, shape (n, d): shape (n, n_h, d, d)."""
        points = np.asarray(eta, dtype=np.float64)
        n_h, n = len(self.degrees), self.d - 1
        hessian = np.zeros((len(points), n_h, self.d, self.d))
        for part in _parts(len(points)):
            second = self._gradients.jacobian(points[part, 1:])
            hessian[part, 1:, 1:, 1:] = second.reshape(-1, n_h - 1, n, n)
        return hessian

    @cached_property
    def _polynomials(self) -> Polynomials:
        return Polynomials(self.exponents, self.coefficients)

    @cached_property
    def _gradients(self) -> Polynomials:
        """The first derivatives of all polynomials: those of the first one, of the second one, ..."""
        n = self.d - 1
        lowered = np.maximum(self.exponents[None] - np.eye(n, dtype=np.int64)[:, None], 0)
        blocks = np.einsum("pm,mv,vw->pwvm", self.coefficients, self.exponents, np.eye(n))
        return Polynomials(lowered.reshape(-1, n), blocks.reshape(-1, n * len(self.exponents)))


def _parts(n_points: int) -> Iterator[slice]:
    return (slice(begin, begin + _CHUNK) for begin in range(0, n_points, _CHUNK))
