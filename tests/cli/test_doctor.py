from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LOSE_A_PROCESS = """
from aiida import load_profile
load_profile()
from aiida.engine.utils import instantiate_process
from aiida.manage import get_manager
from aiida.orm import Dict
from aiida_matal.data.table import TableData
from aiida_matal.science.table import Column, Table
from aiida_matal.workflows.oracles.reference import ReferenceWorkChain
table = Table({"id": ["a"], "y": [1.0]}, {"id": Column("candidate"), "y": Column("height", "m")})
inputs = {"candidates": TableData(table), "reference": TableData(table), "settings": Dict({"quantity": "y"})}
runner = get_manager().get_runner()
process = instantiate_process(runner, ReferenceWorkChain, **inputs)
runner.persister.save_checkpoint(process)
process.close()
print(process.pid)
"""
DOCTOR = """
from aiida_matal.cli.checks import services
from aiida_matal.cli.main import main
services.MAX_CREATED = 0
main({arguments})
"""


def outcomes(output):
    return {finding["check"]: finding["outcome"] for finding in json.loads(output)}


@pytest.fixture
def installation(tmp_path):
    """Return a function that runs Python in an AiiDA installation of its own, whose daemon runs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "AIIDA_PATH": str(tmp_path), "PATH": path}

    def run(*arguments):
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)

    assert run("-m", "aiida", "presto", "-n", "-p", "lost", "--use-zeromq").returncode == 0
    run("-m", "aiida", "config", "set", "daemon.timeout", "30")
    assert run("-m", "aiida", "daemon", "start").returncode == 0
    yield run
    run("-m", "aiida", "daemon", "stop")


def test_exit_status_is_1_if_something_fails(run_command, stopped_daemon_client):
    found = outcomes(run_command("doctor", "--json", exit_code=1).stdout)
    assert (found["daemon"], found["profile"]) == ("fail", "ok")


def test_every_failure_has_a_cure(run_command, stopped_daemon_client):
    lines = run_command("doctor", exit_code=1).stdout.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert line.startswith(("fail", "warn")) == following.startswith("      cure: ")


def test_without_a_profile_only_the_package_is_checked(run_command):
    result = run_command("-p", "nowhere", "doctor", "--json", exit_code=1)
    assert outcomes(result.stdout) == {"package": "ok", "profile": "fail"}


def test_fix_revives_a_process_whose_task_was_lost(installation):
    pk = installation("-c", LOSE_A_PROCESS).stdout.strip()
    checked = installation("-c", DOCTOR.format(arguments=["doctor", "--json"]))
    assert (checked.returncode, outcomes(checked.stdout)["stuck processes"]) == (1, "fail")
    fixed = installation("-c", DOCTOR.format(arguments=["doctor", "--fix", "--json"]))
    assert fixed.returncode == 0, fixed.stderr
    assert "running: verdi process repair" in fixed.stderr
    assert outcomes(fixed.stdout)["stuck processes"] == "ok"
    assert pk not in installation("-m", "aiida", "process", "list", "-S", "created", "-r", "-P", "pk").stdout.split()
