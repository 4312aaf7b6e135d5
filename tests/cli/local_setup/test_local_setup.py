from __future__ import annotations

from pathlib import Path

import pytest
from aiida.manage.caching import get_use_cache
from aiida.manage.configuration import get_config
from aiida.orm import Computer, QueryBuilder, load_code, load_computer

from aiida_matal.cli.local_setup import setup_local
from aiida_matal.cli.local_setup.caching import CACHED
from aiida_matal.cli.local_setup.codes import LAMMPS, PW
from aiida_matal.science.errors import InputError

JOB = "aiida.calculations:matal.train"


def outcomes(steps):
    return [step.outcome for step in steps]


def test_empty_profile_gets_computer_codes_and_caching(executable):
    steps = setup_local({LAMMPS: executable("lmp")})
    assert outcomes(steps) == ["made", "made", "made", "changed"]
    computer = load_computer("localhost")
    assert (computer.transport_type, computer.scheduler_type) == ("core.local", "core.direct")
    assert computer.get_minimum_job_poll_interval() == 0.1
    assert computer.get_configuration()["use_login_shell"] is False
    assert Path(computer.get_workdir()).is_relative_to(get_config().dirpath)
    assert load_code("matal-task@localhost").filepath_executable.name == "matal-task"
    assert load_code("lammps@localhost").filepath_executable.name == "lmp"
    assert get_use_cache(identifier=JOB)


def test_second_run_changes_nothing(executable):
    lmp = executable("lmp")
    setup_local({LAMMPS: lmp})
    pks = [load_code(label).pk for label in ("lammps@localhost", "matal-task@localhost")]
    assert outcomes(setup_local({LAMMPS: lmp})) == ["found"] * 4
    assert [load_code(label).pk for label in ("lammps@localhost", "matal-task@localhost")] == pks


def test_by_default_lammps_is_the_only_engine():
    assert [step.name for step in setup_local(caching=False)][1:] == [
        "code matal-task@localhost",
        "code lammps@localhost",
    ]


def test_nothing_is_stored_if_an_executable_is_none(executable, tmp_path):
    with pytest.raises(InputError, match=r"--pw: .* is refused: it is not an executable\. Give the path of pw\.x"):
        setup_local({LAMMPS: executable("lmp"), PW: tmp_path})
    assert QueryBuilder().append(Computer).count() == 0


def test_computer_that_was_not_configured_is_configured():
    Computer("localhost", "localhost", "", "core.local", "core.direct", workdir="/tmp").store()  # noqa: S108
    assert setup_local({})[0].outcome == "changed"
    assert load_computer("localhost").is_configured


def test_caching_options_of_the_user_stay(aiida_profile):
    get_config().set_option("caching.enabled_for", ["aiida.calculations:core.arithmetic.add"], scope=aiida_profile.name)
    setup_local({})
    enabled = get_config().get_option("caching.enabled_for", scope=aiida_profile.name)
    assert enabled == ["aiida.calculations:core.arithmetic.add", CACHED]
