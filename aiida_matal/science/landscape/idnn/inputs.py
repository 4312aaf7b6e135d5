"""The inputs of a network: the composition and invariant polynomials of the order parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.polynomials import Polynomials
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.learning.standardisation import Standardisation


@dataclass(frozen=True, eq=False)
class Inputs:
    """The inputs of a network: the composition and invariant polynomials of the order parameters, standardised."""

    polynomials: Polynomials
    scaling: Standardisation

    def __post_init__(self) -> None:
        exponents, coefficients = self.polynomials.exponents, self.polynomials.coefficients
        n_inputs = len(self.scaling.mean)
        shapes = {"exponents": exponents.shape, "coefficients": coefficients.shape, "inputs": self.scaling.mean.shape}
        right = (
            exponents.ndim == 2
            and coefficients.shape == (n_inputs - 1, len(exponents))
            and self.scaling.mean.shape == self.scaling.scale.shape == (n_inputs,)
        )
        if not right:
            raise InputError("network inputs", shapes, "the shapes do not go together", "Restore the stored model.")
        numbers = (coefficients, self.scaling.mean, self.scaling.scale)
        if not all(np.isfinite(array).all() for array in numbers) or (self.scaling.scale <= 0).any():
            cure = "Restore the stored model."
            raise InputError("network inputs", shapes, "a number is not finite or a scale not above 0", cure)
        if exponents.dtype.kind != "i" or (exponents < 0).any():
            raise InputError("exponents", exponents.dtype.name, "they are not integers >= 0", "Restore the model.")

    @property
    def d(self) -> int:
        """Return the number of coordinates."""
        return 1 + self.polynomials.exponents.shape[1]

    def values(self, eta: Floats) -> Floats:
        """Return the inputs at ``eta`` (n, d), shape (n, n_inputs)."""
        return self.scaling.apply(np.column_stack([eta[:, 0], self.polynomials.values(eta[:, 1:])]))

    def tangents(self, eta: Floats) -> Floats:
        """Return their derivatives with respect to the coordinates, shape (n, d, n_inputs)."""
        tangents = np.zeros((len(eta), self.d, len(self.scaling.mean)))
        tangents[:, 0, 0] = 1
        tangents[:, 1:, 1:] = self.polynomials.jacobian(eta[:, 1:]).transpose(0, 2, 1)
        return tangents / self.scaling.scale

    def bends(self, eta: Floats, gradient: Floats) -> Floats:
        """Return their second derivatives, summed with the factors ``gradient`` (n, n_inputs), shape (n, d, d)."""
        bends = np.zeros((len(eta), self.d, self.d))
        bends[:, 1:, 1:] = self.polynomials.hessian(eta[:, 1:], (gradient / self.scaling.scale)[:, 1:])
        return bends
