"""Train a model of a free energy on a dataset, search for hyper-parameters when it is due, and measure its errors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import ETA, numbered
from aiida_matal.science.landscape.model import (
    FitResult,
    LandscapeLearner,
    LandscapeModel,
    Report,
    TrainingPoints,
    silent,
)
from aiida_matal.science.landscape.region_errors import ALL, region_errors
from aiida_matal.science.landscape.system import System
from aiida_matal.science.learning.model_files import ModelCard
from aiida_matal.science.registry import LANDSCAPE_LEARNERS, load_class
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import ID, Column, Table

#: What models of free energies predict, as their cards name it.
TARGET = "free_energy"
TRAINING, TEST_SET = "training", "test set"
#: Errors on the test set: name of the score, column of the region errors.
_TEST_SCORES = {"test_rmse": "rmse", "test_mse_scaled": "mse_scaled", "test_max_error": "max_error"}


class SearchPlan(Settings):
    """When a round searches for hyper-parameters, and how."""

    rises: int | None = Field(
        2, ge=1, description="the number of rises of the error in a row after which a round searches, or null"
    )
    every: int | None = Field(
        None, ge=1, description="the number of rounds from one search to the next, from round 1 on, or null"
    )
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the search by the learner")

    def is_due(self, number: int, errors: Sequence[float]) -> bool:
        """Return whether a round searches: Holber and Garikipati (2025), section 2.2, after two rises.

        :param number: of the round.
        :param errors: of the models of the rounds before, oldest first, NaN where unknown.
        """
        if self.every is not None and number >= 1 and (number - 1) % self.every == 0:
            return True
        if self.rises is None or len(errors) <= self.rises:
            return False
        return bool((np.diff(errors[-self.rises - 1 :]) > 0).all())


class LandscapeLearnerSettings(Settings):
    """What learns a free energy, and from what."""

    name: str = Field(description="the name of a registered learner of free energies")
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the learner")
    favour_recent: bool = Field(
        False, description="true if the points of the newest round count as much as all older ones, else false"
    )
    search: SearchPlan | None = Field(None, description="when hyper-parameters are searched for, or null for never")

    @classmethod
    def parse(cls, values: Mapping[str, Any], where: str) -> Self:
        """Return the settings that ``values`` describe; those of the learner and of its search are checked too.

        :param where: name of the input that holds ``values``; error messages begin with it.
        :raises InputError: for the first key that is unknown or whose value is refused.
        """
        settings = super().parse(values, where)
        learner = settings.learner_class(where)
        learner.Settings.parse(settings.settings, f"{where}.settings")
        if settings.search is not None:
            learner.SearchSettings.parse(settings.search.settings, f"{where}.search.settings")
        return settings

    def learner_class(self, where: str = "learner") -> type[LandscapeLearner]:
        """Return the class of the learner.

        :raises InputError: if it is not registered.
        """
        try:
            return load_class(LANDSCAPE_LEARNERS, self.name)
        except InputError as error:
            raise InputError(f"{where}.name", self.name, error.reason, error.cure) from None


@dataclass(frozen=True)
class LandscapeTraining:
    """A trained model and what is known of it.

    ``scores`` are finite errors in eV a site, and ``test_mse_scaled`` in (0.01 eV)^2. ``errors`` has a row for each
    region of the test set and each criterion of the training data, ``history`` for each epoch, and ``trials``, where
    there was a search, for each set of hyper-parameters.
    """

    model: LandscapeModel
    card: ModelCard
    scores: dict[str, float]
    errors: Table
    history: Table
    trials: Table | None


def train_landscape(
    dataset: Table,
    settings: LandscapeLearnerSettings,
    system: System,
    seed: int,
    *,
    test_set: Table | None = None,
    search: bool = False,
    previous: ModelCard | None = None,
    report: Report = silent,
) -> LandscapeTraining:
    """Train on the points of ``dataset`` with status ``ok`` and measure the errors there and on ``test_set``.

    :param search: whether to search for hyper-parameters.
    :param previous: card of the model before. If there is a plan to search, its hyper-parameters are kept until then.
    :raises InputError: if there are no points, they are not of this system, or a test point is in the dataset too.
    """
    _check_apart(dataset, test_set)
    points = TrainingPoints.read(dataset, favour_recent=settings.favour_recent)
    fitted = _fit(points, settings, system, seed, search, previous, report)
    low, high = points.eta.min(axis=0).tolist(), points.eta.max(axis=0).tolist()
    features = numbered(ETA, system.d)
    card = ModelCard(
        kind=settings.name,
        features=features,
        target=TARGET,
        unit="eV",
        settings=dict(fitted.settings),
        n_labels=len(points),
        domain=dict(zip(features, zip(low, high, strict=True), strict=True)),
    )
    errors = {TRAINING: region_errors(fitted.model, dataset)}
    if test_set is not None:
        errors[TEST_SET] = region_errors(fitted.model, test_set)
    scores = {**fitted.scores, **_test_scores(errors.get(TEST_SET))}
    finite = {name: score for name, score in scores.items() if math.isfinite(score)}
    return LandscapeTraining(fitted.model, card, finite, _joined(errors), fitted.history, fitted.trials)


def _fit(
    points: TrainingPoints,
    settings: LandscapeLearnerSettings,
    system: System,
    seed: int,
    search: bool,
    previous: ModelCard | None,
    report: Report,
) -> FitResult:
    plan = settings.search
    kept = previous is not None and plan is not None and previous.kind == settings.name
    learner = settings.learner_class()(previous.settings if kept and previous is not None else settings.settings)
    if not search:
        return learner.fit(points, system, seed, report)
    return learner.search(points, system, seed, {} if plan is None else plan.settings, report)


def _check_apart(dataset: Table, test_set: Table | None) -> None:
    both = [] if test_set is None else np.intersect1d(test_set[ID], dataset[ID]).tolist()
    if both:
        raise InputError("test_set", both, "the points are in the dataset too", "Keep the test set apart.")


def _test_scores(errors: Table | None) -> dict[str, float]:
    if errors is None:
        return {}
    row = errors["region"].tolist().index(ALL)
    return {score: float(errors[column][row]) for score, column in _TEST_SCORES.items()}


def _joined(errors: Mapping[str, Table]) -> Table:
    column = {"data": Column(f"{TRAINING} or {TEST_SET}")}
    parts = [table.with_columns({"data": np.full(len(table), data)}, column) for data, table in errors.items()]
    return Table.concatenate(parts)
