"""Sample where the free energy that the model predicts is steep, lowest or unstable."""

from __future__ import annotations

import numpy as np

from aiida_matal.science.landscape.sampling.base import Proposals, ReplicatedCriterion, SamplingProblem, best


class SensitivityCriterion(ReplicatedCriterion):
    """Points where mu changes most: the largest eigenvalue of the Hessian of g.

    Holber and Garikipati (2025), section 2.1.4.
    """

    needs_model = True
    score_of = "largest eigenvalue of the Hessian"
    score_unit = "eV"

    def find(self, problem: SamplingProblem) -> Proposals:
        """Return the explored points with the largest eigenvalues."""
        explored = problem.known_explored()
        return best(explored.points, explored.curvature.eigenvalues[:, -1], problem.n_points)


class FindWellsCriterion(ReplicatedCriterion):
    """Points next to minima of g: a positive definite Hessian and the smallest gradient.

    A Hessian is positive definite if its smallest eigenvalue is positive. Holber and Garikipati (2025), section 2.1.6.
    """

    needs_model = True
    score_of = "minus the norm of mu"
    score_unit = "eV"

    def find(self, problem: SamplingProblem) -> Proposals:
        """Return the explored points with the smallest gradients; there may be fewer than asked for."""
        explored = problem.known_explored()
        convex = explored.curvature.eigenvalues[:, 0] > 0
        score = -np.linalg.norm(explored.curvature.mu, axis=1)
        return best(explored.points, np.where(convex, score, -np.inf), problem.n_points)


class NonConvexitiesCriterion(ReplicatedCriterion):
    """Points where the phase is unstable: the most negative eigenvalue of the Hessian first.

    Holber and Garikipati (2025), section 2.1.7, where no order among points with a negative eigenvalue is given.
    """

    needs_model = True
    score_of = "minus the smallest eigenvalue of the Hessian"
    score_unit = "eV"

    def find(self, problem: SamplingProblem) -> Proposals:
        """Return the explored points with the most negative eigenvalues; there may be fewer than asked for."""
        explored = problem.known_explored()
        lowest = explored.curvature.eigenvalues[:, 0]
        return best(explored.points, np.where(lowest < 0, -lowest, -np.inf), problem.n_points)
