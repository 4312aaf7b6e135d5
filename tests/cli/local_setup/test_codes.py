from __future__ import annotations

import os

import pytest
from aiida.common.exceptions import NotExistent
from aiida.orm import InstalledCode, QueryBuilder, load_code

from aiida_matal.cli.local_setup.codes import LAMMPS, PW, VASP, find_code, setup_code


@pytest.fixture
def set_up(aiida_computer_local):
    """Return a function that finds a code and sets it up on the computer ``localhost``."""
    computer = aiida_computer_local(label="localhost")
    return lambda code, path=None: setup_code(computer, find_code(code, path))


@pytest.fixture
def nothing_installed(monkeypatch, tmp_path):
    """No executables but those that the test puts into the temporary folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))


@pytest.mark.parametrize(
    ("code", "name", "plugin"),
    [(PW, "pw.x", "matal.quantumespresso.md"), (VASP, "vasp_std", "matal.vasp.md")],
    ids=["pw", "vasp"],
)
def test_ab_initio_code_is_found_on_the_path(nothing_installed, executable, set_up, code, name, plugin):
    path = executable(name)
    assert (set_up(code).outcome, set_up(code).outcome) == ("made", "found")
    made = load_code(f"{code.label}@localhost")
    assert str(made.filepath_executable) == str(path)
    assert (made.default_calc_job_plugin, made.with_mpi) == (plugin, False)
    assert made.prepend_text == "export OMP_NUM_THREADS=1"


def test_vasp_gam_is_taken_where_vasp_std_is_not(nothing_installed, executable, set_up):
    executable("vasp_gam")
    assert os.path.basename(find_code(VASP, None).executable) == "vasp_gam"  # noqa: PTH119
    executable("vasp_std")
    assert find_code(VASP, None).executable.name == "vasp_std"


def test_what_is_missing_is_told_with_the_way_to_get_it(nothing_installed, set_up):
    step = set_up(LAMMPS)
    assert step.outcome == "missing"
    assert "pip install 'aiida-matal[lammps]'" in step.detail
    with pytest.raises(NotExistent):
        load_code("lammps@localhost")


def test_code_whose_executable_is_gone_is_replaced_and_hidden(executable, set_up):
    old = executable("lmp")
    set_up(LAMMPS, old)
    first = load_code("lammps@localhost")
    old.unlink()
    step = set_up(LAMMPS, executable("lmp2"))
    assert step.outcome == "changed"
    assert f"lmp is gone: that code is now lammps-{first.pk}@localhost, hidden" in step.detail
    assert load_code("lammps@localhost").filepath_executable.name == "lmp2"
    assert load_code(first.pk).is_hidden


def test_code_that_is_gone_and_not_found_again_is_missing(nothing_installed, executable, set_up):
    old = executable("lmp")
    set_up(LAMMPS, old)
    old.unlink()
    step = set_up(LAMMPS)
    assert (step.outcome, f"{old} is gone" in step.detail) == ("missing", True)


def test_executable_that_the_user_chooses_replaces_another_one(executable, set_up):
    set_up(PW, executable("pw-7.2"))
    step = set_up(PW, executable("pw-7.4"))
    assert (step.outcome, "was used before" in step.detail) == ("changed", True)
    assert load_code("pw@localhost").filepath_executable.name == "pw-7.4"


def test_code_of_the_user_stays_if_no_executable_is_chosen(executable, set_up, aiida_computer_local):
    path, computer = executable("my-pw"), aiida_computer_local(label="localhost")
    InstalledCode(label="pw", computer=computer, filepath_executable=str(path)).store()
    assert set_up(PW).outcome == "found"
    assert QueryBuilder().append(InstalledCode).count() == 1
