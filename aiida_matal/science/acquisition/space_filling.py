"""Spread candidates over the feature space."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist

from aiida_matal.science.acquisition.base import Criterion, Selection, SelectionProblem, best_of, ranking_after
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.settings import Settings

LABELS_AT_ONCE = 256


class SpaceFillingSettings(Settings):
    """The criterion ``space_filling`` has no settings."""


class SpaceFillingCriterion(Criterion):
    """Greedy maximin design: each choice is the candidate farthest from all labelled and chosen points.

    Distances are Euclidean in features standardised over candidates and labels. Without labelled points the first
    choice is the candidate nearest to the centroid. The largest distance that remains is at most twice the smallest
    possible one: Gonzalez, Theoretical Computer Science 38, 293 (1985).
    """

    Settings = SpaceFillingSettings
    needs_labels = False

    def select(self, problem: SelectionProblem) -> Selection:
        """Return the ranking and the score ``space_filling``: the distance to the nearest labelled or chosen point.

        The distance of a chosen candidate is that at its choice; the first of all has none (NaN).
        """
        scaling = Standardisation.of(np.concatenate([problem.candidates, problem.labelled]))
        points, labelled = scaling.apply(problem.candidates), scaling.apply(problem.labelled)
        nearest = _nearest(points, labelled)
        scores = nearest.copy()
        taken = np.zeros(len(points), dtype=bool)
        chosen, reasons = [], []
        for _ in range(problem.batch_size):
            if np.isinf(nearest).all():
                pick, score = best_of(-np.linalg.norm(points, axis=1), taken), np.nan
                reasons.append("nearest to the centroid of the candidates")
            else:
                pick = best_of(nearest, taken)
                score = nearest[pick]
                reasons.append(f"farthest from every labelled or chosen point, at a distance of {score:.3g}")
            taken[pick] = True
            chosen.append(pick)
            nearest = np.minimum(nearest, np.linalg.norm(points - points[pick], axis=1))
            scores[pick] = score
        scores[~taken] = nearest[~taken]
        return Selection(ranking_after(chosen, nearest), {"space_filling": scores}, reasons)


def _nearest(points: Floats, labelled: Floats) -> Floats:
    nearest = np.full(len(points), np.inf)
    for start in range(0, len(labelled), LABELS_AT_ONCE):
        nearest = np.minimum(nearest, cdist(points, labelled[start : start + LABELS_AT_ONCE]).min(axis=1))
    return nearest
