"""Conformance suite for learners of free energies and their models."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from aiida_matal.science.landscape.mean_field import MeanFieldModel
from aiida_matal.science.landscape.model import FitResult, LandscapeLearner, LandscapeModel, TrainingPoints
from aiida_matal.science.landscape.sampling.explored import walk
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.table import Table
from aiida_matal.testing.requirements import UNKNOWN_SETTING, require, require_refused, require_settings
from aiida_matal.testing.sampling_criteria import SYSTEM

SEED = 1
N_POINTS = 40
TEMPERATURE = 600.0
STEP = 1e-4
PICKLE_START = b"\x80"


def check_landscape_learner(
    cls: type[LandscapeLearner], settings: Mapping[str, Any], search: Mapping[str, Any]
) -> None:
    """Check that a learner keeps the promises of :class:`aiida_matal.science.landscape.model.LandscapeLearner`.

    It learns a mean-field free energy of four coordinates at forty points: how well is not looked at.

    :param settings: valid settings of the learner, best some that make it quick.
    :param search: valid settings of its search, which trains two models or more.
    :raises AssertionError: naming the learner and the first promise that it breaks.
    """
    name = cls.__name__
    require_settings(cls, settings, name)
    system = System.from_settings(SystemSettings.parse(SYSTEM, "system"))
    points = _points(system)
    inside = walk(system, 9, 0.0, 0.0, 2)
    learner = cls(settings)
    result = _check_fit(learner, points, system, inside)
    searched = _check_search(learner, points, system, search)
    _check_committee(name, searched.model, inside)
    for model in (result.model, searched.model):
        _check_model(name, model, inside)
        _check_files(cls, model, inside)
    _check_refusals(learner, points, system, search)


def _points(system: System) -> TrainingPoints:
    eta = walk(system, N_POINTS, 0.2, 0.05, SEED)
    mu = MeanFieldModel(system, TEMPERATURE).mu(eta)
    return TrainingPoints([f"point-{row}" for row in range(N_POINTS)], eta, mu, np.ones(N_POINTS))


def _check_fit(learner: LandscapeLearner, points: TrainingPoints, system: System, inside: Floats) -> FitResult:
    name = type(learner).__name__
    given = points.eta.copy(), points.mu.copy(), points.weights.copy()
    first = learner.fit(points, system, SEED)
    second = type(learner)(learner.settings.as_dict()).fit(points, system, SEED)
    unchanged = all(map(np.array_equal, given, (points.eta, points.mu, points.weights)))
    require(unchanged, f"{name}.fit changes the arrays that it is given")
    require(np.array_equal(first.model.mu(inside), second.model.mu(inside)), f"{name} gives two models for the same")
    _check_result(learner, first)
    require(first.settings == learner.settings.as_dict(), f"{name}.fit returns other settings than it was given")
    heavier = replace(points, weights=np.where(np.arange(len(points)) < 5, 3.0, 1.0))
    learner.fit(heavier, system, SEED)
    return first


def _check_result(learner: LandscapeLearner, result: FitResult) -> None:
    name = type(learner).__name__
    expected = learner.model_class
    require(isinstance(result.model, expected), f"{name} does not return a {expected.__name__}")
    require(isinstance(result.history, Table) and len(result.history) > 0, f"{name} returns no history")
    numbers = list(result.scores.values())
    require(bool(numbers) and bool(np.isfinite(numbers).all()), f"{name} does not return scores that are finite")


def _check_search(
    learner: LandscapeLearner, points: TrainingPoints, system: System, search: Mapping[str, Any]
) -> FitResult:
    name = type(learner).__name__
    first = learner.search(points, system, SEED, search)
    second = learner.search(points, system, SEED, search)
    same = np.array_equal(first.model.mu(points.eta), second.model.mu(points.eta)) and first.settings == second.settings
    require(same, f"two searches of {name} for the same find two models")
    _check_result(learner, first)
    require(isinstance(first.trials, Table) and len(first.trials) > 1, f"{name}.search returns no table of trials")
    type(learner)(first.settings).fit(points, system, SEED)
    return first


def _check_committee(name: str, model: LandscapeModel, inside: Floats) -> None:
    members = model.members
    require(len(members) > 1, f"a model that {name}.search returns has no committee")
    require(np.array_equal(members[0].mu(inside), model.mu(inside)), f"a model of {name} is not first in its committee")
    error = model.predict(inside).error
    spread = np.std([member.g(inside) for member in members], axis=0)
    require(error is not None and np.allclose(error, spread), f"errors that {name} predicts are not the spread of g")


def _check_model(name: str, model: LandscapeModel, inside: Floats) -> None:
    n, d = inside.shape
    g, mu, hessian = model.derivatives(inside)
    right = model.d == d and g.shape == (n,) and mu.shape == (n, d) and hessian.shape == (n, d, d)
    require(right, f"g, mu or the Hessian of {name} do not have shapes (n,), (n, d) and (n, d, d)")
    parts = zip((g, mu, hessian), (model.g(inside), model.mu(inside), model.hessian(inside)), strict=True)
    agree = all(np.allclose(together, alone, rtol=1e-9, atol=1e-12) for together, alone in parts)
    require(agree, f"the derivatives of {name} are not its g, mu and Hessian")
    require(np.array_equal(model.predict(inside).mean, model.g(inside)), f"{name} predicts something else than g")
    alone = np.concatenate([model.g(row[np.newaxis]) for row in inside])
    require(np.allclose(alone, g, rtol=1e-9, atol=1e-12), f"a prediction of {name} depends on other rows")
    require(bool(abs(model.g(np.zeros((1, d)))[0]) < 1e-12), f"g of {name} is not 0 at the origin")
    slopes = np.stack([_slope(model.g, inside, axis) for axis in range(d)], axis=-1)
    require(_close(slopes, mu), f"mu of {name} is not the gradient of g")
    bends = np.stack([_slope(model.mu, inside, axis) for axis in range(d)], axis=-1)
    require(_close(bends, hessian), f"the Hessian of {name} is not the gradient of mu")
    require(np.allclose(hessian, hessian.transpose(0, 2, 1), rtol=1e-9), f"the Hessian of {name} is not symmetric")
    holed = inside.copy()
    holed[3, 1] = np.nan
    for function in (model.g, model.mu, model.hessian, model.predict):
        require_refused(lambda function=function: function(holed), f"a model of {name} accepts NaN")  # type: ignore[misc]
        require_refused(
            lambda function=function: function(inside[:, :-1]),  # type: ignore[misc]
            f"a model of {name} accepts a missing column",
        )


def _slope(function: Any, eta: Floats, axis: int) -> Floats:
    """Return the derivative along an axis by central differences of fourth order."""
    step = STEP * np.eye(eta.shape[1])[axis]
    near = function(eta + step) - function(eta - step)
    far = function(eta + 2 * step) - function(eta - 2 * step)
    return (8 * near - far) / (12 * STEP)


def _close(numerical: Floats, exact: Floats) -> bool:
    return bool(np.abs(numerical - exact).max() <= 1e-5 * max(np.abs(exact).max(), 1e-3))


def _check_refusals(
    learner: LandscapeLearner, points: TrainingPoints, system: System, search: Mapping[str, Any]
) -> None:
    name = type(learner).__name__
    fewer = TrainingPoints(points.ids, points.eta[:, :-1], points.mu[:, :-1], points.weights)
    require_refused(lambda: learner.fit(fewer, system, SEED), f"{name}.fit accepts a missing coordinate")
    require_refused(lambda: learner.search(fewer, system, SEED, search), f"{name}.search accepts a missing coordinate")
    unknown = {**search, **UNKNOWN_SETTING}
    message = f"{name}.search accepts an unknown setting"
    require_refused(lambda: learner.search(points, system, SEED, unknown), message)


def _check_files(cls: type[LandscapeLearner], model: LandscapeModel, inside: Floats) -> None:
    name = cls.__name__
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        model.write(folder)
        paths = list(folder.iterdir())
        require(bool(paths) and all(path.is_file() for path in paths), f"a model of {name} writes no plain files")
        pickled = [path.name for path in paths if path.read_bytes().startswith(PICKLE_START)]
        require(not pickled, f"a model of {name} is pickled: {pickled}")
        again = cls.model_class.read(folder)
    same = all(map(np.array_equal, model.derivatives(inside), again.derivatives(inside)))
    same = same and len(again.members) == len(model.members)
    same = same and all(
        np.array_equal(one.mu(inside), other.mu(inside))
        for one, other in zip(model.members, again.members, strict=True)
    )
    require(same, f"a model of {name} is another one after it was written and read")
