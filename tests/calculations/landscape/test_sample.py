from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import Dict, Int

from aiida_matal.calculations.landscape.sample import SampleCalculation
from aiida_matal.science.landscape.sampling.sample import sample
from aiida_matal.science.landscape.sampling.settings import SamplingSettings

PHI = {"composition": 50.0, "order": 0.05}
SAMPLING = {
    "criteria": {"billiard_walk": {"n_points": 30}, "set_wells": {"n_points": 1}, "high_error": {"n_points": 4}},
    "reweighting": {"alpha": 10.0, "floor": 1},
}


@pytest.fixture
def sampling_inputs(task_code, fcc):
    return {"code": task_code, "system": Dict(fcc.settings.as_dict()), "phi": Dict(PHI), "seed": Int(3)}


def test_sampling_gives_decision_candidates_and_summary(sampling_inputs, fcc):
    inputs = {**sampling_inputs, "sampling": Dict(SAMPLING)}
    outputs, node = run_get_node(SampleCalculation, **inputs)
    assert node.exit_status == 0, node.exit_message
    phi = np.array([50.0, 0.05, 0.05, 0.05])
    expected = sample(fcc, SamplingSettings.parse(SAMPLING, "sampling"), 0, 3, phi=phi)
    assert outputs["decision"].table == expected.decision
    assert outputs["candidates"].table == expected.candidates
    assert outputs["summary"].get_dict() == expected.summary
    assert (outputs["decision"].role, outputs["candidates"].role) == ("decision", "candidates")
    with enable_caching():
        copy = run_get_node(SampleCalculation, **inputs)[1]
    assert copy.base.caching.get_cache_source() == node.uuid


def test_weights_come_from_the_summary_of_the_round_before(sampling_inputs):
    summary = {"weight_billiard_walk": 0.5, "weight_set_wells": 1.5, "weight_high_error": 1.0, "n_candidates": 7}
    inputs = {**sampling_inputs, "sampling": Dict(SAMPLING), "number": Int(1), "summary": Dict(summary)}
    outputs, node = run_get_node(SampleCalculation, **inputs)
    assert node.exit_status == 0, node.exit_message
    weights = {name: value for name, value in outputs["summary"].get_dict().items() if name.startswith("weight_")}
    assert weights == {name: value for name, value in summary.items() if name.startswith("weight_")}
    assert outputs["summary"]["n_billiard_walk"] == 15


def test_a_test_set_has_candidates_and_no_decision(sampling_inputs):
    design = {"temperature": 900.0, "n_points": {"BW": 6, "wells": 3}, "explored_points": 100}
    outputs, node = run_get_node(SampleCalculation, **sampling_inputs, test_design=Dict(design))
    assert node.exit_status == 0, node.exit_message
    assert "decision" not in outputs
    assert outputs["candidates"].table["criterion"].tolist() == ["BW"] * 6 + ["wells"] * 3
    assert outputs["summary"].get_dict() == {"n_candidates": 9, "n_BW": 6, "n_wells": 3}


@pytest.mark.parametrize("modes", [{}, {"sampling": SAMPLING, "test_design": {"temperature": 900.0}}])
def test_a_job_has_one_thing_to_do(sampling_inputs, modes):
    inputs = {**sampling_inputs, **{name: Dict(values) for name, values in modes.items()}}
    with pytest.raises(ValueError, match=r"it samples a round or designs a test set\. Give one of the two"):
        run_get_node(SampleCalculation, **inputs)
