from __future__ import annotations

import json

import pytest

from aiida_matal.science.learning.model_files import read_model
from aiida_matal.science.learning.nested import NestedSettings, fit_fold
from aiida_matal.science.learning.training import LearnerSettings
from aiida_matal.science.table import Table
from aiida_matal.tasks.main import main


@pytest.fixture
def do_task(write_task, nested_settings, liquid_labels):
    """Return a function that does the task and returns exit status, result and folder."""

    def do(fold=None, seed=1, dataset=liquid_labels, **changes):
        settings = {"training": {**nested_settings, **changes}, "fold": fold, "seed": seed}
        folder = write_task("tune", settings, dataset=dataset)
        status = main([str(folder)])
        return status, json.loads((folder / "result.json").read_text()), folder

    return do


@pytest.mark.parametrize("fold", [0, 1, None])
def test_the_results_are_those_of_the_function_that_fits_a_fold(do_task, nested_settings, liquid_labels, fold):
    status, result, folder = do_task(fold)
    assert status == 0, result
    expected = fit_fold(liquid_labels, NestedSettings.parse(nested_settings, "training"), fold, seed=1)
    model, card = read_model(folder / result["models"]["model"])
    points = liquid_labels.matrix(card.features)
    assert (model.predict(points).mean == expected.model.predict(points).mean).all()
    assert card.baseline == "miedema_enthalpy"
    learner = LearnerSettings.parse(json.loads((folder / "learner.json").read_text()), "learner")
    assert learner == expected.learner
    assert learner.features == card.features
    assert len(learner.features) == 2
    tables = {name: Table.read(folder / path) for name, path in result["tables"].items()}
    assert tables.pop("elimination") == expected.elimination
    assert tables.pop("trials") == expected.trials
    if fold is None:
        assert (tables, result["values"]) == ({}, {})
    else:
        assert tables == {"parity": expected.parity}
        residual = expected.parity["predicted"] - expected.parity["observed"]
        assert result["values"]["cv_rmse"] == pytest.approx((residual**2).mean() ** 0.5)


def test_steps_that_are_left_out_leave_no_table(do_task):
    status, result, _ = do_task(0, elimination=None, tuning=None)
    assert (status, list(result["tables"])) == (0, ["parity"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fold": 2}, "fold: 2 is refused: there are 2 folds"),
        ({"fold": -1}, "settings.fold: -1 is refused"),
        ({"outer_folds": 1}, "settings.training.outer_folds: 1 is refused"),
        ({"tuning": {"trials": 3}}, "settings.training.tuning.trials: 3 is refused: the key is unknown"),
    ],
)
def test_settings_that_mean_nothing_are_refused(do_task, changes, message):
    status, result, _ = do_task(**changes)
    assert status == 2
    assert message in result["message"]
