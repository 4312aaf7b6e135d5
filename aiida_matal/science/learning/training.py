"""Train a model on a dataset and say how well it predicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field, field_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Learner, Model, Prediction
from aiida_matal.science.learning.cross_validation import cross_validate
from aiida_matal.science.learning.metrics import regression_metrics
from aiida_matal.science.learning.model_files import ModelCard
from aiida_matal.science.learning.training_data import TrainingData, training_data
from aiida_matal.science.registry import LEARNERS, load_class
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import ID, Column, Table


class LearnerSettings(Settings):
    """Which learner is trained on which columns."""

    name: str = Field(description="name of a registered learner")
    features: list[str] = Field(min_length=1, description="names of the feature columns")
    target: str = Field(description="name of the column to predict")
    group: str | None = Field(
        None, description="column whose equal values stay in one fold of the cross-validation, or null for none"
    )
    n_folds: int = Field(10, ge=2, description="largest number of folds of the cross-validation")
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the learner itself")

    @field_validator("features")
    @classmethod
    def _refuse_repeats(cls, features: list[str]) -> list[str]:
        if len(set(features)) < len(features):
            raise ValueError("a name repeats")
        return features


@dataclass(frozen=True)
class TrainingResult:
    """A trained model and its scores.

    ``scores`` holds ``cv_rmse``, ``cv_mae`` and ``cv_r2`` and, if there is a test set, ``test_rmse``, ``test_mae`` and
    ``test_r2``; those that are not finite are left out. ``parity`` has one row for each label: ``id``, ``observed``,
    and ``predicted`` and ``predicted_error`` by a model that has not seen the label's group, NaN where there is none.
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
    learner: Learner = load_class(LEARNERS, settings.name)(settings.settings)
    data = training_data(dataset, settings.features, settings.target)
    if len(data.target) < 2:
        reason = f"it holds {len(data.target)} labels with status ok, and a model needs 2"
        raise InputError("dataset", settings.target, reason, "Label more candidates before training.")
    fitted = learner.fit(
        data.features, data.target, target_error=data.target_error, seed=derive_seed(seed, "final model")
    )
    predicted = _cross_validated(learner, data, settings, derive_seed(seed, "cross-validation"))
    scores = {} if predicted is None else _named("cv", regression_metrics(data.target, predicted.mean))
    if test_set is not None:
        scores |= _test_scores(fitted, dataset, test_set, settings)
    unit = dataset.columns[settings.target].unit
    card = ModelCard(kind=settings.name, features=settings.features, target=settings.target, unit=unit)
    finite = {name: score for name, score in scores.items() if math.isfinite(score)}
    return TrainingResult(fitted, card, finite, _parity(data, predicted, unit))


def _cross_validated(learner: Learner, data: TrainingData, settings: LearnerSettings, seed: int) -> Prediction | None:
    groups = data.table[settings.group or ID]
    return cross_validate(learner, data.features, data.target, data.target_error, groups, settings.n_folds, seed)


def _test_scores(model: Model, dataset: Table, test_set: Table, settings: LearnerSettings) -> dict[str, float]:
    test = training_data(test_set, settings.features, settings.target)
    both = np.intersect1d(test.table[ID], dataset[ID]).tolist()
    if both:
        raise InputError("test_set", both, "the rows are in the dataset too", "Keep the test set out of the pool.")
    if not len(test.target):
        return {}
    return _named("test", regression_metrics(test.target, model.predict(test.features).mean))


def _named(prefix: str, metrics: Mapping[str, float]) -> dict[str, float]:
    return {f"{prefix}_{name}": value for name, value in metrics.items()}


def _parity(data: TrainingData, predicted: Prediction | None, unit: str) -> Table:
    unknown = np.full(len(data.target), np.nan)
    mean = unknown if predicted is None else predicted.mean
    error = unknown if predicted is None or predicted.error is None else predicted.error
    return Table(
        {ID: data.table[ID], "observed": data.target, "predicted": mean, "predicted_error": error},
        {
            ID: data.table.columns[ID],
            "observed": Column("value of the label", unit),
            "predicted": Column("value predicted by a model that has not seen the label's group", unit),
            "predicted_error": Column("standard error of the prediction", unit),
        },
    )
