"""Plane slices through a free energy."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.polytope import Polytope

Floats = NDArray[np.float64]

_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Slice:
    """Values of a free energy on a plane of two coordinates.

    :ivar axes: which coordinates they are.
    :ivar first: values of the first one, shape (n,); likewise ``second``, shape (m,).
    :ivar g: in eV a site, NaN outside of the polytope, shape (n, m).
    :ivar border: corners of the part of the plane inside the polytope, in order, shape (k, 2).
    :ivar minima: points on the grid that are lower than all next to them, lowest first, shape (j, 2).
    :ivar at_border: which minima have points outside next to them, so that g may go on falling there, shape (j,).
    """

    axes: tuple[int, int]
    first: Floats
    second: Floats
    g: Floats
    border: Floats
    minima: Floats
    at_border: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Window:
    """A part of a plane through eta: the ranges of two coordinates, and how many points on each.

    :ivar origin: values of the coordinates, shape (d,), of which all but two are held.
    """

    axes: tuple[int, int]
    ranges: tuple[tuple[float, float], tuple[float, float]]
    origin: Floats
    n_points: int = 121


def plane_slice(model: FreeEnergy, polytope: Polytope, window: Window) -> Slice:
    """Return the values of a free energy on a part of a plane.

    :raises InputError: if no point of the grid is inside the polytope.
    """
    first, second = (_with_ring(limits, window.n_points) for limits in window.ranges)
    points = np.tile(window.origin, (len(first) * len(second), 1))
    points[:, list(window.axes)] = np.stack(np.meshgrid(first, second, indexing="ij"), axis=-1).reshape(-1, 2)
    inside = polytope.contains(points, _TOLERANCE)
    values = np.full(len(points), np.nan)
    values[inside] = model.g(points[inside])
    g = values.reshape(len(first), len(second))
    if np.isnan(g[1:-1, 1:-1]).all():
        raise InputError("origin", window.origin.tolist(), "the plane misses the polytope", "Give a point inside.")
    rows, columns, at_border = _minima(g)
    minima = np.column_stack([first[1:-1][rows], second[1:-1][columns]])
    border = _border(polytope, window)
    return Slice(window.axes, first[1:-1], second[1:-1], g[1:-1, 1:-1], border, minima, at_border)


def _with_ring(limits: tuple[float, float], n_points: int) -> Floats:
    """Return points from one limit to the other, and one more beyond each, so that minima at the limits can be told."""
    points = np.linspace(*limits, n_points)
    step = points[1] - points[0]
    return np.concatenate([[points[0] - step], points, [points[-1] + step]])


def _minima(g: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Return rows and columns of the points lower than those next to them, and whether some of these are outside.

    :param g: with one more row and column at each end, which are not counted.
    """
    shifts = [(row, column) for row in (0, 1, 2) for column in (0, 1, 2) if (row, column) != (1, 1)]
    n, m = g.shape[0] - 2, g.shape[1] - 2
    middle = g[1:-1, 1:-1]
    around = np.array([g[row : row + n, column : column + m] for row, column in shifts])
    rows, columns = np.nonzero(np.isfinite(middle) & np.all((middle < around) | np.isnan(around), axis=0))
    order = np.argsort(middle[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    return rows, columns, np.isnan(around[:, rows, columns]).any(axis=0)


def _border(polytope: Polytope, window: Window) -> Floats:
    """Return the corners, in order, of the polygon that polytope and window have in common on the plane."""
    axes = list(window.axes)
    held = window.origin.copy()
    held[axes] = 0.0
    box = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    (low, high), (left, right) = window.ranges
    normals = np.concatenate([polytope.normals[:, axes], box])
    offsets = np.concatenate([polytope.offsets - polytope.normals @ held, [high, -low, right, -left]])
    cuts = np.linalg.norm(normals, axis=1) > _TOLERANCE
    lines = np.unique(np.column_stack([normals, offsets])[cuts].round(12), axis=0)
    normals, offsets = lines[:, :2], lines[:, 2]
    corners = []
    for pair in combinations(range(len(lines)), 2):
        matrix = normals[list(pair)]
        if abs(np.linalg.det(matrix)) > _TOLERANCE:
            corner = np.linalg.solve(matrix, offsets[list(pair)])
            if (normals @ corner <= offsets + _TOLERANCE).all():
                corners.append(corner)
    different: Floats = np.unique(np.array(corners).round(9), axis=0)
    shifted = different - different.mean(axis=0)
    return different[np.argsort(np.arctan2(shifted[:, 1], shifted[:, 0]))]
