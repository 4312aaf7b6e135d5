"""Choose the settings of a learner by grouped cross-validation, with Optuna."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import optuna
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Floats, Learner
from aiida_matal.science.learning.cross_validation import grouped_folds
from aiida_matal.science.learning.search_space import Choice, SearchSpace, setting, with_settings
from aiida_matal.science.learning.training import LearnerSettings
from aiida_matal.science.learning.training_data import TrainingData
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Column, Table

UNPRUNED_TRIALS = 2
UNPRUNED_FOLDS = 1
STANDARD_ERRORS = 2.0
TRIED = "settings"


class TuningSettings(Settings):
    """How the settings of a learner are tuned."""

    n_trials: int = Field(100, ge=1, description="number of settings that are tried, the given ones included")


def tune(
    data: TrainingData, groups: ArrayLike, settings: LearnerSettings, n_trials: int, n_folds: int, seed: int
) -> tuple[LearnerSettings, Table]:
    """Return the settings with the smallest error in a grouped cross-validation, and all trials.

    The first trial has the given settings; the others are chosen by the tree-structured Parzen estimator from the
    search space of the learner. A trial whose error after some folds is above the median of the others ends there
    (Akiba et al., KDD 2019, doi:10.1145/3292500.3330701). The best of many trials looks better than it is: it replaces
    the given settings only if its sum of squared errors is smaller by more than two standard errors of the difference,
    taken over the groups.

    :param groups: name of the group of each row, shape (n,), at least two different ones.
    :return: the settings, and a row for each trial: ``trial``, ``state``, ``n_folds`` that it went through, its
        ``rmse`` over these, and a column ``setting_<name>`` for each setting that may change.
    :raises InputError: if the learner has no search space.
    """
    space = settings.make().search_space
    if not space:
        raise InputError("learner", settings.name, "it has no settings to tune", "Leave the tuning out.")
    splits = list(grouped_folds(groups, n_folds, seed))
    folds = [(data.take(train), data.take(test)) for train, test in splits]
    squared_errors: dict[int, list[float]] = {}

    def error(trial: optuna.Trial) -> float:
        learner = _with(settings, _suggest(trial, space) if trial.number else {}).make()
        trial.set_user_attr(TRIED, {name: setting(learner.settings.as_dict(), name) for name in space})
        squares = squared_errors[trial.number] = []
        rmse = np.nan
        for number, (train, test) in enumerate(folds):
            squares += _squared_errors(learner, train, test, derive_seed(seed, "fold", number)).tolist()
            rmse = float(np.sqrt(np.mean(squares)))
            trial.report(rmse, number)
            if number + 1 < len(folds) and trial.should_prune():
                raise optuna.TrialPruned
        return rmse

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(seed=derive_seed(seed, "sampler")),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=UNPRUNED_TRIALS, n_warmup_steps=UNPRUNED_FOLDS),
    )
    study.optimize(error, n_trials)
    tested = np.asarray(groups)[np.concatenate([test for _, test in splits])]
    is_better = _is_better(squared_errors[study.best_trial.number], squared_errors[0], tested)
    best = _with(settings, study.best_trial.params) if is_better else settings
    return best, trials_table(study.trials, space, data.unit)


def _with(settings: LearnerSettings, chosen: dict[str, Any]) -> LearnerSettings:
    return settings.model_copy(update={"settings": with_settings(settings.settings, chosen)})


def _is_better(squares: Sequence[float], given: Sequence[float], groups: NDArray[np.str_]) -> bool:
    """Return whether the sum of the squared errors is below that of the given settings beyond doubt."""
    _, group = np.unique(groups, return_inverse=True)
    gain = np.bincount(group, np.subtract(given, squares))
    return bool(gain.sum() > STANDARD_ERRORS * np.sqrt(len(gain)) * gain.std(ddof=1))


def _suggest(trial: optuna.Trial, space: SearchSpace) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for name, limits in space.items():
        if isinstance(limits, Choice):
            chosen[name] = trial.suggest_categorical(name, limits.options)
        elif limits.integer:
            chosen[name] = trial.suggest_int(name, int(limits.low), int(limits.high), log=limits.log)
        else:
            chosen[name] = trial.suggest_float(name, limits.low, limits.high, log=limits.log)
    return chosen


def _squared_errors(learner: Learner, train: TrainingData, test: TrainingData, seed: int) -> Floats:
    model = learner.fit(train.features, train.residual, target_error=train.target_error, seed=seed)
    return (model.predict(test.features).mean - test.residual) ** 2


def trials_table(trials: Sequence[optuna.trial.FrozenTrial], space: SearchSpace, unit: str) -> Table:
    """Return the table that :func:`tune` describes; ``unit`` is that of the target."""
    columns = {
        "trial": Column("number of the trial, 0 has the given settings", "1"),
        "state": Column("complete, or pruned because it was worse than the median"),
        "n_folds": Column("number of folds that the trial went through", "1"),
        "rmse": Column("error over these folds", unit),
    }
    arrays = {
        "trial": np.array([trial.number for trial in trials], dtype=np.int64),
        "state": np.array([trial.state.name.lower() for trial in trials], dtype=np.str_),
        "n_folds": np.array([len(trial.intermediate_values) for trial in trials], dtype=np.int64),
        "rmse": np.array([trial.intermediate_values[trial.last_step] for trial in trials], dtype=np.float64),
    }
    for name, limits in space.items():
        values = [trial.user_attrs[TRIED][name] for trial in trials]
        text = isinstance(limits, Choice)
        arrays[f"setting_{name}"] = np.array(values, dtype=np.str_ if text else np.float64)
        columns[f"setting_{name}"] = Column(f"setting {name}", "" if text else "1")
    return Table(arrays, columns)
