"""Sample where models fitted to the same data disagree."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.landscape.curvature import ROWS_AT_ONCE
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.sampling.base import Proposals, ReplicatedCriterion, SamplingProblem, best

Floats = NDArray[np.float64]


class QueryByCommitteeCriterion(ReplicatedCriterion):
    """Points where the variance of mu over the committee is largest.

    Holber and Garikipati (2025), eqs 10-12, with 1 / (number of models) for the factor 1 / h that is not defined there.
    """

    needs_model = True
    needs_committee = True
    reweighted = False
    score_of = "variance of mu over the committee"
    score_unit = "eV^2"

    def find(self, problem: SamplingProblem) -> Proposals:
        """Return the explored points with the largest variance."""
        explored = problem.known_explored()
        variance = committee_variance(problem.members, explored.points, explored.n_threads)
        return best(explored.points, variance, problem.n_points)


def committee_variance(members: Sequence[FreeEnergy], eta: Floats, n_threads: int = 1) -> Floats:
    """Return the variance of mu over models at points (n, d), summed over the coordinates, shape (n,), in eV^2.

    :param n_threads: how many blocks of points are worked on at once; the result does not depend on it.
    """
    variance = np.empty(len(eta))

    def fill(start: int) -> None:
        rows = slice(start, start + ROWS_AT_ONCE)
        variance[rows] = np.var([member.mu(eta[rows]) for member in members], axis=0).sum(axis=1)

    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(fill, range(0, len(eta), ROWS_AT_ONCE)))
    return variance
