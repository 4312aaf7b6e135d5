"""The bounds of composition and order parameters: no sublattice can be less than empty or more than full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from aiida_matal.science.landscape.order_parameters import OrderParameters

Floats = NDArray[np.float64]

#: How far outside rounding may put a point on a face.
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Polytope:
    """The points eta with normals . eta <= offsets.

    :ivar normals: one row a half-space, shape (m, d).
    :ivar offsets: shape (m,).
    :ivar centre: a point inside, on no face, shape (d,).
    """

    normals: Floats
    offsets: Floats
    centre: Floats

    @classmethod
    def from_order_parameters(cls, order_parameters: OrderParameters) -> Self:
        """Return the points where the occupation of every sublattice lies between 0 and 1.

        Sublattices with the same occupation everywhere count once. The centre has composition 1/2 and no order.
        Holber and Garikipati (2025), eq. 7; eq. 8 is its section with one order parameter.
        """
        rows = _different(order_parameters.signs.T)
        centre = np.zeros(rows.shape[1])
        centre[0] = 0.5
        return cls(np.concatenate([rows, -rows]), np.repeat([1.0, 0.0], len(rows)), centre)

    @property
    def d(self) -> int:
        """Number of dimensions."""
        return self.normals.shape[1]

    def contains(self, eta: ArrayLike, tolerance: float = TOLERANCE) -> NDArray[np.bool_]:
        """Return which points, shape (n, d), are inside, shape (n,).

        :param tolerance: how far outside a point may be, as the occupation of a sublattice.
        """
        points = np.asarray(eta, dtype=np.float64)
        return np.asarray((points @ self.normals.T <= self.offsets + tolerance).all(axis=-1))

    def pull_inside(self, eta: ArrayLike, centre: ArrayLike | None = None) -> Floats:
        """Return points, shape (n, d), of which those outside are moved to the boundary, straight to a point inside.

        :param centre: the point inside, shape (d,); by default the centre of the polytope.
        :raises InputError: if ``centre`` is not inside.
        """
        points = np.asarray(eta, dtype=np.float64)
        inner = self._inner(centre, "centre")
        steps = points - inner
        room = self.offsets - self.normals @ inner
        # Beyond 1, the part of the room that a whole step takes is its factor beyond the boundary.
        excess = np.maximum((steps @ self.normals.T / room).max(axis=-1, keepdims=True), 1.0)
        return np.where(excess > 1.0, inner + steps / excess, points)

    def section(self, basis: ArrayLike, origin: ArrayLike) -> Polytope:
        """Return the section with a plane, or any flat, as a polytope of coordinates z where eta = origin + z . basis.

        :param basis: k linearly independent vectors, shape (k, d); orthonormal ones preserve lengths.
        :param origin: shape (d,). It is the centre of the section if it is inside.
        :raises InputError: if the basis is not independent, or the flat misses the inside of the polytope.
        """
        directions, shift = np.asarray(basis, dtype=np.float64), np.asarray(origin, dtype=np.float64)
        if directions.ndim != 2 or np.linalg.matrix_rank(directions) < len(directions):
            raise InputError("basis", directions.tolist(), "the vectors are dependent", "Give independent vectors.")
        normals, offsets = self.normals @ directions.T, self.offsets - self.normals @ shift
        cuts = np.linalg.norm(normals, axis=1) > TOLERANCE
        centre = _inner_point(normals[cuts], offsets[cuts])
        if centre is None or (offsets[~cuts] < -TOLERANCE).any():
            cure = "Give an origin inside the polytope."
            raise InputError("origin", shift.tolist(), "the plane misses the inside of the polytope", cure)
        rows = _different(np.column_stack([normals[cuts], offsets[cuts]]))
        return Polytope(rows[:, :-1].copy(), rows[:, -1].copy(), centre)

    def _inner(self, point: ArrayLike | None, name: str) -> Floats:
        if point is None:
            return self.centre
        inner = np.asarray(point, dtype=np.float64)
        if inner.shape != (self.d,) or not (self.normals @ inner < self.offsets).all():
            raise InputError(name, inner.tolist(), "the point is not inside the polytope", "Give one inside.")
        return inner


def _different(rows: Floats) -> Floats:
    _, first = np.unique(rows.round(9) + 0.0, axis=0, return_index=True)
    return rows[first]


def _inner_point(normals: Floats, offsets: Floats) -> Floats | None:
    """Return 0 if it is inside, else the centre of the largest ball inside, None if there is none."""
    if (offsets > TOLERANCE).all():
        return np.zeros(normals.shape[1])
    k = normals.shape[1]
    lengths = np.linalg.norm(normals, axis=1)
    found = linprog(
        np.append(np.zeros(k), -1.0), A_ub=np.column_stack([normals, lengths]), b_ub=offsets, bounds=(None, None)
    )
    return found.x[:k] if found.success and found.x[k] > TOLERANCE else None
