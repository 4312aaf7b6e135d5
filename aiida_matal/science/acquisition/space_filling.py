"""Spread candidates over the feature space."""

from __future__ import annotations

import numpy as np

from aiida_matal.science.acquisition.base import Criterion, Selection, SelectionProblem, best_of, ranking_after
from aiida_matal.science.acquisition.distances import distance_to_nearest
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.settings import Settings


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
        nearest = distance_to_nearest(points, labelled)
        scores = nearest.copy()
        closed = np.zeros(len(points), dtype=bool)
        chosen, reasons = [], []
        for _ in range(problem.batch_size):
            if np.isinf(nearest).all():
                pick, score = best_of(-np.linalg.norm(points, axis=1), closed), np.nan
                reasons.append("nearest to the centroid of the candidates")
            else:
                pick = best_of(nearest, closed)
                score = nearest[pick]
                reasons.append(f"farthest from every labelled or chosen point, at a distance of {score:.3g}")
            closed |= problem.closed_by(pick)
            chosen.append(pick)
            nearest = np.minimum(nearest, np.linalg.norm(points - points[pick], axis=1))
            scores[pick] = score
        ranking = ranking_after(chosen, nearest)
        others = ranking[len(chosen) :]
        scores[others] = nearest[others]
        reasons += [f"a labelled or chosen point is at a distance of {distance:.3g}" for distance in nearest[others]]
        return Selection(ranking, {"space_filling": scores}, reasons)
