"""Choose where a Gaussian process knows least."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PositiveFloat, model_validator

from aiida_matal.science.acquisition.base import Criterion, Selection, SelectionProblem, ranking_after
from aiida_matal.science.acquisition.physbo import learn_hyper_parameters
from aiida_matal.science.acquisition.posterior_variance import Process, choose_largest
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner, GaussianProcessSettings
from aiida_matal.science.learning.kernels import Kernel
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.settings import Settings


class FixedHyperParameters(Settings):
    """Hyper-parameters of the Gaussian process that are given, not learned."""

    length_scales: list[PositiveFloat] = Field(
        min_length=1, description="length scale of each feature, in its standard deviations over candidates and labels"
    )
    noise: float = Field(
        1e-2, gt=0, description="noise variance of a label, as a fraction of the variance of the process"
    )


class GPVarianceSettings(GaussianProcessSettings):
    """Settings of the criterion ``gp_variance``: those of the learner ``gaussian_process`` and some more."""

    fixed: FixedHyperParameters | None = Field(
        None, description="hyper-parameters to use, or null to learn them from the labels"
    )
    learned_by: Literal["likelihood", "physbo"] = Field(
        "likelihood",
        description="likelihood, for the learner's own maximisation, or physbo, which has the kernel rbf and takes "
        "kernel and ard alone from the settings of the learner",
    )
    max_learning_labels: int | None = Field(
        500, ge=2, description="largest number of labels (2 or more), drawn at random, to learn from, or null for all"
    )

    @model_validator(mode="after")
    def _kernel_of_physbo(self) -> Self:
        if self.learned_by == "physbo" and self.kernel != "rbf":
            raise ValueError(f"the kernel of PHYSBO is rbf, not {self.kernel}")
        return self


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
        chosen, scores = choose_largest(self._process(problem), problem)
        ranking = ranking_after(chosen, scores)
        reasons = [
            f"largest posterior variance, {scores[pick]:.3g} of the prior one, given the labels and {n} earlier choices"
            for n, pick in enumerate(chosen)
        ]
        others = scores[ranking[len(chosen) :]]
        reasons += [f"the labels and the batch leave {score:.3g} of the prior variance" for score in others]
        return Selection(ranking, {"gp_variance": scores}, reasons)

    def learned_settings(self, problem: SelectionProblem) -> dict[str, Any]:
        """Return settings in which the hyper-parameters learned from ``problem`` are given.

        They select from ``problem`` the same, unless labels have standard errors, which given noise knows nothing of.
        """
        process = self._process(problem)
        fixed = FixedHyperParameters(length_scales=process.kernel.length_scales.tolist(), noise=process.label_noise)
        return self.settings.model_copy(update={"fixed": fixed}).as_dict()

    def _process(self, problem: SelectionProblem) -> Process:
        scaling = Standardisation.of(np.concatenate([problem.candidates, problem.labelled]))
        labelled, candidates = scaling.apply(problem.labelled), scaling.apply(problem.candidates)
        if self.settings.fixed is not None:
            kernel, label_noise = self._given(self.settings.fixed, candidates.shape[1])
            return Process(kernel, labelled, np.full(len(labelled), label_noise), candidates, label_noise)
        rows = self._rows_to_learn_from(problem)
        if self.settings.learned_by == "physbo":
            target = problem.target[rows]
            values = Standardisation.of(target).apply(target)
            kernel, label_noise = learn_hyper_parameters(labelled[rows], values, self.settings.ard, problem.seed)
            return Process(kernel, labelled, np.full(len(labelled), label_noise), candidates, label_noise)
        kernel, noise, label_noise = self._learned(problem, labelled, rows)
        return Process(kernel, labelled, noise, candidates, label_noise)

    def _given(self, fixed: FixedHyperParameters, n_features: int) -> tuple[Kernel, float]:
        if len(fixed.length_scales) != n_features:
            cure = "Give one length scale a feature."
            field = "criterion settings.fixed.length_scales"
            raise InputError(field, fixed.length_scales, f"there are {n_features} features", cure)
        return Kernel(self.settings.kernel, 1.0, np.array(fixed.length_scales)), fixed.noise

    def _rows_to_learn_from(self, problem: SelectionProblem) -> NDArray[np.intp]:
        n_labels, largest = len(problem.target), self.settings.max_learning_labels
        if largest is None or n_labels <= largest:
            return np.arange(n_labels)
        random = np.random.default_rng(derive_seed(problem.seed, "labels to learn from"))
        return np.sort(random.choice(n_labels, largest, replace=False))

    def _learned(
        self, problem: SelectionProblem, labelled: Floats, rows: NDArray[np.intp]
    ) -> tuple[Kernel, Floats, float]:
        """Return the kernel of unit variance, the noise of each label and that of one to come."""
        learner = GaussianProcessLearner(self.settings.model_dump(include=set(GaussianProcessSettings.model_fields)))
        errors = problem.target_error
        known = None if errors is None else errors[rows]
        model = learner.fit(labelled[rows], problem.target[rows], target_error=known, seed=problem.seed)
        prior = model.kernel.variance
        noise = np.full(len(labelled), model.label_noise)
        if errors is not None:
            noise += (errors / model.target_scaling.scale) ** 2
        length_scales = model.kernel.length_scales * model.feature_scaling.scale
        return Kernel(model.kernel.name, 1.0, length_scales), noise / prior, model.label_noise / prior
