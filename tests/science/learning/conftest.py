from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.table import Column, Table


@pytest.fixture
def make_dataset():
    """Return a function that makes a dataset of n rows; target = 2 u + v, with one failed row at the end."""

    def make(n: int = 20, prefix: str = "c", **replaced: object) -> Table:
        random = np.random.default_rng(n)
        features = random.normal(size=(n, 2))
        target = 2 * features[:, 0] + features[:, 1]
        target[-1] = np.nan
        columns = {
            "id": Column("candidate"),
            "system": Column("group of the candidate"),
            "u": Column("first feature", "K"),
            "v": Column("second feature", "1"),
            "energy": Column("label", "kJ/mol"),
            "energy_error": Column("standard error", "kJ/mol"),
            "status": Column("status"),
        }
        arrays = {
            "id": [f"{prefix}{row:03d}" for row in range(n)],
            "system": [f"s{row % 5}" for row in range(n)],
            "u": features[:, 0],
            "v": features[:, 1],
            "energy": target,
            "energy_error": np.where(np.isnan(target), np.nan, 0.1),
            "status": ["ok"] * (n - 1) + ["failed"],
        }
        return Table(arrays, columns).with_columns(replaced, {})

    return make
