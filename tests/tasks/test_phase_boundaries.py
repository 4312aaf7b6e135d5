from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiida_matal.science.landscape.phase_diagram import PhaseSettings, find_phases
from aiida_matal.science.landscape.system import read_system
from aiida_matal.science.table import Table
from aiida_matal.tasks.main import RESULT_NAME, main
from tests.landscape_models import write_random_idnn

EXAMPLES = Path(__file__).parents[2] / "examples" / "free_energy"
PHASES = {"composition_step": 0.02, "order_step": 0.05}


@pytest.fixture(scope="module")
def fcc():
    return read_system(EXAMPLES / "fcc_l10.yaml")


def result(folder):
    return json.loads((folder / RESULT_NAME).read_text())


def test_phases_of_a_stored_model(write_task, tmp_path, fcc):
    model, _ = write_random_idnn(tmp_path / "model", fcc, temperature=400.0)
    settings = {"system": fcc.settings.as_dict(), "temperature": 400.0, "phases": PHASES}
    folder = write_task("phase_boundaries", settings, {"model": "model"})
    assert main([str(folder)]) == 0
    expected = find_phases(model, fcc, 400.0, PhaseSettings.parse(PHASES, "phases"))
    assert result(folder)["values"] == {"n_boundaries": len(expected.boundaries)}
    assert Table.read(folder / "curve.npz") == expected.curve
    assert Table.read(folder / "boundaries.npz") == expected.boundaries


def test_a_model_of_another_system_is_refused(write_task, tmp_path, fcc):
    write_random_idnn(tmp_path / "model", read_system(EXAMPLES / "zigzag.yaml"))
    settings = {"system": fcc.settings.as_dict(), "temperature": 400.0}
    assert main([str(write_task("phase_boundaries", settings, {"model": "model"}))]) == 2
    assert "it has 7 coordinates, the system 4" in result(tmp_path)["message"]


def test_without_a_model_nothing_is_done(write_task, tmp_path, fcc):
    settings = {"system": fcc.settings.as_dict(), "temperature": 400.0}
    assert main([str(write_task("phase_boundaries", settings))]) == 2
    assert "'model' is missing" in result(tmp_path)["message"]
