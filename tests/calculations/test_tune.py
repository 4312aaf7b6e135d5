from __future__ import annotations

import pytest
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import Dict, Int

from aiida_matal.calculations.tune import TuneCalculation
from aiida_matal.data.table import TableData
from aiida_matal.science.learning.training import LearnerSettings

MADE = {"model", "learner", "metrics", "elimination", "trials", "retrieved", "remote_folder"}


@pytest.fixture
def tune_inputs(task_code, liquid_labels, nested_settings):
    dataset = TableData(liquid_labels, role="dataset")
    return {"code": task_code, "dataset": dataset, "training": Dict(nested_settings), "seed": Int(3)}


def test_fold_gives_a_model_its_learner_and_the_parity_of_the_rows_held_out(tune_inputs, liquid_labels):
    with enable_caching():
        outputs, node = run_get_node(TuneCalculation, **tune_inputs, fold=Int(0))
        again, cached = run_get_node(TuneCalculation, **tune_inputs, fold=Int(0))
    assert node.exit_status == 0, node.exit_message
    assert set(outputs) == MADE | {"parity"}
    learner = LearnerSettings.parse(outputs["learner"].get_dict(), "learner")
    assert learner.features == outputs["model"].features
    assert outputs["model"].base.attributes.get("baseline") == "miedema_enthalpy"
    assert outputs["model"].scores == outputs["metrics"].get_dict()
    assert outputs["parity"].role == "parity"
    held_out = liquid_labels.take(liquid_labels.positions(outputs["parity"].table["id"].tolist()))
    assert len(set(held_out["system"].tolist())) in (7, 8)
    assert outputs["trials"].table["trial"].tolist() == [0, 1]
    assert cached.base.caching.is_created_from_cache
    for name in MADE - {"remote_folder"}:
        assert again[name].base.caching.get_hash() == outputs[name].base.caching.get_hash()


def test_final_model_has_no_parity(tune_inputs, nested_settings):
    training = Dict({**nested_settings, "elimination": None, "tuning": None})
    outputs, node = run_get_node(TuneCalculation, **{**tune_inputs, "training": training})
    assert node.exit_status == 0, node.exit_message
    assert set(outputs) == MADE - {"elimination", "trials"}
    assert outputs["model"].base.attributes.get("n_labels") == 44
    assert outputs["metrics"].get_dict() == {}
