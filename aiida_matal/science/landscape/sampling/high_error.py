"""Sample near the points where the model is worst."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from aiida_matal.science.landscape.sampling.base import (
    Proposals,
    ReplicatedCriterion,
    ReplicatedSettings,
    SamplingProblem,
    best,
)


class HighErrorSettings(ReplicatedSettings):
    """Settings of the criterion ``high_error``; by default those of the published campaign."""

    n_points: int = Field(400, ge=1, description="the number of points that the criterion looks for (1 or more)")
    replicas: int = Field(3, ge=1, description="how many symmetric images of each point are asked for (1 or more)")
    perturbation: float = Field(
        0.075, ge=0, le=0.5, description="the half-width within which each coordinate is perturbed (0 to 0.5)"
    )


class HighErrorCriterion(ReplicatedCriterion):
    """Labelled points with the largest error of the model: eq. 9 of Holber and Garikipati (2025).

    The error of a point is the sum over the coordinates of the squared error of mu.
    """

    Settings = HighErrorSettings
    needs_model = True
    needs_labels = True
    score_of = "squared error of mu"
    score_unit = "eV^2"

    def find(self, problem: SamplingProblem) -> Proposals:
        """Return the points with the largest errors."""
        error = problem.known_model().mu(problem.labelled.eta) - problem.labelled.mu
        return best(problem.labelled.eta, np.sum(error**2, axis=1), problem.n_points)
