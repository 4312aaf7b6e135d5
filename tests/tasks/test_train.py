from __future__ import annotations

import json

import numpy as np
import pytest

from aiida_matal.science.learning.model_files import read_model
from aiida_matal.science.learning.training import LearnerSettings, train
from aiida_matal.science.table import Table
from aiida_matal.tasks.main import main


def run(folder):
    status = main([str(folder)])
    return status, json.loads((folder / "result.json").read_text())


def test_the_results_are_those_of_the_function_that_trains(write_task, train_settings, dataset):
    folder = write_task("train", train_settings, dataset=dataset)
    status, result = run(folder)
    expected = train(dataset, LearnerSettings(**train_settings["learner"]), seed=1)
    model, card = read_model(folder / result["models"]["model"])
    points = np.random.default_rng(3).normal(size=(5, 2))
    assert status == 0
    assert result["values"] == expected.scores
    assert Table.read(folder / result["tables"]["parity"]) == expected.parity
    assert np.array_equal(model.predict(points).mean, expected.model.predict(points).mean)
    assert (card.kind, card.features, card.unit) == ("gaussian_process", ["u", "v"], "kJ/mol")


def test_a_test_set_adds_its_scores(write_task, train_settings, dataset, pool):
    test_set = pool.take(range(20, 30)).with_columns(
        {"energy": np.zeros(10), "status": ["ok"] * 10}, {name: dataset.columns[name] for name in ("energy", "status")}
    )
    _, result = run(write_task("train", train_settings, dataset=dataset, test_set=test_set))
    assert {"cv_rmse", "test_rmse", "test_mae"} <= set(result["values"])


def test_a_score_that_is_not_known_is_not_in_the_values(write_task, train_settings, dataset):
    train_settings["learner"]["group"] = "status"
    status, result = run(write_task("train", train_settings, dataset=dataset))
    assert (status, result["values"]) == (0, {})


@pytest.mark.parametrize("rows", [[], [0], [9]])
def test_too_few_labels_are_refused(write_task, train_settings, dataset, rows):
    status, result = run(write_task("train", train_settings, dataset=dataset.take(rows)))
    assert status == 2
    assert "a model needs 2" in result["message"]


def test_a_task_without_its_table_is_refused(write_task, train_settings):
    status, result = run(write_task("train", train_settings))
    assert status == 2
    assert "'dataset' is missing" in result["message"]
