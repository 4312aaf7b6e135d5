"""Sample the whole range of compositions and order parameters evenly."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from aiida_matal.science.landscape.sampling.base import CriterionSettings, Proposals, SamplingCriterion, SamplingProblem
from aiida_matal.science.landscape.sampling.explored import SHARE_2D, SPREAD, walk


class BilliardWalkSettings(CriterionSettings):
    """Settings of the criterion ``billiard_walk``."""

    n_points: int = Field(1000, ge=1, description="the number of points (1 or more)")
    share_2d: float = Field(
        SHARE_2D, ge=0, le=1, description="the fraction of the points in the plane of composition and one ordering"
    )
    spread: float = Field(
        SPREAD, ge=0, le=0.5, description="the half-width of the other order parameters there (0 to 0.5)"
    )


class BilliardWalkCriterion(SamplingCriterion):
    """Points of Billiard walks, of which a part is in the plane of the composition and one ordering.

    Few points of a walk in all coordinates are well ordered, hence the plane. Polyak and Gryazina, IFAC Proceedings
    Volumes 47, 6123 (2014); Holber and Garikipati (2025), section 2.1.1.
    """

    Settings = BilliardWalkSettings
    settings: BilliardWalkSettings

    def propose(self, problem: SamplingProblem, rng: np.random.Generator) -> Proposals:
        """Return the points, those in the plane last."""
        seed = int(rng.integers(2**31))
        eta = walk(problem.system, problem.n_points, self.settings.share_2d, self.settings.spread, seed)
        return Proposals(eta, np.full(len(eta), np.nan))
