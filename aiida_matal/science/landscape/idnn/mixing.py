"""The free energy of ideal mixing on the sublattices, which diverges in slope where a sublattice is full or empty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ase.units import kB

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Floats

#: Nearer to 0 and 1, and beyond them, the free energy of a sublattice goes on as its second-order expansion there.
#: Averages come to lie outside when configurations hold other waves too; with 1e-6 the few of them ruin every fit.
SMALLEST = 1e-2


@dataclass(frozen=True, eq=False)
class IdealMixing:
    """g = (kT / M) sum over sublattices of x ln x + (1 - x) ln(1 - x), less its value at the origin.

    :param occupations: occupations of the M sublattices are ``eta @ occupations``, shape (d, M).
    :param temperature: in K.
    :raises InputError: if the temperature is not above 0 K or an occupation is not finite.
    """

    occupations: Floats
    temperature: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.temperature) and self.temperature > 0):
            raise InputError("ideal_mixing", self.temperature, "it is not above 0 K", "Give a temperature in K.")
        if self.occupations.ndim != 2 or not self.occupations.size or not np.isfinite(self.occupations).all():
            shape = self.occupations.shape
            raise InputError("occupations", shape, "it is no matrix of finite numbers", "Give shape (d, M).")

    def g(self, eta: Floats) -> Floats:
        """Return the free energy, shape (n,), in eV a site."""
        inside, beyond = self._sublattices(eta)
        each = _mixing(inside) + _slope(inside) * beyond + 0.5 * _bend(inside) * beyond**2
        return self._scale * (each - _at_origin()).sum(axis=1)

    def mu(self, eta: Floats) -> Floats:
        """Return its gradient, shape (n, d), in eV a site."""
        inside, beyond = self._sublattices(eta)
        return self._scale * (_slope(inside) + _bend(inside) * beyond) @ self.occupations.T

    def hessian(self, eta: Floats) -> Floats:
        """Return its second derivatives, shape (n, d, d), in eV a site."""
        inside, _ = self._sublattices(eta)
        d = len(self.occupations)
        products = self.occupations[:, np.newaxis] * self.occupations
        return (self._scale * _bend(inside) @ products.reshape(d * d, -1).T).reshape(-1, d, d)

    @property
    def _scale(self) -> float:
        return float(kB * self.temperature / self.occupations.shape[1])

    def _sublattices(self, eta: Floats) -> tuple[Floats, Floats]:
        """Return the occupations moved off 0 and 1, and by how much they were moved."""
        occupation = eta @ self.occupations
        inside = np.clip(occupation, SMALLEST, 1 - SMALLEST)
        return inside, occupation - inside


def _mixing(x: Floats) -> Floats:
    return x * np.log(x) + (1 - x) * np.log1p(-x)


def _slope(x: Floats) -> Floats:
    return np.log(x) - np.log1p(-x)


def _bend(x: Floats) -> Floats:
    return 1 / (x * (1 - x))


def _at_origin() -> float:
    """Return the contribution of an empty sublattice."""
    edge = np.array(SMALLEST)
    return float(_mixing(edge) - _slope(edge) * edge + 0.5 * _bend(edge) * edge**2)
