from __future__ import annotations

import json

import numpy as np
import pytest

from aiida_matal.science.landscape.training import LandscapeLearnerSettings, train_landscape
from aiida_matal.science.learning.model_files import read_model
from aiida_matal.science.registry import LANDSCAPE_LEARNERS
from aiida_matal.science.table import Table
from aiida_matal.tasks.main import main

LEARNER = {"name": "idnn", "settings": {"layers": 1, "neurons": 6, "epochs": 10}}


def run(folder):
    status = main([str(folder)])
    return status, json.loads((folder / "result.json").read_text())


def test_results_are_those_of_the_function_that_trains(write_task, fcc, landscape_dataset):
    settings = {"system": fcc.settings.as_dict(), "learner": LEARNER, "seed": 2}
    folder = write_task("train_landscape", settings, dataset=landscape_dataset)
    status, result = run(folder)
    expected = train_landscape(landscape_dataset, LandscapeLearnerSettings(**LEARNER), fcc, 2)
    model, card = read_model(folder / result["models"]["model"], LANDSCAPE_LEARNERS)
    points = landscape_dataset.matrix(["wanted_eta_0", "wanted_eta_1", "wanted_eta_2", "wanted_eta_3"])
    assert status == 0
    assert result["values"] == expected.scores
    assert set(result["tables"]) == {"errors", "history"}
    assert Table.read(folder / "errors.npz") == expected.errors
    assert Table.read(folder / "history.npz") == expected.history
    assert card.settings == expected.card.settings
    np.testing.assert_array_equal(model.mu(points), expected.model.mu(points))


def test_a_search_is_written_and_its_model_says_how_to_go_on(write_task, fcc, landscape_dataset, tmp_path):
    search = {"settings": {"n_trials": 2, "layers": [1, 1], "neurons": [3, 9]}}
    settings = {"system": fcc.settings.as_dict(), "learner": {**LEARNER, "search": search}, "search": True, "seed": 2}
    _, result = run(write_task("train_landscape", settings, dataset=landscape_dataset))
    trials = Table.read(tmp_path / result["tables"]["trials"])
    found = trials["neurons"][trials["rank"] == 0].tolist()
    (tmp_path / "model_out").rename(tmp_path / "before")
    settings["search"] = False
    models = {"previous_model": "before"}
    folder = write_task("train_landscape", settings, models, dataset=landscape_dataset)
    _, result = run(folder)
    assert "trials" not in result["tables"]
    assert [read_model(folder / "model_out", LANDSCAPE_LEARNERS)[1].settings["neurons"]] == found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learner": {"name": "idnn", "epochs": 2}}, "settings.learner.epochs: 2 is refused"),
        ({"learner": {"name": "spline"}}, "settings.learner.name: 'spline' is refused"),
        ({"seed": -1}, "settings.seed: -1 is refused"),
    ],
)
def test_wrong_settings_are_refused(write_task, fcc, landscape_dataset, change, message):
    settings = {"system": fcc.settings.as_dict(), "learner": LEARNER, "seed": 2, **change}
    status, result = run(write_task("train_landscape", settings, dataset=landscape_dataset))
    assert status == 2
    assert message in result["message"]


def test_labels_that_are_not_finite_are_refused(write_task, fcc, landscape_dataset):
    mu = landscape_dataset["mu_2"].copy()
    mu[3] = np.nan
    broken = landscape_dataset.with_columns({"mu_2": mu}, {"mu_2": landscape_dataset.columns["mu_2"]})
    settings = {"system": fcc.settings.as_dict(), "learner": LEARNER, "seed": 2}
    status, result = run(write_task("train_landscape", settings, dataset=broken))
    assert status == 2
    assert "dataset.mu_2: nan is refused: the value of point 'p3' is not finite" in result["message"]
