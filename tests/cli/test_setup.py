from __future__ import annotations

import json

import pytest
from aiida.manage.caching import get_use_cache
from aiida.manage.configuration import get_config
from aiida.orm import Computer, QueryBuilder, load_code, load_group

UPF = '<UPF version="2.0.1">\n<PP_HEADER element="{0}" z_valence="3.0"/>\n</UPF>\n'


@pytest.fixture(autouse=True)
def empty_profile(aiida_profile_clean):
    """An empty profile whose caching options are put back afterwards."""
    yield
    get_config().unset_option("caching.enabled_for", scope=aiida_profile_clean.name)


@pytest.fixture
def executable(tmp_path):
    """An executable that does nothing."""
    path = tmp_path / "code"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def pseudos(tmp_path):
    """A folder of pseudopotentials."""
    folder = tmp_path / "pseudos"
    folder.mkdir()
    (folder / "Cu.UPF").write_text(UPF.format("Cu"))
    return folder


def test_json_holds_every_step(run_command, executable, pseudos):
    codes = ["--lammps", executable, "--pw", executable, "--vasp", executable]
    steps = json.loads(run_command("setup", "--json", *codes, "--pseudos", pseudos).stdout)
    assert {step["name"]: step["outcome"] for step in steps} == {
        "computer localhost": "made",
        "code matal-task@localhost": "made",
        "code lammps@localhost": "made",
        "code pw@localhost": "made",
        "code vasp@localhost": "made",
        "caching": "changed",
        "pseudopotentials pseudos": "made",
    }
    assert load_code("vasp@localhost").default_calc_job_plugin == "matal.vasp.md"


def test_caching_is_left_alone_if_asked(run_command):
    run_command("setup", "--no-caching")
    assert not get_use_cache(identifier="aiida.calculations:matal.train")


def test_label_of_the_family_can_be_given(run_command, pseudos):
    run_command("setup", "--pseudos", pseudos / "Cu.UPF", "--family", "mine")
    assert load_group("mine").elements == ["Cu"]


def test_code_that_is_no_executable_is_refused(run_command, tmp_path):
    assert "it is not an executable" in run_command("setup", "--lammps", tmp_path, exit_code=2).output


def test_folder_of_potcars_without_any_is_refused_before_anything_is_stored(run_command, pseudos):
    assert "there is no POTCAR in it" in run_command("setup", "--potcars", pseudos, exit_code=2).output
    assert QueryBuilder().append(Computer).count() == 0


def test_two_families_in_one_command_are_refused(run_command, pseudos):
    arguments = ["--pseudos", pseudos, "--potcars", pseudos]
    assert "one command stores one family" in run_command("setup", *arguments, exit_code=2).output


def test_label_without_a_family_is_refused(run_command):
    assert "there is nothing to store" in run_command("setup", "--family", "mine", exit_code=2).output
