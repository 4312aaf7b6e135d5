"""A criterion and a stopping rule for aiida-matal."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from aiida_matal.science.acquisition.base import Criterion, Selection, SelectionProblem, best_batch, ranking_after
from aiida_matal.science.settings import Settings
from aiida_matal.science.stopping.base import Answer, Progress, StoppingRule


class LargestPredictionSettings(Settings):
    """The criterion ``largest_prediction`` has no settings."""


class LargestPrediction(Criterion):
    """Choose the candidates with the largest predicted value; without a model, those that come first."""

    Settings = LargestPredictionSettings
    needs_labels = False

    def select(self, problem: SelectionProblem) -> Selection:
        """Return the ranking and the score ``largest_prediction``, the predicted value."""
        if problem.prediction is None:
            scores, reason = np.zeros(len(problem.candidates)), "there is no model yet"
        else:
            scores, reason = problem.prediction.mean, "largest predicted value"
        chosen = best_batch(scores, problem)
        reasons = [*[reason] * len(chosen), *["others come first"] * (len(scores) - len(chosen))]
        return Selection(ranking_after(chosen, scores), {"largest_prediction": scores}, reasons)


class MaxFailuresSettings(Settings):
    """Settings of the rule ``max_failures``."""

    failures: int = Field(gt=0, description="largest number of candidates that failed or were rejected")


class MaxFailures(StoppingRule):
    """Stops when too many candidates have failed."""

    Settings = MaxFailuresSettings
    is_goal = False
    settings: MaxFailuresSettings

    def check(self, progress: Progress) -> Answer:
        """Return whether the failures are used up."""
        limit = self.settings.failures
        return Answer(progress.n_failed >= limit, f"{progress.n_failed} of at most {limit} failures")
