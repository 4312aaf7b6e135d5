from __future__ import annotations

import json

import numpy as np
import pytest

from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner
from aiida_matal.science.learning.lightgbm import LightGBMLearner
from aiida_matal.science.learning.model_files import ModelCard, write_model
from aiida_matal.science.table import Column, Table
from aiida_matal.tasks.main import main

LEARNERS = {"gaussian_process": GaussianProcessLearner({"n_restarts": 0}), "lightgbm": LightGBMLearner({})}


def run(folder):
    status = main([str(folder)])
    return status, json.loads((folder / "result.json").read_text())


@pytest.fixture
def store_model(tmp_path, dataset):
    """Return a function that trains a model on the feature v and stores it in the task folder."""

    def store(kind="gaussian_process", target="energy", baseline=None):
        labelled = dataset.take(dataset["status"] == "ok")
        model = LEARNERS[kind].fit(labelled.matrix(["v"]), labelled["energy"], target_error=None, seed=0)
        card = ModelCard(kind=kind, features=["v"], target=target, unit="kJ/mol", baseline=baseline)
        write_model(tmp_path / "model", model, card)
        return model

    return store


def test_a_decision_is_written_with_the_predictions_of_the_model(
    write_task, select_settings, pool, dataset, store_model
):
    model = store_model()
    folder = write_task("select", select_settings, {"model": "model"}, pool=pool, dataset=dataset)
    status, result = run(folder)
    decision = Table.read(folder / result["tables"]["decision"])
    candidates = Table.read(folder / result["tables"]["candidates"])
    expected = model.predict(pool.take(pool.positions(decision["id"])).matrix(["v"]))
    assert status == 0
    assert decision["predicted"] == pytest.approx(expected.mean)
    assert decision["predicted_error"] == pytest.approx(expected.error)
    assert candidates["id"].tolist() == decision["id"][decision["chosen"]].tolist()
    assert result["values"] == {
        "top_score": decision["score_gp_variance"].max(),
        "disagreement": pytest.approx(expected.error.mean()),
        "n_candidates_left": 16,
    }
    assert result["models"] == {}


def test_the_predictions_of_a_decision_have_the_baseline_in_them(
    write_task, select_settings, pool, dataset, store_model
):
    model = store_model(baseline="estimate")
    column = {"estimate": Column("an estimate of the energy", "kJ/mol")}
    pool = pool.with_columns({"estimate": 100.0 * pool["u"]}, column)
    folder = write_task("select", select_settings, {"model": "model"}, pool=pool, dataset=dataset)
    decision = Table.read(folder / run(folder)[1]["tables"]["decision"])
    rows = pool.take(pool.positions(decision["id"]))
    assert decision["predicted"] == pytest.approx(model.predict(rows.matrix(["v"])).mean + rows["estimate"])


def test_a_model_without_errors_and_a_criterion_without_scores_leave_both_values_unknown(
    write_task, select_settings, pool, dataset, store_model
):
    store_model("lightgbm")
    select_settings["criterion"] = {"name": "random"}
    _, result = run(write_task("select", select_settings, {"model": "model"}, pool=pool, dataset=dataset))
    assert result["values"] == {"top_score": None, "disagreement": None, "n_candidates_left": 16}


def test_a_start_needs_neither_dataset_nor_model(write_task, select_settings, pool):
    select_settings |= {"criterion": {"name": "space_filling"}, "batch_size": 100}
    _, result = run(write_task("select", select_settings, pool=pool))
    assert result["values"] == {"top_score": None, "disagreement": None, "n_candidates_left": 0}


def test_candidates_that_are_labelled_already_may_lack_the_features_of_the_model(
    write_task, select_settings, pool, dataset, store_model
):
    store_model()
    values = np.where(pool["id"] == "c03", np.nan, pool["v"])
    pool = pool.with_columns({"v": values}, {})
    assert run(write_task("select", select_settings, {"model": "model"}, pool=pool, dataset=dataset))[0] == 0


def test_a_model_of_another_target_is_refused(write_task, select_settings, pool, dataset, store_model):
    store_model(target="volume")
    status, result = run(write_task("select", select_settings, {"model": "model"}, pool=pool, dataset=dataset))
    assert status == 2
    assert "model: 'volume' is refused" in result["message"]


def test_a_model_that_was_changed_is_refused(write_task, select_settings, pool, dataset, store_model, tmp_path):
    store_model("lightgbm")
    path = tmp_path / "model" / "lightgbm.txt"
    path.write_text(path.read_text()[:200])
    status, result = run(write_task("select", select_settings, {"model": "model"}, pool=pool, dataset=dataset))
    assert status == 2
    assert "sha256" in result["message"]


@pytest.mark.parametrize(
    ("changes", "message"), [({"batch_size": 0}, "settings.batch_size"), ({"batch": 3}, "Did you mean 'batch_size'")]
)
def test_settings_that_mean_nothing_are_refused(write_task, select_settings, pool, changes, message):
    status, result = run(write_task("select", select_settings | changes, pool=pool))
    assert status == 2
    assert message in result["message"]
