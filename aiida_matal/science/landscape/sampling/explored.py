"""Points spread over the whole polytope, and what a model predicts there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.landscape.billiard import billiard_walk
from aiida_matal.science.landscape.curvature import Curvature, curvature
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.sampling.perturbation import shorten
from aiida_matal.science.landscape.system import System
from aiida_matal.science.seeds import derive_seed

Floats = NDArray[np.float64]

SHARE_2D = 0.05
SPREAD = 0.05


@dataclass(frozen=True)
class Explored:
    """Points at which the criteria look for the best ones; they and the predictions are found when first used.

    Of the points 95 % are from a Billiard walk in all d coordinates and 5 % from one in the plane of the composition
    and one ordering: Holber and Garikipati (2025), section 2.1. The predictions do not depend on the number of threads.
    """

    system: System
    model: FreeEnergy
    n_points: int
    seed: int
    n_threads: int = 1

    @cached_property
    def points(self) -> Floats:
        """The points, shape (n, d)."""
        return walk(self.system, self.n_points, SHARE_2D, SPREAD, self.seed)

    @cached_property
    def curvature(self) -> Curvature:
        """Predictions of the model at the points."""
        return curvature(self.model, self.points, self.n_threads)


def walk(system: System, n_points: int, share_2d: float, spread: float, seed: int) -> Floats:
    """Return points of Billiard walks in all d coordinates and then in a plane, shape (n, d).

    The plane is that of the composition and the direction of the first fully ordered variant; there the other order
    parameters are perturbed within ``spread``. Holber and Garikipati (2025), section 2.1.1.

    :param share_2d: fraction of the points in the plane.
    """
    n_2d = round(share_2d * n_points)
    everywhere = billiard_walk(system.polytope, n_points - n_2d, derive_seed(seed, "all coordinates")).points
    return np.concatenate([everywhere, _walk_in_plane(system, n_2d, spread, derive_seed(seed, "plane"))])


def _walk_in_plane(system: System, n_points: int, spread: float, seed: int) -> Floats:
    if n_points == 0:
        return np.empty((0, system.d))
    direction = system.order_parameters.variants[0].copy()
    direction[0] = 0
    direction /= np.linalg.norm(direction)
    basis = np.stack([np.eye(system.d)[0], direction])
    section = system.polytope.section(basis, np.zeros(system.d))
    points = billiard_walk(section, n_points, seed).points @ basis
    rng = np.random.default_rng(derive_seed(seed, "spread"))
    step = rng.uniform(-spread, spread, size=points.shape)
    step[:, 0] = 0
    step -= np.outer(step @ direction, direction)
    return shorten(system, points, step, rng)
