"""Points near given points, and their images by symmetry, that stay inside the polytope."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.landscape.system import System

Floats = NDArray[np.float64]

#: Distance from 0 and from 1 that every sublattice occupation keeps: potentials diverge at full order.
MARGIN = 1e-4
TRIES = 10


def replicate(system: System, eta: Floats, replicas: int, perturbation: float, rng: np.random.Generator) -> Floats:
    """Return ``replicas`` perturbed images of each point by elements of the symmetry group drawn at random.

    :param eta: shape (n, d); the result has shape (n * replicas, d), all images of a point together.
    :param perturbation: half-width of the perturbation of each coordinate.
    """
    repeated = np.repeat(eta, replicas, axis=0)
    group = np.asarray(system.order_parameters.group, dtype=np.float64)
    operations = group[rng.integers(len(group), size=len(repeated))]
    images = np.column_stack([repeated[:, :1], np.einsum("nij,nj->ni", operations, repeated[:, 1:])])
    return perturb(system, images, perturbation, rng)


def perturb(system: System, eta: Floats, half_widths: ArrayLike, rng: np.random.Generator) -> Floats:
    """Return the points with a uniform perturbation of each coordinate, inside the polytope by a small margin.

    A perturbation that leads outside is drawn again up to ten times. The last one is then shortened: to a length
    between 0 and that at the boundary, distributed as in a region of uniform density about the unperturbed point.

    :param eta: shape (n, d); points outside are first pulled inside.
    :param half_widths: one number, or one for each coordinate.
    """
    base = pull_inside(system, eta)
    widths = np.broadcast_to(np.asarray(half_widths, dtype=np.float64), (base.shape[1],))
    step = rng.uniform(-1, 1, size=base.shape) * widths
    for _ in range(TRIES):
        outside = _largest_fraction(system, base, step) < 1
        if not outside.any():
            return base + step
        step[outside] = rng.uniform(-1, 1, size=(int(outside.sum()), base.shape[1])) * widths
    return shorten(system, base, step, rng)


def shorten(system: System, base: Floats, step: Floats, rng: np.random.Generator) -> Floats:
    """Return ``base + step``, shape (n, d), with the steps that lead outside shortened as :func:`perturb` says."""
    fraction = _largest_fraction(system, base, step)
    drawn = rng.uniform(size=len(base)) ** (1 / base.shape[1])
    fraction = np.where(fraction < 1, fraction * drawn, 1.0)
    return base + fraction[:, np.newaxis] * step


def pull_inside(system: System, eta: Floats) -> Floats:
    """Return the points (n, d), those closer to the boundary than the margin moved towards the centre."""
    centre = np.broadcast_to(system.polytope.centre, eta.shape)
    step = eta - centre
    return centre + _largest_fraction(system, centre, step)[:, np.newaxis] * step


def _largest_fraction(system: System, base: Floats, step: Floats) -> Floats:
    """Return the largest part, at most 1, of each step (n, d) from a point inside that stays inside."""
    polytope = system.polytope
    room = polytope.offsets - MARGIN - base @ polytope.normals.T
    needed = step @ polytope.normals.T
    # Rounding errors must not make a point on the margin one outside.
    with np.errstate(all="ignore"):
        parts = np.where(needed > 1e-14, np.maximum(room, 0) / needed, np.inf)
    return np.minimum(parts.min(axis=1), 1.0)
