"""Nested cross-validation: features and settings are chosen anew in each fold, from the rows that are not held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Model
from aiida_matal.science.learning.cross_validation import grouped_folds
from aiida_matal.science.learning.elimination import (
    EliminationSettings,
    best_size,
    eliminate,
    elimination_table,
    frequent_features,
)
from aiida_matal.science.learning.model_files import ModelCard
from aiida_matal.science.learning.parity import parity_table
from aiida_matal.science.learning.predicting import predict_table
from aiida_matal.science.learning.training import LearnerSettings, fit
from aiida_matal.science.learning.training_data import TrainingData, training_data
from aiida_matal.science.learning.tuning import TuningSettings, trials_table, tune
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Table


class NestedSettings(Settings):
    """Nested cross-validation of a learner, and the choices made inside it."""

    learner: LearnerSettings = Field(description="the learner, with all features to choose from and a group")
    outer_folds: int = Field(12, ge=2, description="largest number of folds held out in turn")
    inner_folds: int = Field(11, ge=2, description="largest number of folds by which features and settings are chosen")
    elimination: EliminationSettings | None = Field(
        None, description="how features are eliminated, or null to keep them all"
    )
    tuning: TuningSettings | None = Field(None, description="how the settings of the learner are tuned, or null not to")

    @model_validator(mode="after")
    def _require_group(self) -> Self:
        if self.learner.group is None:
            raise ValueError("learner.group is missing: without it, rows of one system would be on both sides")
        return self


@dataclass(frozen=True)
class FoldResult:
    """The model of one fold, or the final one.

    ``learner`` has the features and the settings that were chosen. ``parity``
    (:func:`aiida_matal.science.learning.parity.parity_table`) has the rows held out, none for the final model.
    ``elimination`` and ``trials`` are those of :func:`aiida_matal.science.learning.elimination.eliminate` and
    :func:`aiida_matal.science.learning.tuning.tune`, without rows where the step was left out.
    """

    model: Model
    card: ModelCard
    parity: Table
    learner: LearnerSettings
    elimination: Table
    trials: Table


def number_of_folds(dataset: Table, settings: NestedSettings) -> int:
    """Return how many folds the outer split has: fewer than ``outer_folds`` if there are fewer groups.

    :raises InputError: for columns that are missing or values that cannot be used, by id, and for fewer than 3 groups.
    """
    return len(_outer_folds(_read(dataset, settings.learner), settings, seed=0))


def fit_fold(dataset: Table, settings: NestedSettings, fold: int | None, seed: int) -> FoldResult:
    """Choose features and settings, fit, and predict the rows held out.

    The result depends on the arguments alone, so that folds can be done on different machines and in any order. No row
    held out has an influence on the choices or on the model. Rows of one group are never on both sides of a split,
    outer or inner. Bizot et al. (2025), section 4.1.1.

    :param dataset: rows with status ``ok`` count.
    :param fold: number of the fold of the outer split to hold out, from 0, or None for the final model on all rows.
    :raises InputError: for an unknown fold, columns that are missing, values that cannot be used, by id, fewer than 3
        groups, and settings that are refused.
    """
    data = _read(dataset, settings.learner)
    train, test = _rows(data, settings, fold, seed)
    part = "final model" if fold is None else f"fold {fold}"
    known, held_out = data.take(train), data.take(test)
    learner, elimination = _choose_features(known, settings, derive_seed(seed, part, "elimination"))
    chosen = _read(known.table, learner)
    learner, trials = _choose_settings(chosen, learner, settings, derive_seed(seed, part, "tuning"))
    model, card = fit(chosen, learner, derive_seed(seed, part, "model"))
    prediction = predict_table(model, card, held_out.table) if len(test) else None
    return FoldResult(model, card, parity_table(held_out, prediction), learner, elimination, trials)


def _read(dataset: Table, learner: LearnerSettings) -> TrainingData:
    return training_data(dataset, learner.features, learner.target, learner.baseline)


def _outer_folds(
    data: TrainingData, settings: NestedSettings, seed: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    groups = _groups(data, settings.learner)
    if (n_groups := len(np.unique(groups))) < 3:
        reason = f"there are {n_groups} groups with labels, and two levels of folds need 3"
        raise InputError("dataset", settings.learner.group, reason, "Label more groups.")
    return list(grouped_folds(groups, settings.outer_folds, derive_seed(seed, "outer folds")))


def _rows(
    data: TrainingData, settings: NestedSettings, fold: int | None, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    folds = _outer_folds(data, settings, seed)
    if fold is None:
        return np.arange(len(data.target)), np.empty(0, dtype=np.intp)
    if not 0 <= fold < len(folds):
        raise InputError("fold", fold, f"there are {len(folds)} folds", f"Give 0 to {len(folds) - 1}, or null.")
    return folds[fold]


def _groups(data: TrainingData, learner: LearnerSettings) -> NDArray[np.str_]:
    return data.table[str(learner.group)]


def _choose_features(data: TrainingData, settings: NestedSettings, seed: int) -> tuple[LearnerSettings, Table]:
    learner, rule = settings.learner, settings.elimination
    if rule is None:
        return learner, elimination_table([], data.unit)
    groups = _groups(data, learner)
    elimination = eliminate(learner.make().ranker(), data, learner.features, groups, rule, settings.inner_folds, seed)
    chosen = frequent_features(elimination, rule.n_features or best_size(elimination))
    features = [name for name in learner.features if name in chosen]
    return learner.model_copy(update={"features": features}), elimination


def _choose_settings(
    data: TrainingData, learner: LearnerSettings, settings: NestedSettings, seed: int
) -> tuple[LearnerSettings, Table]:
    if settings.tuning is None:
        return learner, trials_table([], {}, data.unit)
    return tune(data, _groups(data, learner), learner, settings.tuning.n_trials, settings.inner_folds, seed)
