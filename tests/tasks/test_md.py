from __future__ import annotations

import json

import numpy as np
import pytest
from ase.build import bulk

from aiida_matal.science.dynamics.atoms import atoms_table
from aiida_matal.science.dynamics.states import read_states
from aiida_matal.tasks.main import main

MD = {"temperature": 900.0, "n_steps": 4, "sample_every": 2, "seed": 1}


@pytest.fixture
def atoms():
    return bulk("Cu", "fcc", a=3.7, cubic=True)


@pytest.fixture
def do_task(write_task, atoms):
    """Return a function that does the task and returns exit status, result and states."""

    def do(table=None, **changes):
        table = table or atoms_table(atoms.symbols, atoms.get_masses(), atoms.positions, None)
        cell = atoms.cell.tolist()
        settings = {"md": MD, "calculator": {"name": "emt"}, "cell": cell, "max_seconds": 60.0, **changes}
        folder = write_task("md", settings, atoms=table)
        status = main([str(folder)])
        result = json.loads((folder / "result.json").read_text())
        path = folder / "states.bin"
        return status, result, read_states(path.read_bytes(), len(table), 2) if path.exists() else None

    return do


def test_states_are_written_with_a_header(do_task, atoms, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3,1")
    status, result, states = do_task()
    assert (status, result["values"]) == (0, {"steps_done": 4})
    assert len(states) == 3
    assert states.header["n_threads"] == 3
    assert states.header["version"]
    np.testing.assert_array_equal(states.positions[0], atoms.positions)


def test_run_without_time_does_no_step(do_task):
    status, result, states = do_task(max_seconds=1e-9)
    assert (status, result["values"]) == (0, {"steps_done": 0})
    assert len(states) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_seconds": 0.0}, "settings.max_seconds: 0.0 is refused"),
        ({"cell": [[1.0, 0.0, 0.0]]}, "settings.cell"),
        ({"calculator": {"name": "gap"}}, "calculators: 'gap' is refused: it is not registered"),
        ({"md": {**MD, "sed": 1}}, "settings.md.sed"),
    ],
)
def test_settings_are_refused_before_a_state_is_written(do_task, changes, message):
    status, result, states = do_task(**changes)
    assert (status, result["type"]) == (2, "InputError")
    assert message in result["message"]
    assert states is None


def test_exploding_run_is_named_and_leaves_its_states(do_task):
    status, result, states = do_task(md={**MD, "timestep": 300.0, "thermostat": {"kind": "svr"}})
    assert (status, result["type"]) == (1, "UnphysicalRunError")
    assert len(states) == 1
