"""Points uniform in a polytope, by a Billiard walk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.polytope import Polytope

Floats = NDArray[np.float64]

#: How many trajectories may be discarded for each point that is wanted, and how many in any case.
_MAX_REJECTED = (100, 10_000)


@dataclass(frozen=True)
class BilliardWalk:
    """Points of a Billiard walk.

    :ivar points: shape (n, d).
    :ivar n_rejected: how many trajectories were discarded because of too many reflections.
    :ivar n_reflections: how many reflections the others had together.
    """

    points: Floats
    n_rejected: int
    n_reflections: int


def billiard_walk(
    polytope: Polytope,
    n: int,
    seed: int,
    start: ArrayLike | None = None,
    mean_length: float = 1.0,
    max_reflections: int | None = None,
) -> BilliardWalk:
    """Return the ends of successive trajectories, which approach the uniform distribution in the polytope.

    Each trajectory has an isotropic direction and a length -mean_length ln U, U uniform in (0, 1), and is reflected at
    the faces. One with too many reflections is discarded, and another one begins where it began. Gryazina and Polyak
    (2014); Holber and Garikipati (2025), algorithm 1.

    :param start: where the first trajectory begins, shape (d,); by default the centre. It is none of the points.
    :param max_reflections: of one trajectory; by default 10 d.
    :raises InputError: if the start is not inside, or nearly all trajectories are discarded.
    """
    if n < 0:
        raise InputError("n", n, "it is negative", "Give the number of points.")
    if not 0 < mean_length < np.inf:
        raise InputError("mean_length", mean_length, "it is not positive", "Give a length, such as 1.")
    origin = polytope.centre if start is None else np.asarray(start, dtype=np.float64)
    if origin.shape != (polytope.d,) or not polytope.contains(origin[None], 0.0)[0]:
        raise InputError("start", origin.tolist(), "the point is not inside the polytope", "Give one inside.")
    limit = 10 * polytope.d if max_reflections is None else max_reflections
    rows, lower, upper = _slabs(polytope)
    most = max(_MAX_REJECTED[0] * n, _MAX_REJECTED[1])
    generator = np.random.default_rng(seed)
    points = np.empty((n, polytope.d))
    n_done, n_rejected, n_reflections = _walk(
        rows, lower, upper, origin.copy(), points, mean_length, limit, most, generator
    )
    if n_done < n:
        reason = f"{n_rejected} trajectories had more than {limit} reflections each, and {n_done} had fewer"
        raise InputError("mean_length", mean_length, reason, "Give a shorter one, or allow more reflections.")
    return BilliardWalk(points, n_rejected, n_reflections)


def _slabs(polytope: Polytope) -> tuple[Floats, Floats, Floats]:
    """Return unit normals and bounds with lower <= normal . eta <= upper: opposite half-spaces are one row."""
    lengths = np.linalg.norm(polytope.normals, axis=1)
    normals, offsets = polytope.normals / lengths[:, None], polytope.offsets / lengths
    leading = np.take_along_axis(normals, (np.abs(normals) > 1e-9).argmax(axis=1)[:, None], axis=1)[:, 0]
    flipped = leading < 0
    normals = np.where(flipped[:, None], -normals, normals)
    _, first, which = np.unique(normals.round(9) + 0.0, axis=0, return_index=True, return_inverse=True)
    lower, upper = np.full(len(first), -np.inf), np.full(len(first), np.inf)
    np.maximum.at(lower, which[flipped], -offsets[flipped])
    np.minimum.at(upper, which[~flipped], offsets[~flipped])
    return np.ascontiguousarray(normals[first]), lower, upper


@njit(cache=True, nogil=True)
def _walk(
    rows: Floats,
    lower: Floats,
    upper: Floats,
    here: Floats,
    points: Floats,
    mean_length: float,
    max_reflections: int,
    max_rejected: int,
    generator: np.random.Generator,
) -> tuple[int, int, int]:
    """Fill ``points``; return how many there are, rejected trajectories, and reflections of the others."""
    n, d = points.shape
    products = rows @ rows.T
    position, direction = np.empty(d), np.empty(d)
    heights, rates = np.empty(len(rows)), np.empty(len(rows))
    n_done = n_rejected = n_reflections = 0
    while n_done < n and n_rejected < max_rejected:
        square = 0.0
        for i in range(d):
            position[i] = here[i]
            direction[i] = generator.standard_normal()
            square += direction[i] ** 2
        for i in range(d):
            direction[i] /= np.sqrt(square)
        _project(rows, position, heights)
        _project(rows, direction, rates)
        length = mean_length * generator.standard_exponential()
        reflections = 0
        while reflections <= max_reflections:
            face, step = _next_face(heights, rates, lower, upper, length)
            for i in range(d):
                position[i] += step * direction[i]
            if face < 0:
                break
            # Heights and rates are kept up to date, so that a reflection costs no products of matrices.
            _reflect(rows[face], products[face], step, direction, heights, rates, rates[face])
            length -= step
            reflections += 1
        if reflections > max_reflections:
            n_rejected += 1
            continue
        for i in range(d):
            here[i] = position[i]
            points[n_done, i] = position[i]
        n_done += 1
        n_reflections += reflections
    return n_done, n_rejected, n_reflections


@njit(cache=True, nogil=True)
def _project(rows: Floats, vector: Floats, products: Floats) -> None:
    for k in range(rows.shape[0]):
        total = 0.0
        for i in range(rows.shape[1]):
            total += rows[k, i] * vector[i]
        products[k] = total


@njit(cache=True, nogil=True)
def _reflect(
    normal: Floats, products: Floats, step: float, direction: Floats, heights: Floats, rates: Floats, rate: float
) -> None:
    """Advance heights by a step, and mirror direction and rates at the face with this normal."""
    for k in range(len(heights)):
        heights[k] += step * rates[k]
        rates[k] -= 2.0 * rate * products[k]
    for i in range(len(direction)):
        direction[i] -= 2.0 * rate * normal[i]


@njit(cache=True, nogil=True)
def _next_face(heights: Floats, rates: Floats, lower: Floats, upper: Floats, length: float) -> tuple[int, float]:
    """Return the face that is hit within a length and the way to it, or -1 and the length."""
    face, gap, speed = -1, length, 1.0
    for k in range(len(heights)):
        if rates[k] > 0.0:
            other_gap, other_speed = upper[k] - heights[k], rates[k]
        else:
            other_gap, other_speed = heights[k] - lower[k], -rates[k]
        # Compares gap / speed without dividing.
        if other_gap * speed < gap * other_speed:
            face, gap, speed = k, other_gap, other_speed
    return face, max(gap / speed, 0.0)
