"""Conformance suite for learners and their models."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Learner, Model, Prediction
from aiida_matal.science.learning.search_space import Choice, Range, with_settings
from aiida_matal.testing.requirements import require, require_refused, require_settings

SEED = 1
PICKLE_START = b"\x80"


def check_learner(cls: type[Learner], settings: Mapping[str, Any]) -> None:
    """Check that a learner keeps the promises of :class:`aiida_matal.science.learning.base.Learner`.

    :param settings: valid settings of the learner.
    :raises AssertionError: naming the learner and the first promise that it breaks.
    """
    require_settings(cls, settings, cls.__name__)
    learner = cls(settings)
    features, target = _labelled_points()
    points = np.random.default_rng(2).normal(size=(7, 3))
    _check_fit(learner, features, target, points)
    model = learner.fit(features, target, target_error=None, seed=SEED)
    _check_predict(cls.__name__, model, points)
    _check_importance(cls.__name__, model, features.shape[1])
    _check_search_space(learner, features, target)
    _check_refusals(learner, model, features, target)
    _check_degenerate_data(learner, features, target)
    _check_files(cls, model, points)


def _labelled_points() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    features = np.random.default_rng(0).normal(size=(30, 3))
    return features, np.sin(features[:, 0]) + features[:, 1] ** 2


def _check_fit(
    learner: Learner, features: NDArray[np.float64], target: NDArray[np.float64], points: NDArray[np.float64]
) -> None:
    name = type(learner).__name__
    given = features.copy(), target.copy()
    first = learner.fit(features, target, target_error=None, seed=SEED)
    second = type(learner)(learner.settings.as_dict()).fit(features, target, target_error=None, seed=SEED)
    unchanged = np.array_equal(features, given[0]) and np.array_equal(target, given[1])
    require(unchanged, f"{name}.fit changes the arrays that it is given")
    require(isinstance(first, learner.model_class), f"{name}.fit does not return a {learner.model_class.__name__}")
    same = _same(first.predict(points), second.predict(points))
    require(same, f"{name} gives two models for the same data, settings and seed")
    learner.fit(features, target, target_error=np.full(len(target), 0.1), seed=SEED)


def _check_predict(name: str, model: Model, points: NDArray[np.float64]) -> None:
    together = model.predict(points)
    require(together.mean.shape == (len(points),), f"the predictions of {name} do not have one mean a row")
    require(bool(np.isfinite(together.mean).all()), f"{name} predicts values that are not finite")
    if together.error is not None:
        usable = together.error.shape == (len(points),) and bool((together.error >= 0).all())
        require(usable, f"the errors that {name} predicts are not one non-negative number a row")
    alone = np.concatenate([model.predict(row[np.newaxis]).mean for row in points])
    require(np.allclose(alone, together.mean, rtol=1e-9, atol=1e-12), f"a prediction of {name} depends on other rows")


def _check_search_space(learner: Learner, features: NDArray[np.float64], target: NDArray[np.float64]) -> None:
    name = type(learner).__name__
    for end in (0, -1):
        settings = with_settings({}, {key: _limits(limits)[end] for key, limits in learner.search_space.items()})
        try:
            tuned = type(learner)(settings)
        except InputError as exception:
            raise AssertionError(f"{name} refuses a limit of its search space: {exception}") from exception
        mean = tuned.fit(features, target, target_error=None, seed=SEED).predict(features).mean
        require(bool(np.isfinite(mean).all()), f"{name} fails at a limit of its search space")


def _limits(limits: Range | Choice) -> tuple[Any, ...]:
    if isinstance(limits, Choice):
        return limits.options
    return (int(limits.low), int(limits.high)) if limits.integer else (limits.low, limits.high)


def _check_importance(name: str, model: Model, n_features: int) -> None:
    importance = model.importance()
    if importance is not None:
        usable = importance.shape == (n_features,) and bool((importance >= 0).all())
        require(usable, f"the importance of {name} is not one non-negative number a feature")


def _check_refusals(learner: Learner, model: Model, features: NDArray[np.float64], target: NDArray[np.float64]) -> None:
    name = type(learner).__name__
    holed_features, holed_target = features.copy(), target.copy()
    holed_features[3, 1] = holed_target[4] = np.nan

    def fit(points: NDArray[np.float64], values: NDArray[np.float64]) -> object:
        return learner.fit(points, values, target_error=None, seed=SEED)

    require_refused(lambda: fit(holed_features, target), f"{name}.fit accepts NaN in the features")
    require_refused(lambda: fit(features, holed_target), f"{name}.fit accepts NaN in the target")
    require_refused(lambda: fit(features[:-1], target), f"{name}.fit accepts fewer rows of features than targets")
    require_refused(lambda: model.predict(holed_features), f"a model of {name} accepts NaN")
    require_refused(lambda: model.predict(features[:, :2]), f"a model of {name} accepts a missing column")


def _check_degenerate_data(learner: Learner, features: NDArray[np.float64], target: NDArray[np.float64]) -> None:
    name = type(learner).__name__
    constant_column = features.copy()
    constant_column[:, 1] = 0.1
    cases = {
        "a constant feature": (constant_column, target),
        "a constant target": (features, np.full(len(target), 0.1)),
        "one row": (features[:1], target[:1]),
    }
    for case, (points, values) in cases.items():
        prediction = learner.fit(points, values, target_error=None, seed=SEED).predict(points)
        require(bool(np.isfinite(prediction.mean).all()), f"{name} cannot learn from {case}")


def _check_files(cls: type[Learner], model: Model, points: NDArray[np.float64]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model.write(folder)
        paths = list(folder.iterdir())
        require(
            bool(paths) and all(path.is_file() for path in paths), f"a model of {cls.__name__} writes no plain files"
        )
        pickled = [path.name for path in paths if path.read_bytes().startswith(PICKLE_START)]
        require(not pickled, f"a model of {cls.__name__} is pickled: {pickled}")
        again = cls.model_class.read(folder)
    same = _same(model.predict(points), again.predict(points))
    require(same, f"a model of {cls.__name__} predicts something else after it was written and read")


def _same(first: Prediction, second: Prediction) -> bool:
    if first.error is None or second.error is None:
        return first.error is second.error and np.array_equal(first.mean, second.mean)
    return np.array_equal(first.mean, second.mean) and np.array_equal(first.error, second.error)
