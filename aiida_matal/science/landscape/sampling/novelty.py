"""Leave out proposed points next to points that are known already."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.spatial import cKDTree

from aiida_matal.science.settings import Settings

Floats = NDArray[np.float64]


class NoveltySettings(Settings):
    """How novel a point has to be."""

    threshold: Literal["r1", "r2"] = Field(
        "r2", description="r1, a random part of the mean score, or r2, of the largest, which leaves out more"
    )
    n_neighbours: int = Field(5, ge=1, description="the number of nearest labelled points to look at (1 or more)")
    smallest_distance: float = Field(
        1e-3, ge=0, description="the distance to a labelled point below which a point is not novel (0 or more)"
    )


def novelty_scores(eta: Floats, labelled: Floats, eigenvalues: Floats, settings: NoveltySettings) -> Floats:
    """Return the novelty of points, shape (n,): normalised to the sum 1, or all 0 if none is novel.

    It is the mean distance to the nearest labelled points times the largest absolute eigenvalue of the Hessian, and 0
    if the nearest one is too close: eq. 13 of Holber and Garikipati (2025). As published, points that are equivalent by
    symmetry count as different, and so do points that are proposed together.

    :param eta: the points, shape (n, d).
    :param labelled: the labelled points, shape (m, d), m >= 1.
    :param eigenvalues: of the Hessian at the points, shape (n, d).
    """
    n_neighbours = min(settings.n_neighbours, len(labelled))
    distances = cKDTree(labelled).query(eta, k=np.arange(1, n_neighbours + 1))[0]
    scores = distances.mean(axis=1) * np.abs(eigenvalues).max(axis=1)
    scores[distances[:, 0] < settings.smallest_distance] = 0
    total = scores.sum()
    return scores / total if total > 0 else np.zeros_like(scores)


def novel(scores: Floats, threshold: Literal["r1", "r2"], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which points are retained, shape (n,).

    The points are shuffled and looked at one by one. One whose score is not 0 is retained if the score is larger than
    that of the point retained before it, or than r: a number drawn anew for each point between 0 and the mean (r1) or
    the largest (r2) of all scores. Holber and Garikipati (2025), section 2.3.
    """
    order = rng.permutation(len(scores))
    largest = scores.mean() if threshold == "r1" else scores.max(initial=0.0)
    thresholds = rng.uniform(size=len(scores)) * largest
    retained = np.zeros(len(scores), dtype=bool)
    before = 0.0
    for row, limit in zip(order, thresholds, strict=True):
        if scores[row] > 0 and (scores[row] > before or scores[row] > limit):
            retained[row] = True
            before = scores[row]
    return retained
