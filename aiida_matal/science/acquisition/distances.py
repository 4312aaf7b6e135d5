"""Distances between points."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist

from aiida_matal.science.learning.base import Floats

OTHERS_AT_ONCE = 256


def distance_to_nearest(points: Floats, others: Floats) -> Floats:
    """Return the distance of each of ``points`` (n, d) to the nearest of ``others`` (m, d), infinite without any."""
    nearest = np.full(len(points), np.inf)
    for start in range(0, len(others), OTHERS_AT_ONCE):
        nearest = np.minimum(nearest, cdist(points, others[start : start + OTHERS_AT_ONCE]).min(axis=1))
    return nearest
