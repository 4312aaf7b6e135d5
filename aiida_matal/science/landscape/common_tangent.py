"""Lower convex hull of a free energy over the composition, and the common tangents that are part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Takes compositions, shape (n,), and returns free energies, shape (n,).
Function = Callable[[Floats], Floats]

_ZOOM_POINTS = 41
_ZOOMS = 4


@dataclass(frozen=True)
class CommonTangent:
    """A line that touches a free energy at two compositions and lies below it between them.

    :ivar slope: the chemical potential of both phases, in eV a site.
    :ivar depth: how far the free energy rises above the line, in eV a site.
    """

    x_low: float
    x_high: float
    slope: float
    depth: float


def lower_hull(x: Floats, g: Floats) -> NDArray[np.intp]:
    """Return the indices of the points on the lower convex hull, from left to right.

    :param x: ascending, shape (n,).
    :param g: shape (n,).
    """
    hull: list[int] = []
    for point in range(len(x)):
        while len(hull) > 1 and _is_above(x, g, hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return np.array(hull, dtype=np.intp)


def common_tangents(function: Function, x: Floats, g: Floats, tolerance: float) -> list[CommonTangent]:
    """Return the common tangents of a function, from left to right.

    Edges of the convex hull of its values on a grid say where there is one; its ends are then found on finer and finer
    grids about both, to some 10^-5 of a step.

    :param x: the grid, ascending, shape (n,).
    :param g: the values of the function there, shape (n,).
    :param tolerance: the function rises above a common tangent by more than this, in eV a site; what rises less is
        taken for noise.
    """
    hull = lower_hull(x, g)
    tangents = []
    for first, last in pairwise(hull.tolist()):
        between = slice(first + 1, last)
        slope = (g[last] - g[first]) / (x[last] - x[first])
        if np.max(g[between] - g[first] - slope * (x[between] - x[first]), initial=0.0) > tolerance:
            tangents.append(_refined(function, x, g, first, last))
    return tangents


def _is_above(x: Floats, g: Floats, first: int, middle: int, last: int) -> bool:
    """Return whether the middle one of three points is on or above the line through the others."""
    return bool((g[middle] - g[first]) * (x[last] - x[first]) >= (g[last] - g[first]) * (x[middle] - x[first]))


def _refined(function: Function, x: Floats, g: Floats, *ends: int) -> CommonTangent:
    """Return the tangent with both ends found again between the grid points next to them."""
    windows = [(x[max(end - 1, 0)], x[min(end + 1, len(x) - 1)]) for end in ends]
    # Windows that overlap would let the tangent close.
    middle = x[list(ends)].mean()
    windows = [(windows[0][0], min(windows[0][1], middle)), (max(windows[1][0], middle), windows[1][1])]
    for _ in range(_ZOOMS):
        left, right = (np.linspace(low, high, _ZOOM_POINTS) for low, high in windows)
        g_left, g_right = function(left), function(right)
        first, last = _bridge(left, g_left, right, g_right)
        windows = [
            (grid[max(place - 1, 0)], grid[min(place + 1, _ZOOM_POINTS - 1)])
            for grid, place in ((left, first), (right, last))
        ]
    slope = (g_right[last] - g_left[first]) / (right[last] - left[first])
    between = slice(ends[0] + 1, ends[1])
    depth = np.max(g[between] - g_left[first] - slope * (x[between] - left[first]))
    return CommonTangent(float(left[first]), float(right[last]), float(slope), float(depth))


def _bridge(left: Floats, g_left: Floats, right: Floats, g_right: Floats) -> tuple[int, int]:
    """Return the end points of the edge of the hull that joins the two sets of points, all left ones first."""
    x, g = np.append(left, right), np.append(g_left, g_right)
    hull = lower_hull(x, g)
    last = int(np.argmax(hull >= len(left)))
    return int(hull[last - 1]), int(hull[last]) - len(left)
