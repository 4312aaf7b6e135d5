"""Choose at random."""

from __future__ import annotations

import numpy as np

from aiida_matal.science.acquisition.base import Criterion, Selection, SelectionProblem
from aiida_matal.science.settings import Settings


class RandomSettings(Settings):
    """The criterion ``random`` has no settings."""


class RandomCriterion(Criterion):
    """A random order of the candidates: the baseline that every other criterion has to beat."""

    Settings = RandomSettings
    needs_labels = False

    def select(self, problem: SelectionProblem) -> Selection:
        """Return the candidates in the random order that the seed gives, without scores."""
        ranking = np.random.default_rng(problem.seed).permutation(len(problem.candidates))
        return Selection(ranking, {}, ["drawn at random"] * problem.batch_size)
