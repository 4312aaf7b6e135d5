"""How a free energy curves at many points."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.learning.base import Floats, as_features

ROWS_AT_ONCE = 8192


@dataclass(frozen=True, eq=False)
class Curvature:
    """What a model predicts at n points, in eV a site.

    ``g`` has shape (n,), ``mu`` (n, d), and ``eigenvalues`` of the Hessian (n, d), ascending.
    """

    g: Floats
    mu: Floats
    eigenvalues: Floats


def curvature(model: FreeEnergy, eta: ArrayLike, n_threads: int = 1) -> Curvature:
    """Return free energy, gradient and eigenvalues of the Hessian at ``eta``, shape (n, d).

    The Hessians are not kept: a million points of seven coordinates take 0.1 GB.

    :param n_threads: how many blocks of points are worked on at once; the result does not depend on it.
    :raises InputError: if the number of columns is not d or a value is not finite.
    """
    points = as_features(eta, model.d)
    result = Curvature(np.empty(len(points)), np.empty_like(points), np.empty_like(points))

    def fill(start: int) -> None:
        rows = slice(start, start + ROWS_AT_ONCE)
        result.g[rows], result.mu[rows], hessian = model.derivatives(points[rows])
        result.eigenvalues[rows] = np.linalg.eigvalsh(hessian)

    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(fill, range(0, len(points), ROWS_AT_ONCE)))
    return result
