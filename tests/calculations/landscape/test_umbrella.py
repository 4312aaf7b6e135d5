from __future__ import annotations

import json

import numpy as np
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import Dict

from aiida_matal.calculations.landscape.umbrella import UmbrellaCalculation
from aiida_matal.science.landscape.columns import ETA, MU, vector

CACHED = "aiida.calculations:matal.umbrella"


def run(inputs, **changes):
    return run_get_node(UmbrellaCalculation, **{**inputs, **changes})


def without_cost(table):
    return table.select([name for name in table.names if name != "core_hours"])


def test_labels_are_an_output_and_equal_inputs_are_taken_from_the_cache(umbrella_inputs, points):
    outputs, node = run(umbrella_inputs)
    assert node.is_finished_ok, node.exit_message
    labels = outputs["labels"]
    assert labels.role == "labels"
    assert labels.table["id"].tolist() == ["p0", "p1", "p2"]
    assert set(labels.table["status"].tolist()) == {"ok"}
    phi = np.array([0.5] + [0.05] * 6)
    forces = -2 * phi * (vector(labels.table, ETA) - vector(points, "kappa"))
    np.testing.assert_allclose(vector(labels.table, MU), forces, rtol=0, atol=1e-12)
    assert "points.jsonl" not in outputs["retrieved"].base.repository.list_object_names()
    with enable_caching(identifier=CACHED):
        cached, copy = run(umbrella_inputs, settings=Dict(umbrella_inputs["settings"].get_dict()))
    assert copy.base.caching.get_cache_source() == node.uuid
    assert cached["labels"].table == labels.table


def test_threads_are_the_cores_of_the_job_and_change_nothing(umbrella_inputs, direct_labels):
    resources = {"num_machines": 1, "num_mpiprocs_per_machine": 1, "num_cores_per_mpiproc": 2}
    outputs, node = run(umbrella_inputs, metadata={"options": {"resources": resources}})
    task = json.loads(node.base.repository.get_object_content("task.json"))
    assert task["settings"]["n_threads"] == 2
    assert without_cost(outputs["labels"].table) == direct_labels


def test_job_that_was_killed_keeps_the_points_it_came_to(umbrella_inputs, dying_code, direct_labels):
    killed = {**umbrella_inputs, "code": dying_code("points.jsonl", 2)}
    outputs, node = run(killed)
    assert node.exit_status == 370
    assert node.exit_message == "The job ended after 2 of 3 points; what was done is kept."
    assert without_cost(outputs["labels"].table) == direct_labels.take([0, 1])
    assert not node.base.caching.is_valid_cache


def test_job_that_was_killed_at_once_has_no_labels(umbrella_inputs, dying_code):
    outputs, node = run(umbrella_inputs, code=dying_code("points.jsonl", 0))
    assert node.exit_status == 303
    assert "labels" not in outputs


def test_job_that_fails_keeps_its_points_and_says_why(umbrella_inputs, script_code, task_code):
    error = json.dumps({"status": "error", "type": "MemoryError", "message": "no room"})
    script = f"export OMP_NUM_THREADS=1\n{task_code.filepath_executable} $1\necho '{error}' > $1/result.json"
    outputs, node = run(umbrella_inputs, code=script_code(script))
    assert (node.exit_status, node.exit_message) == (302, "The task failed: no room")
    assert len(outputs["labels"]) == 3


def test_refused_settings_end_with_the_message_of_the_worker(umbrella_inputs):
    settings = {**umbrella_inputs["settings"].get_dict(), "temperature": -1.0}
    outputs, node = run(umbrella_inputs, settings=Dict(settings))
    assert node.exit_status == 210
    assert "settings.umbrella.temperature: -1.0 is refused" in node.exit_message
    assert "labels" not in outputs
