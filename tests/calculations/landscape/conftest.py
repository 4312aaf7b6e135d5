"""Inputs of the CalcJobs of free-energy landscapes: the zig-zag example in cells that take no time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from aiida.orm import Dict

from aiida_matal.data.table import TableData
from aiida_matal.science.landscape.columns import candidate_table
from aiida_matal.science.landscape.monte_carlo.settings import SweepSettings, UmbrellaSettings
from aiida_matal.science.landscape.monte_carlo.sweep import run_sweep
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.landscape.umbrella_labels import sample_candidates

EXAMPLES = Path(__file__).parents[3] / "examples" / "free_energy"


@pytest.fixture
def system():
    return Dict(yaml.safe_load((EXAMPLES / "zigzag.yaml").read_text()))


@pytest.fixture
def points():
    """Three disordered points of the zig-zag order."""
    wanted = np.zeros((3, 7))
    wanted[:, 0] = [0.4, 0.5, 0.6]
    return candidate_table(["p0", "p1", "p2"], ["billiard_walk"] * 3, wanted, wanted)


@pytest.fixture
def umbrella_inputs(task_code, system, points):
    settings = {
        "temperature": 600.0,
        "repeats": [1, 1, 1],
        "phi": {"composition": 0.5, "order": 0.05},
        "equilibration_passes": 50,
        "min_passes": 4000,
        "max_passes": 4000,
        "precision": 1.0,
        "seed": 5,
    }
    return {
        "code": task_code,
        "system": system,
        "settings": Dict(settings),
        "candidates": TableData(points, role="candidates"),
    }


@pytest.fixture
def direct_labels(umbrella_inputs, points, tmp_path):
    """The labels of the points, sampled in this process; without cost."""
    system = System.from_settings(SystemSettings.parse(umbrella_inputs["system"].get_dict(), "system"))
    settings = UmbrellaSettings.parse(umbrella_inputs["settings"].get_dict(), "settings")
    labels = sample_candidates(points, system, settings, tmp_path / "direct.jsonl")
    return labels.select([name for name in labels.names if name != "core_hours"])


@pytest.fixture
def direct_averages(tmp_path):
    """Return a function that runs the sweep of some inputs in this process."""

    def sweep(inputs):
        system = System.from_settings(SystemSettings.parse(inputs["system"].get_dict(), "system"))
        settings = SweepSettings.parse(inputs["settings"].get_dict(), "settings")
        return run_sweep(system, settings, tmp_path)

    return sweep


@pytest.fixture
def sweep_inputs(task_code, system):
    settings = {
        "repeats": [1, 1, 1],
        "temperatures": [300.0, 600.0],
        "fields": [-0.1, 0.0, 0.1],
        "along": "field",
        "equilibration_passes": 50,
        "passes": 200,
        "seed": 5,
    }
    return {"code": task_code, "system": system, "settings": Dict(settings)}


@pytest.fixture
def dying_code(script_code, task_code):
    """Return a function that gives a code that does a task and then leaves only some lines of a file of results."""

    def code(file, n_lines):
        worker = task_code.filepath_executable
        keep = f'head -n {n_lines} "$1/{file}" > kept; printf "%s" \'{{"id": "cut o\' >> kept; mv kept "$1/{file}"'
        return script_code(f'export OMP_NUM_THREADS=1\n{worker} "$1"\n{keep}\nrm -f "$1"/result.json "$1"/*.npz')

    return code
