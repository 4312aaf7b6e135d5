from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import Dict

from aiida_matal.calculations.train import TrainCalculation
from aiida_matal.data.table import TableData
from aiida_matal.science.learning.model_files import read_model


def test_training_gives_model_metrics_and_parity(train_inputs, dataset_table, pool_table, tmp_path):
    others = pool_table.take(range(10, 15)).rows()
    rows = [{**row, "energy": 2 * row["u"] - row["v"]} for row in others]
    test_set = dataset_table.take(range(5)).with_columns(
        {name: [row[name] for row in rows] for name in ("id", "u", "v", "energy")},
        {name: dataset_table.columns[name] for name in ("id", "u", "v", "energy")},
    )
    outputs, node = run_get_node(TrainCalculation, **train_inputs, test_set=TableData(test_set, role="dataset"))
    assert node.exit_status == 0, node.exit_message
    assert set(outputs) == {"model", "metrics", "parity", "retrieved", "remote_folder"}
    model, metrics, parity = outputs["model"], outputs["metrics"].get_dict(), outputs["parity"].table
    assert (model.kind, model.features) == ("gaussian_process", ["u", "v"])
    assert model.base.attributes.get("unit") == "kJ/mol"
    assert model.scores == metrics
    assert parity["id"].tolist() == [f"c{row:02d}" for row in range(6)]
    residuals = parity["predicted"] - parity["observed"]
    assert metrics["cv_rmse"] == pytest.approx(np.sqrt(np.mean(residuals**2)))
    assert metrics["cv_mae"] == pytest.approx(np.mean(np.abs(residuals)))
    model.base.repository.copy_tree(tmp_path / "model")
    predicted = read_model(tmp_path / "model")[0].predict(test_set.matrix(["u", "v"])).mean
    assert metrics["test_rmse"] == pytest.approx(np.sqrt(np.mean((predicted - test_set["energy"]) ** 2)))


def test_equal_training_comes_from_the_cache_and_gives_an_equal_model(train_inputs):
    with enable_caching():
        first, _ = run_get_node(TrainCalculation, **train_inputs)
        second, node = run_get_node(TrainCalculation, **train_inputs)
    assert node.base.caching.is_created_from_cache
    for name in ("model", "metrics", "parity"):
        assert second[name].base.caching.get_hash() == first[name].base.caching.get_hash()


def test_input_that_the_worker_refuses_ends_with_its_message(train_inputs):
    learner = {**train_inputs["learner"].get_dict(), "features": ["u", "w"]}
    outputs, node = run_get_node(TrainCalculation, **{**train_inputs, "learner": Dict(learner)})
    assert node.exit_status == 210
    assert "column: 'w' is refused: the table has no such column" in node.exit_message
    assert "model" not in outputs


@pytest.mark.parametrize(
    ("script", "status", "message"),
    [
        ("echo the disk is full", 303, "no readable result.json; its output ends: the disk is full"),
        ("echo '{\"status\":' > result.json", 303, "no readable result.json; its output ends: (empty output)"),
        (
            """echo '{"status": "error", "type": "MemoryError", "message": "no memory"}' > result.json""",
            302,
            "The task failed: no memory",
        ),
        (
            """echo '{"status": "ok", "values": {}, "tables": {"parity": "parity.npz"}, """
            """"models": {"model": "model_out"}}' > result.json""",
            303,
            "model_out",
        ),
    ],
    ids=["no result", "half a result", "failure", "no model"],
)
def test_worker_that_leaves_no_result_is_reported_and_not_reused(train_inputs, script_code, script, status, message):
    inputs = {**train_inputs, "code": script_code(script)}
    with enable_caching():
        outputs, node = run_get_node(TrainCalculation, **inputs)
        _, again = run_get_node(TrainCalculation, **inputs)
    assert node.exit_status == again.exit_status == status
    assert message in node.exit_message
    assert "model" not in outputs
    assert not again.base.caching.is_created_from_cache


def test_model_whose_files_were_changed_on_the_way_is_refused(train_inputs, script_code):
    worker = train_inputs["code"].filepath_executable
    code = script_code(f'export OMP_NUM_THREADS=1\n{worker} "$@"\necho x >> model_out/gaussian_process.npz')
    _, node = run_get_node(TrainCalculation, **{**train_inputs, "code": code})
    assert node.exit_status == 303
    assert "gaussian_process.npz is not the one the model was made of" in node.exit_message
