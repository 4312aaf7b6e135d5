"""Phase diagrams from models that exist, and from a campaign at each temperature."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiida.engine import run_get_node
from aiida.orm import Dict, List

from aiida_matal.data.model import ModelData
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.phase_diagram import PhaseSettings, find_phases
from aiida_matal.science.landscape.system import read_system
from aiida_matal.science.table import Table
from aiida_matal.workflows.campaigns.free_energy import FreeEnergyCampaign
from aiida_matal.workflows.phase_diagram import PhaseDiagramWorkChain, at_temperature
from tests.landscape_models import write_random_idnn

EXAMPLES = Path(__file__).parents[2] / "examples" / "free_energy"
SETTINGS = {"composition_step": 0.05, "order_step": 0.1}

#: One round of few points in one small cell, and no test set.
CAMPAIGN = {
    "oracle": {
        "repeats": [2, 2, 2],
        "phi": {"composition": 1.0, "order": 1.0},
        "equilibration_passes": 50,
        "min_passes": 200,
        "max_passes": 400,
        "precision": 0.5,
    },
    "sampling": {
        "criteria": {
            "billiard_walk": {"n_points": 8},
            "set_wells": None,
            "vertices": None,
            "endpoints": None,
            "high_error": None,
            "sensitivity": None,
            "query_by_committee": None,
            "find_wells": None,
            "non_convexities": None,
            "lowest_free_energy": None,
        }
    },
    "test_design": {"n_points": {"BW": 4}},
    "learner": {"settings": {"layers": 1, "neurons": 4, "epochs": 2, "ideal_mixing": 300.0}, "search": None},
    "stopping": {"max_rounds": {"rounds": 1}},
}


@pytest.fixture(scope="module")
def fcc():
    return read_system(EXAMPLES / "fcc_l10.yaml")


@pytest.fixture
def store_model(tmp_path):
    """Return a function that stores a random model of a system and returns both."""

    def store(system, seed):
        model, _ = write_random_idnn(tmp_path / f"model_{seed}", system, seed=seed, temperature=600.0)
        return model, ModelData.from_folder(tmp_path / f"model_{seed}", {}).store()

    return store


@pytest.fixture
def make_inputs(task_code, fcc):
    def make(temperatures, **inputs):
        settings, system = Dict(SETTINGS), Dict(fcc.settings.as_dict())
        return {
            "code": task_code,
            "system": system,
            "settings": settings,
            "temperatures": List(temperatures),
            **inputs,
        }

    return make


@pytest.fixture
def campaign(task_code, fcc):
    """Inputs of a tiny campaign without those that the phase diagram gives to it."""
    builder = FreeEnergyCampaign.get_builder_from_protocol(task_code, fcc.settings.as_dict(), "quick", CAMPAIGN)
    inputs = builder._inputs(prune=True)
    return {name: inputs[name] for name in inputs if name not in ("code", "system")}


def test_models_at_two_temperatures(make_inputs, store_model, fcc):
    first, second = store_model(fcc, 1), store_model(fcc, 2)
    models = {"model_00": first[1], "model_01": second[1]}
    outputs, node = run_get_node(PhaseDiagramWorkChain, **make_inputs([300.0, 400.0], models=models))
    assert node.exit_status == 0, node.exit_message
    settings = PhaseSettings.parse(SETTINGS, "phases")
    expected = [find_phases(first[0], fcc, 300.0, settings), find_phases(second[0], fcc, 400.0, settings)]
    assert outputs["curves"].table == Table.concatenate([phases.curve for phases in expected])
    assert outputs["phase_diagram"].table == Table.concatenate([phases.boundaries for phases in expected])


def test_a_temperature_that_fails_is_left_out(make_inputs, store_model, fcc):
    odd = store_model(read_system(EXAMPLES / "zigzag.yaml"), 3)[1]
    models = {"model_00": odd, "model_01": store_model(fcc, 1)[1]}
    outputs, node = run_get_node(PhaseDiagramWorkChain, **make_inputs([300.0, 400.0], models=models))
    assert node.exit_status == 301
    assert node.exit_message.startswith("1 of 2 temperatures are left out: 300 K: PhaseBoundariesCalculation")
    assert "it has 7 coordinates" in node.exit_message
    assert set(outputs["curves"].table["temperature"]) == {400.0}


def test_a_campaign_makes_the_model_of_a_temperature(make_inputs, campaign):
    del campaign["test_design"]
    outputs, node = run_get_node(PhaseDiagramWorkChain, **make_inputs([700.0], campaign=campaign))
    assert node.exit_status == 0, node.exit_message
    made, phases, _ = node.called
    assert (made.process_label, phases.process_label) == ("FreeEnergyCampaign", "PhaseBoundariesCalculation")
    assert made.inputs.oracle.settings["temperature"] == 700.0
    assert phases.inputs.model.uuid == made.outputs.model.uuid
    assert phases.inputs.temperature.value == 700.0
    curves = outputs["curves"].table
    assert set(curves["temperature"]) == {700.0}
    assert len(curves) == 21


def test_oracle_test_set_and_ideal_mixing_get_the_temperature(campaign):
    assert campaign["oracle"]["settings"]["temperature"] == 300.0
    inputs = at_temperature(campaign, 500.0)
    assert inputs["oracle"]["settings"]["temperature"] == 500.0
    assert inputs["test_design"]["temperature"] == 500.0
    assert inputs["learner"]["settings"]["ideal_mixing"] == 500.0
    assert set(inputs) == set(campaign)


def test_only_ideal_mixing_that_is_there_gets_a_temperature(campaign):
    campaign["learner"] = Dict({"name": "idnn", "settings": {"ideal_mixing": None}})
    assert at_temperature(campaign, 500.0)["learner"]["settings"]["ideal_mixing"] is None


@pytest.mark.parametrize(
    ("temperatures", "message"),
    [
        ([], "there are none"),
        ([300.0, 300.0], "they do not ascend"),
        ([-1.0], "one is no number above 0"),
        ([300.0, 400.0], "there are 2 temperatures"),
    ],
)
def test_odd_temperatures_are_refused(make_inputs, store_model, fcc, temperatures, message):
    models = {"model_00": store_model(fcc, 1)[1]}
    with pytest.raises(ValueError, match=message):
        run_get_node(PhaseDiagramWorkChain, **make_inputs(temperatures, models=models))


def test_models_and_campaign_exclude_each_other(make_inputs, store_model, fcc, campaign):
    with pytest.raises(ValueError, match="either models or a campaign is needed"):
        run_get_node(PhaseDiagramWorkChain, **make_inputs([300.0]))
    models = {"model_00": store_model(fcc, 1)[1]}
    with pytest.raises(ValueError, match="either models or a campaign is needed"):
        run_get_node(PhaseDiagramWorkChain, **make_inputs([300.0], models=models, campaign=campaign))


def test_labels_by_a_model_have_no_temperature(campaign):
    campaign["oracle"] = {"settings": Dict({"noise": 0.0, "seed": 1})}
    with pytest.raises(InputError, match="its oracle has no temperature"):
        at_temperature(campaign, 300.0)
