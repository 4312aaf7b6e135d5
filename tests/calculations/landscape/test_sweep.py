from __future__ import annotations

from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import Dict

from aiida_matal.calculations.landscape.sweep import SweepCalculation


def run(inputs, **changes):
    return run_get_node(SweepCalculation, **{**inputs, **changes})


def test_paths_go_forth_and_back_and_equal_inputs_are_taken_from_the_cache(sweep_inputs):
    outputs, node = run(sweep_inputs)
    assert node.is_finished_ok, node.exit_message
    averages = outputs["averages"].table
    assert averages["temperature"].tolist() == [300.0] * 5 + [600.0] * 5
    assert averages["mu"].tolist() == [-0.1, 0.0, 0.1, 0.0, -0.1] * 2
    assert averages["branch"].tolist() == (["up"] * 3 + ["down"] * 2) * 2
    composition = averages["eta_0"].reshape(2, 5)
    assert (composition[:, 0] < 0.5).all()
    assert (composition[:, 2] > 0.5).all()
    with enable_caching(identifier="aiida.calculations:matal.sweep"):
        cached, copy = run(sweep_inputs)
    assert copy.base.caching.get_cache_source() == node.uuid
    assert cached["averages"].table == averages


def test_sweep_that_was_killed_keeps_the_conditions_that_were_finished(sweep_inputs, dying_code, direct_averages):
    outputs, node = run(sweep_inputs, code=dying_code("conditions.jsonl", 7))
    assert node.exit_status == 370
    assert node.exit_message == "The job ended after 7 of 10 conditions; what was done is kept."
    assert outputs["averages"].table == direct_averages(sweep_inputs).take(range(7))
    assert not node.base.caching.is_valid_cache


def test_paths_along_the_temperature_are_kept_too(sweep_inputs, dying_code, direct_averages):
    settings = {**sweep_inputs["settings"].get_dict(), "along": "temperature", "and_back": False}
    inputs = {**sweep_inputs, "settings": Dict(settings)}
    outputs, node = run(inputs, code=dying_code("conditions.jsonl", 4))
    assert node.exit_message == "The job ended after 4 of 6 conditions; what was done is kept."
    assert outputs["averages"].table == direct_averages(inputs).take(range(4))
    assert outputs["averages"].table["branch"].tolist() == ["heating"] * 4


def test_refused_settings_end_with_the_message_of_the_worker(sweep_inputs):
    settings = {**sweep_inputs["settings"].get_dict(), "fields": [0.0, 0.0]}
    _, node = run(sweep_inputs, settings=Dict(settings))
    assert node.exit_status == 210
    assert "settings.sweep.fields" in node.exit_message
