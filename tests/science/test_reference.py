from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.labels import label_columns
from aiida_matal.science.reference import look_up
from aiida_matal.science.table import Column, Table

REFERENCE = Table(
    {
        "id": ["a", "b", "c", "d"],
        "u": [1.0, 2.0, 3.0, 4.0],
        "energy": [0.5, np.nan, np.nan, 0.7],
        "energy_error": [0.1, np.nan, np.nan, np.nan],
        "status": ["ok", "rejected", "ok", "ok"],
        "reason": ["", "it froze", "", ""],
        "core_hours": [2.0, 3.0, 4.0, 5.0],
    },
    {
        "id": Column("candidate"),
        "u": Column("feature", "1"),
        "energy": Column("energy", "eV"),
        "energy_error": Column("standard error", "eV"),
        "status": Column("status"),
        "reason": Column("reason"),
        "core_hours": Column("cost", "h"),
    },
)


def test_labels_come_in_the_order_that_was_asked_for_with_all_that_is_known_of_them():
    labels = look_up(["d", "a", "z", "b", "c"], REFERENCE, "energy", evidence="node")
    assert labels.columns == label_columns("energy", "eV")
    assert labels["status"].tolist() == ["ok", "ok", "failed", "rejected", "failed"]
    np.testing.assert_array_equal(labels["energy"], [0.7, 0.5, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(labels["energy_error"], [np.nan, 0.1, np.nan, np.nan, np.nan])
    assert labels["core_hours"].tolist() == [5.0, 2.0, 0.0, 0.0, 0.0]
    assert labels["evidence"].tolist() == ["node", "node", "", "node", "node"]
    assert labels["reason"].tolist()[2:] == [
        "the reference data have no such candidate",
        "it froze",
        "the reference data have no energy of it",
    ]


def test_a_table_of_ids_and_values_is_enough():
    labels = look_up(["b", "a"], REFERENCE.select(["id", "energy"]), "energy")
    assert labels["status"].tolist() == ["failed", "ok"]


def test_a_quantity_that_the_reference_does_not_have_is_refused():
    with pytest.raises(InputError, match="'volume'"):
        look_up(["a"], REFERENCE, "volume")
