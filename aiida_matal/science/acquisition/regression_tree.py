"""Draw candidates from the leaves of a regression tree in which the labels vary."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from sklearn.tree import DecisionTreeRegressor

from aiida_matal.science.acquisition.base import Criterion, Selection, SelectionProblem, best_of, ranking_after
from aiida_matal.science.acquisition.distances import distance_to_nearest
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.settings import Settings


class RegressionTreeSettings(Settings):
    """Settings of the criterion ``regression_tree``."""

    min_samples_leaf: int = Field(5, ge=1, description="smallest number of labels in a leaf (1 or more)")
    within_leaf: Literal["random", "diversity"] = Field(
        "random",
        description="random, to label the candidate that was drawn, or diversity, to label the one of its leaf that is "
        "farthest from all labelled and chosen points",
    )


class RegressionTreeCriterion(Criterion):
    """Regression-tree active learning (RT-AL): Jose et al., Data Min. Knowl. Discov. 38, 420 (2024).

    A tree is fitted to the labels. Leaf k has the weight w_k = sqrt(pi_k s_k^2), with pi_k its share of all points and
    s_k^2 the unbiased variance of its labels; the weights are normalised. A candidate of leaf k is drawn with the
    probability w_k / n_k, n_k candidates being in the leaf, without replacement. If no label varies within a leaf,
    or nothing is left where they do, every candidate is as likely as any other.

    Bizot et al. (2025) cite this method in their supplementary note 2, where they name regression trees; section 4.1.1
    speaks of a random forest. One tree is what the cited method has.
    """

    Settings = RegressionTreeSettings
    needs_labels = True
    settings: RegressionTreeSettings

    def select(self, problem: SelectionProblem) -> Selection:
        """Return the ranking and the score ``regression_tree``: the probability of being drawn first."""
        leaf, weight = _leaves(problem, self.settings.min_samples_leaf)
        scores = _probability(leaf, weight)
        chosen = self._draw(problem, leaf, scores)
        ranking = ranking_after(chosen, scores)
        leaves = [f"leaf {number} of {len(weight)} (weight {share:.3g})" for number, share in enumerate(weight, 1)]
        reasons = [
            f"{'drawn' if place < len(chosen) else 'not drawn'} from {leaves[leaf[row]]}, "
            f"candidates of which have the probability {scores[row]:.3g}"
            for place, row in enumerate(ranking)
        ]
        return Selection(ranking, {"regression_tree": scores}, reasons)

    def _draw(self, problem: SelectionProblem, leaf: NDArray[np.intp], probability: Floats) -> list[int]:
        random = np.random.default_rng(derive_seed(problem.seed, "draws"))
        scaling = Standardisation.of(np.concatenate([problem.candidates, problem.labelled]))
        points, known = scaling.apply(problem.candidates), scaling.apply(problem.labelled)
        closed = np.zeros(len(points), dtype=bool)
        chosen: list[int] = []
        for _ in range(problem.batch_size):
            chances = np.where(closed, 0.0, probability)
            if not chances.any():
                chances = np.where(closed, 0.0, 1.0)
            pick = int(random.choice(len(points), p=chances / chances.sum()))
            if self.settings.within_leaf == "diversity":
                nearest = distance_to_nearest(points, np.concatenate([known, points[chosen]]))
                pick = best_of(nearest, closed | (leaf != leaf[pick]))
            chosen.append(pick)
            closed |= problem.closed_by(pick)
        return chosen


def _leaves(problem: SelectionProblem, min_samples_leaf: int) -> tuple[NDArray[np.intp], Floats]:
    """Return the leaf of each candidate, numbered from 0, and the weight of each leaf; all 0 if no labels vary."""
    tree = DecisionTreeRegressor(min_samples_leaf=min_samples_leaf, random_state=derive_seed(problem.seed, "tree"))
    tree.fit(problem.labelled, problem.target)
    nodes = tree.apply(np.concatenate([problem.labelled, problem.candidates]))
    names, leaf = np.unique(nodes, return_inverse=True)
    of_labels, of_candidates = np.split(leaf, [len(problem.labelled)])
    share = np.bincount(leaf) / len(leaf)
    variance = np.array([_unbiased_variance(problem.target[of_labels == number]) for number in range(len(names))])
    weight = np.sqrt(share * variance)
    return of_candidates, weight / weight.sum() if weight.any() else weight


def _unbiased_variance(labels: Floats) -> float:
    return float(labels.var(ddof=1)) if np.ptp(labels) > 0 else 0.0


def _probability(leaf: NDArray[np.intp], weight: Floats) -> Floats:
    """Return the probability of each candidate, given its leaf and the weight of each leaf."""
    chances = (weight / np.maximum(np.bincount(leaf, minlength=len(weight)), 1))[leaf]
    return chances / chances.sum() if chances.any() else np.full(len(leaf), 1 / len(leaf))
