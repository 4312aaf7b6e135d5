"""Choose at random."""

from __future__ import annotations

import numpy as np

from aiida_matal.science.acquisition.base import Criterion, Selection, SelectionProblem
from aiida_matal.science.settings import Settings


class RandomSettings(Settings):
    """The criterion ``random`` has no settings."""


class RandomCriterion(Criterion):
    """A random order of the candidates: the baseline that every other criterion has to beat.

    Where there are groups, each is as likely as any other, whatever the number of its candidates.
    """

    Settings = RandomSettings
    needs_labels = False

    def select(self, problem: SelectionProblem) -> Selection:
        """Return the candidates in the random order that the seed gives, without scores."""
        random = np.random.default_rng(problem.seed)
        ranking = random.permutation(len(problem.candidates))
        if problem.groups is not None:
            place = random.permutation(problem.groups.max() + 1)[problem.groups[ranking]]
            first = np.unique(place, return_index=True)[1]
            ranking = np.concatenate([ranking[first], np.delete(ranking, first)])
        n_left = len(ranking) - problem.batch_size
        return Selection(ranking, {}, [*["drawn at random"] * problem.batch_size, *["not drawn"] * n_left])
