from __future__ import annotations

import pytest
from aiida.engine import run_get_node
from aiida.orm import Dict

from aiida_matal.calculations.predict import PredictCalculation
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.learning.model_files import write_model
from aiida_matal.science.learning.predicting import predict_table
from aiida_matal.science.learning.training import LearnerSettings, fit
from aiida_matal.science.learning.training_data import training_data

SPACE = {"elements": ["Al", "Cu", "Fe"], "compositions": [0.2, 0.4, 0.6, 0.8]}


@pytest.fixture
def model(tmp_path, nested_settings, liquid_labels):
    learner = LearnerSettings.parse(nested_settings["learner"], "learner")
    data = training_data(liquid_labels, learner.features, learner.target, learner.baseline)
    fitted, card = fit(data, learner, seed=1)
    write_model(tmp_path / "model", fitted, card)
    return ModelData.from_folder(tmp_path / "model", {})


def test_space_is_predicted_with_a_polynomial_for_each_system(task_code, model):
    outputs, node = run_get_node(PredictCalculation, code=task_code, model=model, space=Dict(SPACE))
    assert node.exit_status == 0, node.exit_message
    assert set(outputs) == {"predictions", "redlich_kister", "summary", "retrieved", "remote_folder"}
    predictions = outputs["predictions"]
    assert (predictions.role, len(predictions)) == ("predictions", 12)
    assert predictions.table.columns["predicted"].unit == "kJ/mol"
    assert outputs["redlich_kister"].table["system"].tolist() == ["Al-Cu", "Al-Fe", "Cu-Fe"]
    assert (outputs["summary"]["n_systems"], outputs["summary"]["n_left_out"]) == (3, 0)


def test_points_of_a_table_are_predicted(task_code, model, nested_settings, liquid_labels):
    points = TableData(liquid_labels, role="dataset")
    outputs, node = run_get_node(PredictCalculation, code=task_code, model=model, points=points)
    assert node.exit_status == 0, node.exit_message
    assert "redlich_kister" not in outputs
    learner = LearnerSettings.parse(nested_settings["learner"], "learner")
    data = training_data(liquid_labels, learner.features, learner.target, learner.baseline)
    expected = predict_table(*fit(data, learner, seed=1), liquid_labels).mean
    assert outputs["predictions"].table["predicted"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, "one of space and points is needed"),
        ({"space": {"elements": ["Al", "Xx"]}}, "space.elements: .* it holds 'Xx'"),
        ({"space": {"elements": ["Al", "Cu"], "composition": [0.5]}}, "Did you mean 'compositions'"),
    ],
)
def test_wrong_inputs_are_refused_before_anything_runs(task_code, model, inputs, message):
    nodes = {name: Dict(value) for name, value in inputs.items()}
    with pytest.raises(ValueError, match=message):
        run_get_node(PredictCalculation, code=task_code, model=model, **nodes)
