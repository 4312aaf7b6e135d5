"""Data on which one strategy is better than another, by construction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aiida_matal.science.benchmark.problem import Benchmark
from aiida_matal.science.table import Column, Table

COLUMNS = {
    "id": Column("candidate"),
    "system": Column("system"),
    "u": Column("which system", "1"),
    "x": Column("composition", "1"),
    "energy": Column("label", "kJ/mol"),
}
RANDOM = {"criterion": {"name": "random"}, "features": ["u"], "target": "energy", "batch_size": 2}
SPREAD = {**RANDOM, "criterion": {"name": "space_filling"}}
TREES = {"num_boost_round": 20, "learning_rate": 0.5, "min_data_in_leaf": 1}
LEARNER = {"name": "lightgbm", "features": ["u"], "target": "energy", "settings": TREES}


@pytest.fixture
def dataset():
    """Forty systems of two compositions: 35 of them are one and the same, 5 stand far out in the feature ``u``.

    Spread over ``u``, the choice falls on the five at once; at random it hardly ever does.
    """
    u = np.concatenate([np.linspace(0.0, 0.2, 35), [3.0, 5.0, 7.0, 9.0, 11.0]])
    arrays = {
        "id": [f"s{system:02d}_{half}" for system in range(40) for half in "ab"],
        "system": [f"s{system:02d}" for system in range(40) for _ in "ab"],
        "u": np.repeat(u, 2),
        "x": np.tile([0.25, 0.5], 40),
        "energy": np.repeat(u**2, 2),
    }
    return Table(arrays, COLUMNS)


@pytest.fixture
def make_benchmark(dataset):
    """Return a function that makes the benchmark of random choice and of spread choice, with some values changed."""

    def make(data: Table = dataset, seed: int = 1, **changes: Any) -> Benchmark:
        settings = {"n_iterations": 3, **changes.pop("settings", {})}
        learner = {**LEARNER, **changes.pop("learner", {})}
        strategies = changes.pop("strategies", {"random": RANDOM, "spread": SPREAD})
        return Benchmark.parse(data, settings, learner, strategies, seed)

    return make
