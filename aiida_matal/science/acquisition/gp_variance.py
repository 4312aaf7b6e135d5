"""Choose where a Gaussian process knows least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field, PositiveFloat
from scipy.linalg import cholesky, solve_triangular

from aiida_matal.science.acquisition.base import Criterion, Selection, SelectionProblem, best_of, ranking_after
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner, GaussianProcessSettings
from aiida_matal.science.learning.kernels import Kernel
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.settings import Settings

CANDIDATES_AT_ONCE = 4096


class FixedHyperParameters(Settings):
    """Hyper-parameters of the Gaussian process that are given, not learned."""

    length_scales: list[PositiveFloat] = Field(
        min_length=1, description="length scale of each feature, in its standard deviations over candidates and labels"
    )
    noise: float = Field(
        1e-2, gt=0, description="noise variance of a label, as a fraction of the variance of the process"
    )


class GPVarianceSettings(GaussianProcessSettings):
    """Settings of the criterion ``gp_variance``: those of the learner ``gaussian_process`` and one more."""

    fixed: FixedHyperParameters | None = Field(
        None, description="hyper-parameters to use, or null to learn them from the labels"
    )


class GPVarianceCriterion(Criterion):
    """Greedy choice of the candidate with the largest posterior variance; each choice conditions the next.

    The variance of a Gaussian process does not depend on the labels' values, so a batch is the sequence that labelling
    one by one with the same hyper-parameters would give. Seo et al., IJCNN 2000, vol. 3, p. 241 (criterion of MacKay).
    """

    Settings = GPVarianceSettings
    needs_labels = True
    settings: GPVarianceSettings

    def select(self, problem: SelectionProblem) -> Selection:
        """Return the ranking and the score ``gp_variance``: the posterior variance, as a fraction of the prior one.

        The variance of a chosen candidate is that at its choice, of any other the one that remains after the batch.
        Takes 8 n (m + batch size) bytes of memory for n candidates and m labels.
        """
        scaling = Standardisation.of(np.concatenate([problem.candidates, problem.labelled]))
        fixed = self.settings.fixed
        process = self._learned(problem, scaling) if fixed is None else self._given(fixed, problem, scaling)
        chosen, scores = _choose(process, problem.batch_size)
        reasons = [
            f"largest posterior variance, {scores[pick]:.3g} of the prior one, given the labels and {n} earlier choices"
            for n, pick in enumerate(chosen)
        ]
        return Selection(ranking_after(chosen, scores), {"gp_variance": scores}, reasons)

    def _given(self, fixed: FixedHyperParameters, problem: SelectionProblem, scaling: Standardisation) -> _Process:
        n_features = problem.candidates.shape[1]
        if len(fixed.length_scales) != n_features:
            cure = "Give one length scale a feature."
            field = "criterion settings.fixed.length_scales"
            raise InputError(field, fixed.length_scales, f"there are {n_features} features", cure)
        kernel = Kernel(self.settings.kernel, 1.0, np.array(fixed.length_scales))
        noise = np.full(len(problem.labelled), fixed.noise)
        labelled, candidates = scaling.apply(problem.labelled), scaling.apply(problem.candidates)
        return _Process(kernel, labelled, noise, candidates, fixed.noise)

    def _learned(self, problem: SelectionProblem, scaling: Standardisation) -> _Process:
        settings = self.settings.model_dump(exclude={"fixed"})
        labelled = scaling.apply(problem.labelled)
        learner = GaussianProcessLearner(settings)
        model = learner.fit(labelled, problem.target, target_error=problem.target_error, seed=problem.seed)
        candidates = model.feature_scaling.apply(scaling.apply(problem.candidates))
        prior = model.kernel.variance
        kernel = Kernel(model.kernel.name, 1.0, model.kernel.length_scales)
        return _Process(kernel, model.inputs, model.noise / prior, candidates, model.label_noise / prior)


@dataclass(frozen=True)
class _Process:
    """A Gaussian process of unit prior variance, and the candidates; all variances are fractions of the prior one."""

    kernel: Kernel
    labelled: Floats
    noise: Floats
    candidates: Floats
    label_noise: float


def _choose(process: _Process, batch_size: int) -> tuple[list[int], Floats]:
    """Return the choices and the score of each candidate.

    Row k of ``half`` is what one labelled or chosen point adds to the Cholesky factor: the posterior variance is the
    prior one less the sum of the squares of each column.
    """
    kernel, candidates = process.kernel, process.candidates
    n_labels, n_candidates = len(process.labelled), len(candidates)
    half = np.empty((n_labels + batch_size, n_candidates))
    if n_labels:
        _condition_on_labels(process, half[:n_labels])
    variance = np.clip(1.0 - np.einsum("ij,ij->j", half[:n_labels], half[:n_labels]), 0, None)
    scores = np.empty(n_candidates)
    taken = np.zeros(n_candidates, dtype=bool)
    chosen: list[int] = []
    for row in range(n_labels, n_labels + batch_size):
        pick = best_of(variance, taken)
        chosen.append(pick)
        taken[pick] = True
        scores[pick] = variance[pick]
        covariance = kernel.covariance(candidates[[pick]], candidates)[0] - half[:row, pick] @ half[:row]
        half[row] = covariance / np.sqrt(variance[pick] + process.label_noise)
        variance = np.clip(variance - half[row] ** 2, 0, None)
    return chosen, np.where(taken, scores, variance)


def _condition_on_labels(process: _Process, half: Floats) -> None:
    """Fill ``half``, shape (labels, candidates), with the Cholesky factor's inverse times the covariances."""
    kernel = process.kernel
    factor = cholesky(kernel.covariance(process.labelled, process.labelled) + np.diag(process.noise), lower=True)
    for start in range(0, len(process.candidates), CANDIDATES_AT_ONCE):
        block = slice(start, start + CANDIDATES_AT_ONCE)
        covariance = kernel.covariance(process.labelled, process.candidates[block])
        half[:, block] = solve_triangular(factor, covariance, lower=True)
