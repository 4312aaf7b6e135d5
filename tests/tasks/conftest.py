from __future__ import annotations

import json

import numpy as np
import pytest

from aiida_matal.science.table import Column, Table

COLUMNS = {
    "id": Column("candidate"),
    "u": Column("first feature", "K"),
    "v": Column("second feature", "1"),
    "energy": Column("label", "kJ/mol"),
    "energy_error": Column("standard error", "kJ/mol"),
    "status": Column("status"),
}


@pytest.fixture
def pool():
    features = np.random.default_rng(0).normal(size=(30, 2))
    arrays = {"id": [f"c{row:02d}" for row in range(30)], "u": features[:, 0], "v": features[:, 1]}
    return Table(arrays, {name: COLUMNS[name] for name in arrays})


@pytest.fixture
def dataset(pool):
    """The first ten candidates, of which the last failed."""
    rows = pool.take(range(10))
    status = np.array(["ok"] * 9 + ["failed"])
    energy = np.where(status == "ok", 2 * rows["u"] + rows["v"], np.nan)
    arrays = {"energy": energy, "energy_error": np.where(status == "ok", 0.05, np.nan), "status": status}
    return rows.with_columns(arrays, {name: COLUMNS[name] for name in arrays})


@pytest.fixture
def write_task(tmp_path):
    """Return a function that writes a task folder and returns its path."""

    def write(task: str, settings: dict, models: dict | None = None, **tables: Table):
        for name, table in tables.items():
            table.write(tmp_path / f"{name}.npz")
        content = {
            "task": task,
            "settings": settings,
            "tables": {name: f"{name}.npz" for name in tables},
            "models": models or {},
        }
        (tmp_path / "task.json").write_text(json.dumps(content))
        return tmp_path

    return write


@pytest.fixture
def train_settings():
    learner = {"name": "gaussian_process", "features": ["u", "v"], "target": "energy", "settings": {"n_restarts": 0}}
    return {"learner": learner, "seed": 1}


@pytest.fixture
def select_settings():
    return {
        "criterion": {"name": "gp_variance", "settings": {"n_restarts": 0}},
        "features": ["u", "v"],
        "target": "energy",
        "batch_size": 4,
        "seed": 1,
    }
