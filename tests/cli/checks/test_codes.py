from __future__ import annotations

from pathlib import Path

import pytest
from aiida.orm import InstalledCode, Int
from aiida_pseudo.groups.family import SsspFamily

from aiida_matal.cli.checks import codes


@pytest.fixture
def make_code(aiida_profile_clean, aiida_computer_local, tmp_path):
    """Return a function that makes a code of this computer whose executable is there, beside other data."""
    Int(1).store()
    path = tmp_path / "tool"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)

    def make(plugin=None):
        computer = aiida_computer_local(label="here")
        values = {"label": "tool", "computer": computer, "filepath_executable": str(path)}
        return InstalledCode(**values, default_calc_job_plugin=plugin).store()

    return make


def test_profile_without_codes_is_warned_of(aiida_profile_clean):
    assert codes.check_codes().outcome == "warn"


def test_code_whose_executable_is_gone_fails_until_it_is_hidden(make_code):
    code = make_code()
    assert codes.check_codes().outcome == "ok"
    Path(code.filepath_executable).unlink()
    finding = codes.check_codes()
    assert finding.outcome == "fail"
    assert f"verdi code hide {code.pk}" in finding.cure
    code.is_hidden = True
    assert codes.check_codes().outcome == "warn"


@pytest.mark.parametrize("plugin", [None, "matal.lammps.md"])
def test_code_for_a_plugin_that_is_installed_is_well(make_code, plugin):
    make_code(plugin)
    assert codes.check_plugins().outcome == "ok"


def test_code_for_a_plugin_that_is_not_installed_is_warned_of_until_it_is_hidden(make_code):
    code = make_code("no.such.plugin")
    finding = codes.check_plugins()
    assert (finding.outcome, finding.message) == ("warn", "tool@here: no.such.plugin is not installed")
    code.is_hidden = True
    assert codes.check_plugins().outcome == "ok"


@pytest.mark.parametrize(
    ("plugin", "option"), [("matal.quantumespresso.md", "--pseudos"), ("matal.vasp.md", "--potcars")]
)
def test_ab_initio_code_without_potentials_is_warned_of(make_code, plugin, option):
    make_code(plugin)
    finding = codes.check_potentials()
    assert (finding.outcome, finding.cure) == ("warn", f"aiida-matal setup {option} FOLDER")


def test_family_of_any_kind_is_enough(make_code):
    make_code("matal.quantumespresso.md")
    SsspFamily(label="SSSP/1.3/PBE/efficiency").store()
    assert codes.check_potentials().outcome == "ok"


def test_codes_that_need_no_potentials_are_well(make_code):
    make_code("matal.lammps.md")
    assert codes.check_potentials().outcome == "ok"
