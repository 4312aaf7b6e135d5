"""A campaign in the daemon: killed workers, and the same decisions however it is run."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest
from aiida.engine import run_get_node, submit
from aiida.manage.caching import enable_caching
from aiida.orm import CalcJobNode, Dict, WorkChainNode

from aiida_matal.workflows.campaigns.continuation import rounds_of
from aiida_matal.workflows.campaigns.enthalpy import EnthalpyCampaign

ELEMENTS = ["Ag", "Cu", "Ni"]
SHORT = {
    "space": {"compositions": [0.25, 0.5, 0.75], "temperature": 2100.0},
    "oracle": {
        "liquid": {
            "n_atoms": 64,
            "hot_start_steps": 200,
            "volume_steps": 600,
            "production_steps": 3000,
            "energy_error": 1.0,
            "volume_search": {"pressure_tolerance": 10.0},
        }
    },
    "start_design": {"batch_size": 2},
    "selection": {"batch_size": 1},
    "stopping": {"max_rounds": {"rounds": 2}},
}


@pytest.fixture
def builder(task_code, lammps_code, eam_files):
    files = eam_files(ELEMENTS)
    potential = Dict({"pair_style": "eam", "files": {symbol: file.filename for symbol, file in files.items()}})
    engine = {"code": lammps_code, "potential": potential, "files": files}
    return EnthalpyCampaign.get_builder_from_protocol(task_code, engine, ELEMENTS, "quick", SHORT)


def test_decisions_are_the_same_in_a_plain_run_cached_and_in_a_daemon_whose_worker_is_killed(
    builder, started_daemon_client
):
    _, plain = run_get_node(builder)
    assert plain.exit_status == 0, plain.exit_message

    with enable_caching(identifier="aiida.calculations:matal.*"):
        _, cached = run_get_node(builder)
    jobs = [node for node in cached.called_descendants if isinstance(node, CalcJobNode)]
    lammps = [node for node in jobs if node.process_label == "LammpsMdCalculation"]
    assert lammps
    assert all(node.base.caching.is_created_from_cache for node in lammps)
    assert_same_campaign(cached, plain)

    killed = submit(builder)
    wait_until(lambda: running_lammps(killed), killed)
    workers = [int(pid) for pid in started_daemon_client.get_worker_info()["info"]]
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: killed.is_terminated, killed)
    assert killed.exit_status == 0, killed.exit_message
    assert_same_campaign(killed, plain)


def assert_same_campaign(first: WorkChainNode, second: WorkChainNode) -> None:
    first_rounds, second_rounds = rounds_of(first), rounds_of(second)
    assert sorted(first_rounds) == sorted(second_rounds) == [0, 1, 2]
    for number in (0, 1):
        decision = first_rounds[number].outputs.decision.table
        assert decision == second_rounds[number].outputs.decision.table
    labels, expected = first.outputs.dataset.table, second.outputs.dataset.table
    assert labels["id"].tolist() == expected["id"].tolist()
    assert labels["status"].tolist() == ["ok"] * 3
    np.testing.assert_array_equal(labels["enthalpy_of_mixing"], expected["enthalpy_of_mixing"])


def running_lammps(campaign: WorkChainNode) -> bool:
    jobs = [node for node in campaign.called_descendants if node.process_label == "LammpsMdCalculation"]
    return any(not job.is_terminated for job in jobs)


def wait_until(condition, campaign: WorkChainNode, timeout: float = 600.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"timeout; campaign {campaign.pk} is {campaign.process_state}"
        assert not campaign.is_terminated or condition(), campaign.exit_message
        time.sleep(0.2)
