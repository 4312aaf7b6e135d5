"""Recursive feature elimination, repeated over splits of the labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Floats, Learner
from aiida_matal.science.learning.cross_validation import grouped_folds
from aiida_matal.science.learning.training_data import TrainingData
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Column, Table


class EliminationSettings(Settings):
    """How features are eliminated. The defaults are those of Bizot et al. (2025), supplementary note 1.1."""

    n_splits: int = Field(60, ge=1, description="number of splits on which the elimination is repeated")
    n_trainings: int = Field(25, ge=1, description="number of trainings before each elimination")
    step: int = Field(1, ge=1, description="number of features removed at once, until step_until are left")
    step_until: int = Field(30, ge=1, description="number of features from which on one is removed at a time")
    smallest: int = Field(1, ge=1, description="number of features at which the elimination ends")
    n_features: int | None = Field(
        None, ge=1, description="number of features to keep, or null for the one with the smallest error"
    )


@dataclass(frozen=True)
class _Split:
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    seed: int


def eliminate(
    learner: Learner,
    data: TrainingData,
    names: Sequence[str],
    groups: ArrayLike,
    settings: EliminationSettings,
    n_folds: int,
    seed: int,
) -> Table:
    """Remove the least important features again and again, on each of several splits.

    On the training part of a split, the learner is fitted ``n_trainings`` times, with different seeds; the features of
    the smallest mean importance leave. The mean of the predictions of the same models is scored on the rest of the
    split, which had no part in the choice. The splits are the folds of a grouped cross-validation, repeated with other
    folds until there are ``n_splits``. Bizot et al. (2025), supplementary note 1.1.

    :param data: with the features ``names``, d of them.
    :param groups: name of the group of each row, shape (n,).
    :return: a row for each split and feature: ``split``, ``feature``, ``n_features``, the size of the smallest set that
        held the feature, its ``importance`` there, as a share, and the ``rmse`` of that set, in the unit of the target.
    :raises InputError: if the learner's models cannot tell the importance of features.
    """
    rows: list[tuple[int, str, int, float, float]] = []
    for number, split in enumerate(_splits(groups, settings.n_splits, n_folds, seed)):
        rows += [(number, *row) for row in _eliminate_once(learner, data, names, split, settings)]
    return elimination_table(rows, data.unit)


def elimination_table(rows: Sequence[tuple[int, str, int, float, float]], unit: str) -> Table:
    """Return the table that :func:`eliminate` describes; ``unit`` is that of the target."""
    columns = {
        "split": Column("number of the split", "1"),
        "feature": Column("feature"),
        "n_features": Column("size of the smallest set that held the feature", "1"),
        "importance": Column("share of the feature in the importance of that set", "1"),
        "rmse": Column("error of that set on the rest of the split", unit),
    }
    types = (np.int64, np.str_, np.int64, np.float64, np.float64)
    arrays = {
        name: np.array([row[position] for row in rows], dtype=types[position]) for position, name in enumerate(columns)
    }
    return Table(arrays, columns)


def elimination_curve(elimination: Table) -> Table:
    """Return ``n_features`` and, over the splits of :func:`eliminate`, the ``mean_rmse`` and ``std_rmse`` of each."""
    sizes = np.unique(elimination["n_features"])
    scores = [_scores_of_size(elimination, size) for size in sizes]
    unit = elimination.columns["rmse"].unit
    return Table(
        {
            "n_features": sizes,
            "mean_rmse": np.array([values.mean() for values in scores]),
            "std_rmse": np.array([values.std() for values in scores]),
        },
        {
            "n_features": Column("number of features", "1"),
            "mean_rmse": Column("mean error over the splits", unit),
            "std_rmse": Column("standard deviation of the error over the splits", unit),
        },
    )


def frequent_features(elimination: Table, n_features: int) -> list[str]:
    """Return the ``n_features`` features that are in the sets of that size most often, the most frequent first.

    Of features that are equally frequent, the one that stays longer in the mean comes first. If the
    elimination went through no sets of that size, the next larger ones are looked at.

    :raises InputError: if there are fewer features.
    """
    features = np.unique(elimination["feature"])
    if n_features > len(features):
        reason = f"there are {len(features)} features"
        raise InputError("elimination.n_features", n_features, reason, "Give fewer.")
    sizes = elimination["n_features"]
    size = sizes[sizes >= n_features].min()
    left_at = [sizes[elimination["feature"] == name] for name in features]
    order = sorted(range(len(features)), key=lambda row: (-(left_at[row] <= size).sum(), left_at[row].mean()))
    return features[order[:n_features]].tolist()


def best_size(elimination: Table) -> int:
    """Return the number of features with the smallest mean error, the smaller one of two that are equal."""
    curve = elimination_curve(elimination)
    return int(curve["n_features"][np.argmin(curve["mean_rmse"])])


def _scores_of_size(elimination: Table, size: int) -> Floats:
    """Return the error of each split with ``size`` features; the rows of one split repeat it."""
    rows = elimination["n_features"] == size
    _, first = np.unique(elimination["split"][rows], return_index=True)
    return elimination["rmse"][rows][first]


def _splits(groups: ArrayLike, n_splits: int, n_folds: int, seed: int) -> Iterator[_Split]:
    number = 0
    while True:
        for train, test in grouped_folds(groups, n_folds, derive_seed(seed, "repeat", number)):
            if number == n_splits:
                return
            yield _Split(train, test, derive_seed(seed, "split", number))
            number += 1


def _eliminate_once(
    learner: Learner, data: TrainingData, names: Sequence[str], split: _Split, settings: EliminationSettings
) -> Iterator[tuple[str, int, float, float]]:
    """Yield, for each feature: name, size of the smallest set that held it, importance there, error of that set."""
    left = list(range(len(names)))
    while left:
        importance, rmse = _score(learner, data, left, split, settings.n_trainings)
        leaving = _leaving(importance, settings)
        for position in leaving:
            yield names[left[position]], len(left), float(importance[position]), rmse
        left = [feature for position, feature in enumerate(left) if position not in leaving]


def _leaving(importance: Floats, settings: EliminationSettings) -> list[int]:
    """Return the positions of the features that leave next, the least important first."""
    n_left = len(importance)
    if n_left <= settings.smallest:
        n_leaving = n_left
    else:
        n_leaving = max(1, min(settings.step, n_left - max(settings.step_until, settings.smallest)))
    return np.argsort(importance, kind="stable")[:n_leaving].tolist()


def _score(
    learner: Learner, data: TrainingData, features: list[int], split: _Split, n_trainings: int
) -> tuple[Floats, float]:
    train, test = data.take(split.train), data.take(split.test)
    importance, predicted = np.zeros(len(features)), np.zeros(len(test.target))
    for number in range(n_trainings):
        seed = derive_seed(split.seed, "training", number)
        model = learner.fit(train.features[:, features], train.residual, target_error=train.target_error, seed=seed)
        found = model.importance()
        if found is None:
            cure = "Use lightgbm, or leave the elimination out."
            raise InputError("learner", type(learner).__name__, "its models do not rank features", cure)
        importance += found / max(found.sum(), np.finfo(float).tiny) / n_trainings
        predicted += model.predict(test.features[:, features]).mean / n_trainings
    return importance, float(np.sqrt(np.mean((test.residual - predicted) ** 2)))
