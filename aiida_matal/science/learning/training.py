"""Train a model on a dataset and say how well it predicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Learner, Model, Prediction
from aiida_matal.science.learning.cross_validation import cross_validate
from aiida_matal.science.learning.metrics import regression_metrics
from aiida_matal.science.learning.model_files import ModelCard
from aiida_matal.science.learning.parity import parity_table
from aiida_matal.science.learning.predicting import predict_table
from aiida_matal.science.learning.training_data import TrainingData, add_baseline, training_data
from aiida_matal.science.registry import LEARNERS, load_class
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import ID, Table


class LearnerSettings(Settings):
    """Which learner is trained on which columns."""

    name: str = Field(description="name of a registered learner")
    features: list[str] = Field(min_length=1, description="names of the feature columns")
    target: str = Field(description="name of the column to predict")
    group: str | None = Field(
        None, description="column whose equal values stay in one fold of the cross-validation, or null for none"
    )
    baseline: str | None = Field(
        None,
        description="column with an estimate of the target in the same unit, whose error is learned, or null for none",
    )
    n_folds: int = Field(10, ge=2, description="largest number of folds of the cross-validation")
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the learner itself")

    @field_validator("features")
    @classmethod
    def _refuse_repeats(cls, features: list[str]) -> list[str]:
        if len(set(features)) < len(features):
            raise ValueError("a name repeats")
        return features

    @model_validator(mode="after")
    def _refuse_the_target(self) -> Self:
        if self.target in (self.baseline, *self.features):
            raise ValueError(f"{self.target!r} is the target, and a feature or the baseline too")
        return self

    def make(self) -> Learner:
        """Return the learner.

        :raises InputError: if it is not registered or refuses its settings.
        """
        learner: Learner = load_class(LEARNERS, self.name)(self.settings)
        return learner


@dataclass(frozen=True)
class TrainingResult:
    """A trained model and its scores.

    ``scores`` holds ``cv_rmse``, ``cv_mae`` and ``cv_r2`` and, if there is a test set, ``test_rmse``, ``test_mae`` and
    ``test_r2``; those that are not finite are left out. ``parity`` has one row for each label
    (:func:`aiida_matal.science.learning.parity.parity_table`).
    """

    model: Model
    card: ModelCard
    scores: dict[str, float]
    parity: Table


def train(dataset: Table, settings: LearnerSettings, seed: int, test_set: Table | None = None) -> TrainingResult:
    """Train on the rows of ``dataset`` with status ``ok``, cross-validate, and score on ``test_set``.

    :param test_set: a table with the columns of a dataset; its rows with status ``ok`` count.
    :raises InputError: for fewer than two labels, values that are not finite, or a test row that is in the dataset.
    """
    data = training_data(dataset, settings.features, settings.target, settings.baseline)
    model, card = fit(data, settings, derive_seed(seed, "final model"))
    predicted = _cross_validated(data, settings, derive_seed(seed, "cross-validation"))
    scores = {} if predicted is None else _named("cv", regression_metrics(data.target, predicted.mean))
    if test_set is not None:
        scores |= _test_scores(model, card, dataset, test_set)
    finite = {name: score for name, score in scores.items() if math.isfinite(score)}
    return TrainingResult(model, card, finite, parity_table(data, predicted))


def fit(data: TrainingData, settings: LearnerSettings, seed: int) -> tuple[Model, ModelCard]:
    """Return the model fitted to all of ``data``, and its card.

    :param data: read with the features, the target and the baseline of ``settings``.
    :raises InputError: for fewer than two labels, and settings that the learner refuses.
    """
    if len(data.target) < 2:
        reason = f"it holds {len(data.target)} labels with status ok, and a model needs 2"
        raise InputError("dataset", settings.target, reason, "Label more candidates before training.")
    learner = settings.make()
    model = learner.fit(data.features, data.residual, target_error=data.target_error, seed=seed)
    low, high = data.features.min(axis=0).tolist(), data.features.max(axis=0).tolist()
    card = ModelCard(
        kind=settings.name,
        features=settings.features,
        target=settings.target,
        unit=data.unit,
        baseline=settings.baseline,
        settings=learner.settings.as_dict(),
        n_labels=len(data.target),
        domain=dict(zip(settings.features, zip(low, high, strict=True), strict=True)),
    )
    return model, card


def _cross_validated(data: TrainingData, settings: LearnerSettings, seed: int) -> Prediction | None:
    groups = data.table[settings.group or ID]
    predicted = cross_validate(
        settings.make(), data.features, data.residual, data.target_error, groups, settings.n_folds, seed
    )
    return None if predicted is None else add_baseline(predicted, data.baseline)


def _test_scores(model: Model, card: ModelCard, dataset: Table, test_set: Table) -> dict[str, float]:
    test = training_data(test_set, card.features, card.target, card.baseline)
    both = np.intersect1d(test.table[ID], dataset[ID]).tolist()
    if both:
        raise InputError("test_set", both, "the rows are in the dataset too", "Keep the test set out of the pool.")
    if not len(test.target):
        return {}
    return _named("test", regression_metrics(test.target, predict_table(model, card, test.table).mean))


def _named(prefix: str, metrics: Mapping[str, float]) -> dict[str, float]:
    return {f"{prefix}_{name}": value for name, value in metrics.items()}
