"""Inputs of the CalcJobs that run the worker."""

from __future__ import annotations

import numpy as np
import pytest
from aiida.orm import Dict, Int

from aiida_matal.data.table import TableData
from aiida_matal.science.labels import Label, collect, label_table
from aiida_matal.science.table import Column, Table


@pytest.fixture
def pool_table():
    """Fifteen candidates at random places in a square."""
    u, v = np.random.default_rng(0).uniform(size=(2, 15))
    arrays = {"id": [f"c{row:02d}" for row in range(15)], "u": u, "v": v}
    columns = {"id": Column("candidate"), "u": Column("first feature", "1"), "v": Column("second feature", "1")}
    return Table(arrays, columns)


@pytest.fixture
def dataset_table(pool_table):
    """The labels of the first seven candidates, of which the last failed."""
    values = (2 * pool_table["u"] - pool_table["v"])[:6].tolist()
    labels = [Label(f"c{row:02d}", "ok", value, 0.01) for row, value in enumerate(values)]
    return collect(pool_table, [label_table([*labels, Label("c06", "failed")], "energy", "kJ/mol")], 0, None)


@pytest.fixture
def train_inputs(task_code, dataset_table):
    learner = {
        "name": "gaussian_process",
        "features": ["u", "v"],
        "target": "energy",
        "n_folds": 2,
        "settings": {"n_restarts": 0},
    }
    dataset = TableData(dataset_table, role="dataset")
    return {"code": task_code, "dataset": dataset, "learner": Dict(learner), "seed": Int(3)}


@pytest.fixture
def select_inputs(task_code, pool_table, dataset_table):
    selection = {
        "criterion": {"name": "gp_variance", "settings": {}},
        "features": ["u", "v"],
        "target": "energy",
        "batch_size": 3,
    }
    return {
        "code": task_code,
        "pool": TableData(pool_table, role="pool"),
        "dataset": TableData(dataset_table, role="dataset"),
        "selection": Dict(selection),
        "seed": Int(3),
    }


@pytest.fixture
def script_code(aiida_code_installed, localhost, tmp_path):
    """Return a function that gives a shell script as a code."""

    def code(text):
        script = tmp_path / "worker.sh"
        script.write_text(f"#!/bin/bash\n{text}\n")
        script.chmod(0o755)
        return aiida_code_installed(computer=localhost, filepath_executable=str(script))

    return code
