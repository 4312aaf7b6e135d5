from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import Bool, Dict, Int

from aiida_matal.calculations.landscape.train import TrainLandscapeCalculation
from aiida_matal.data.table import TableData
from aiida_matal.science.learning.model_files import read_model
from aiida_matal.science.registry import LANDSCAPE_LEARNERS

SEARCH = {"settings": {"n_trials": 2, "layers": [1, 1], "neurons": [3, 9]}}


@pytest.fixture
def training_inputs(task_code, fcc, landscape_dataset):
    learner = {"name": "idnn", "settings": {"layers": 1, "neurons": 6, "epochs": 10}, "search": SEARCH}
    return {
        "code": task_code,
        "system": Dict(fcc.settings.as_dict()),
        "dataset": TableData(landscape_dataset, role="dataset"),
        "learner": Dict(learner),
        "seed": Int(3),
    }


def test_training_gives_model_metrics_errors_and_history(training_inputs, landscape_dataset, tmp_path):
    ids = [f"test_{name}" for name in landscape_dataset["id"].tolist()]
    test_set = landscape_dataset.with_columns({"id": ids}, {"id": landscape_dataset.columns["id"]}).take(range(9))
    outputs, node = run_get_node(TrainLandscapeCalculation, **training_inputs, test_set=TableData(test_set))
    assert node.exit_status == 0, node.exit_message
    assert set(outputs) == {"model", "metrics", "errors", "history", "retrieved", "remote_folder"}
    model = outputs["model"]
    assert (model.kind, model.features) == ("idnn", ["eta_0", "eta_1", "eta_2", "eta_3"])
    assert model.scores == outputs["metrics"].get_dict()
    model.base.repository.copy_tree(tmp_path / "model")
    stored = read_model(tmp_path / "model", LANDSCAPE_LEARNERS)[0]
    eta, mu = (test_set.matrix([f"{name}_{j}" for j in range(4)]) for name in ("eta", "mu"))
    rmse = np.sqrt(np.mean((stored.mu(eta) - mu) ** 2))
    assert outputs["metrics"]["test_rmse"] == pytest.approx(rmse, rel=1e-12)
    assert len(outputs["history"]) == 10


def test_hyper_parameters_of_a_search_are_those_of_the_next_training(training_inputs):
    first = run_get_node(TrainLandscapeCalculation, **training_inputs, search=Bool(True))[0]
    trials = first["trials"].table
    found = trials["neurons"][trials["rank"] == 0].tolist()
    inputs = {**training_inputs, "previous_model": first["model"]}
    second, node = run_get_node(TrainLandscapeCalculation, **inputs)
    assert node.exit_status == 0, node.exit_message
    assert "trials" not in second
    assert [second["model"].base.attributes.get("settings")["neurons"]] == found
    with enable_caching():
        again = run_get_node(TrainLandscapeCalculation, **inputs)[1]
    assert again.base.caching.get_cache_source() == node.uuid


def test_input_that_the_worker_refuses_ends_with_its_message(training_inputs):
    inputs = {**training_inputs, "learner": Dict({"name": "idnn", "setings": {}})}
    outputs, node = run_get_node(TrainLandscapeCalculation, **inputs)
    assert node.exit_status == 210
    assert "settings.learner.setings: {} is refused: the key is unknown. Did you mean 'settings'?" in node.exit_message
    assert "model" not in outputs
