"""The learner ``idnn``: one network, or the best of many with the others as its committee."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn.data import TrainingData, training_data
from aiida_matal.science.landscape.idnn.model import IdnnModel
from aiida_matal.science.landscape.idnn.search import best_first, run_trials, trial_table
from aiida_matal.science.landscape.idnn.settings import IdnnSearchSettings, IdnnSettings
from aiida_matal.science.landscape.idnn.training import Trained, train
from aiida_matal.science.landscape.model import FitResult, LandscapeLearner, Report, TrainingPoints, silent
from aiida_matal.science.seeds import derive_seed

if TYPE_CHECKING:
    from aiida_matal.science.landscape.system import System


class IdnnLearner(LandscapeLearner):
    """Fits an integrable deep neural network: Holber and Garikipati (2025), sections 1.1.4 and 2.2.

    Training needs JAX; the models that it returns do not.
    """

    Settings = IdnnSettings
    SearchSettings = IdnnSearchSettings
    model_class = IdnnModel
    settings: IdnnSettings

    def fit(self, points: TrainingPoints, system: System, seed: int, report: Report = silent) -> FitResult:
        """Return the network fitted to ``points``; the same arguments give the same network on the same processor.

        :raises InputError: if there are fewer than two points, they have another number of coordinates than the system,
            the training diverges or JAX is not installed.
        """
        data = self._data(points, system, seed)
        trained = train(data.training, data.validation, self.settings, derive_seed(seed, "training"), report)
        if not np.isfinite(trained.validation_loss):
            rate = self.settings.learning_rate
            raise InputError("learning_rate", rate, "the training diverged", "Give a smaller learning rate.")
        return _result([trained], points, data, self.settings)

    def search(
        self,
        points: TrainingPoints,
        system: System,
        seed: int,
        settings: Mapping[str, Any],
        report: Report = silent,
    ) -> FitResult:
        """Return the network with the smallest loss on the points held back, the next best as its committee.

        Hyper-parameters that are not searched are those of the learner; ``settings`` of the result hold those chosen.

        :raises InputError: as :meth:`fit`, or for settings that are refused.
        """
        search = self.SearchSettings.parse(settings, where="search settings")
        data = self._data(points, system, seed)
        trials = run_trials(data, self.settings, search, seed, report)
        ranking = best_first(trials)
        if not ranking:
            rate = search.learning_rate
            raise InputError("learning_rate", rate, "every training diverged", "Give smaller learning rates.")
        best = trials[ranking[0]]
        result = _result([trials[row].trained for row in ranking[: search.n_members]], points, data, best.settings)
        return FitResult(result.model, result.history, result.scores, result.settings, trial_table(trials, ranking))

    def _data(self, points: TrainingPoints, system: System, seed: int) -> TrainingData:
        return training_data(points, system, self.settings.validation_share, self.settings.ideal_mixing, seed)


def _result(trained: list[Trained], points: TrainingPoints, data: TrainingData, settings: IdnnSettings) -> FitResult:
    """Return the model of the first network, with errors found in double precision."""
    model = IdnnModel(data.inputs, tuple(one.network for one in trained), data.mixing)
    squared = (model.mu(points.eta) - points.mu) ** 2
    scores = {
        "training_rmse": float(np.sqrt(squared[data.training_rows].mean())),
        "validation_rmse": float(np.sqrt(squared[data.validation_rows].mean())),
    }
    return FitResult(model, trained[0].history, scores, settings.as_dict())
