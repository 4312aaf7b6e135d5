from __future__ import annotations

import json

import numpy as np
import pytest

from aiida_matal.science.learning.model_files import write_model
from aiida_matal.science.learning.training import LearnerSettings, fit
from aiida_matal.science.learning.training_data import training_data
from aiida_matal.science.mixing.elements import known_elements
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
from aiida_matal.science.mixing.redlich_kister import fit_redlich_kister, polynomials_of
from aiida_matal.science.table import Table
from aiida_matal.tasks.main import main


@pytest.fixture
def model(tmp_path, nested_settings, liquid_labels):
    """A model of six metals, stored in the task folder."""
    learner = LearnerSettings.parse(nested_settings["learner"], "learner")
    data = training_data(liquid_labels, learner.features, learner.target, learner.baseline)
    fitted, card = fit(data, learner, seed=1)
    write_model(tmp_path / "model", fitted, card)
    return fitted, card


@pytest.fixture
def do_task(write_task):
    """Return a function that does the task and returns exit status, result and tables."""

    def do(settings, models=("model",), **tables):
        folder = write_task("predict", settings, {name: name for name in models}, **tables)
        status = main([str(folder)])
        result = json.loads((folder / "result.json").read_text())
        return status, result, {name: Table.read(folder / path) for name, path in result.get("tables", {}).items()}

    return do


def test_all_binaries_of_a_space_are_predicted(do_task, model):
    status, result, tables = do_task({"space": {"elements": ["Fe", "Cu", "Al"]}})
    assert status == 0, result
    fitted, card = model
    predictions = tables["predictions"]
    assert np.unique(predictions["system"]).tolist() == ["Al-Cu", "Al-Fe", "Cu-Fe"]
    assert predictions["x_b"][:19].tolist() == pytest.approx([0.05 * step for step in range(1, 20)])
    pool = mixing_pool(MixingSpace(elements=["Al", "Cu", "Fe"], compositions=predictions["x_b"][:19].tolist()))
    assert predictions["id"].tolist() == pool["id"].tolist()
    corrected = fitted.predict(pool.matrix(card.features)).mean + pool["miedema_enthalpy"]
    assert predictions["predicted"] == pytest.approx(corrected)
    assert (predictions["baseline"] == pool["miedema_enthalpy"]).all()
    assert np.isnan(predictions["predicted_error"]).all()
    # Of the three systems, the model has learned from Al-Cu alone; at the ends features lie outside its labels' too.
    inside = predictions["inside_domain"]
    assert inside[predictions["id"] == "Al-Cu_x0.500"].all()
    assert result["values"] == {
        "n_points": 57,
        "n_systems": 3,
        "n_outside_domain": int((~inside).sum()),
        "n_left_out": 0,
    }
    polynomial = polynomials_of(tables["redlich_kister"])["Al-Fe"]
    rows = predictions["system"] == "Al-Fe"
    expected = fit_redlich_kister(predictions["x_b"][rows], predictions["predicted"][rows]).polynomial
    assert polynomial.coefficients == pytest.approx(expected.coefficients)


@pytest.mark.usefixtures("model")
def test_all_elements_take_seconds(do_task):
    status, result, tables = do_task({"space": {"elements": known_elements()}})
    assert status == 0
    assert result["values"]["n_points"] + result["values"]["n_left_out"] == 19 * 70 * 69 / 2
    assert result["values"]["n_systems"] == len(tables["redlich_kister"])
    assert np.isfinite(tables["predictions"]["predicted"]).all()
    assert result["wall_seconds"] < 20


def test_points_are_predicted_without_polynomials(do_task, model, liquid_labels):
    points = liquid_labels.with_columns(
        {"miedema_enthalpy": np.where(liquid_labels["element_a"] == "Al", np.nan, liquid_labels["miedema_enthalpy"])},
        {"miedema_enthalpy": liquid_labels.columns["miedema_enthalpy"]},
    )
    status, result, tables = do_task({}, points=points)
    assert (status, list(tables)) == (0, ["predictions"])
    assert tables["predictions"]["id"].tolist() == points["id"][points["element_a"] != "Al"].tolist()
    assert tables["predictions"]["inside_domain"].all()
    assert (result["values"]["n_points"], result["values"]["n_left_out"]) == (33, 12)


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("settings", "models", "message"),
    [
        ({"space": {"elements": ["Al", "Xx"]}}, ("model",), "it holds 'Xx', which is not in the element table"),
        ({"space": {"elements": ["Al", "Cu"], "compositions": [1.0]}}, ("model",), "space.compositions.0: 1.0 is"),
        ({"space": {"elements": ["S", "Te"]}}, ("model",), "none has all features and the baseline of the model"),
        ({"space": {"elements": ["Al", "Cu"]}}, (), "'model' is missing"),
        ({}, ("model",), "'points' is missing"),
    ],
)
def test_what_cannot_be_predicted_is_refused(do_task, settings, models, message):
    status, result, _ = do_task(settings, models)
    assert status == 2
    assert message in result["message"]
