from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.orm import Dict

from aiida_matal.data.table import TableData
from aiida_matal.science.table import Column, Table
from aiida_matal.workflows.oracles.reference import ReferenceWorkChain

COLUMNS = {
    "id": Column("candidate"),
    "energy": Column("energy", "eV"),
    "energy_error": Column("standard error", "eV"),
    "status": Column("status"),
    "reason": Column("reason"),
    "core_hours": Column("cost", "h"),
}


@pytest.fixture
def look_up():
    """Return a function that looks up the labels of candidates in reference data with these columns."""

    def run(ids, **arrays):
        candidates = TableData(Table({"id": ids}, {"id": Column("candidate")}), role="candidates")
        reference = TableData(Table(arrays, {name: COLUMNS[name] for name in arrays}))
        inputs = {"candidates": candidates, "reference": reference, "settings": Dict({"quantity": "energy"})}
        outputs, node = run_get_node(ReferenceWorkChain, **inputs)
        assert node.is_finished_ok, node.exit_message
        labels = outputs["labels"]
        assert labels.role == "labels"
        return list(labels.table.rows()), labels.table, reference

    return run


def test_labels_are_those_of_the_reference_data(look_up):
    rows, table, reference = look_up(
        ["b", "a"], id=["a", "b", "c"], energy=[1.0, 2.0, 3.0], energy_error=[0.1, 0.2, 0.3], core_hours=[5.0, 6.0, 7.0]
    )
    common = {"status": "ok", "reason": "", "evidence": reference.uuid}
    assert rows == [
        {"id": "b", "energy": 2.0, "energy_error": 0.2, "core_hours": 6.0, **common},
        {"id": "a", "energy": 1.0, "energy_error": 0.1, "core_hours": 5.0, **common},
    ]
    assert table.columns["energy"].unit == "eV"


def test_candidates_without_data_fail_with_the_reason(look_up):
    (known, unknown, empty), _, _ = look_up(["a", "z", "b"], id=["a", "b"], energy=[1.0, np.nan])
    assert (known["status"], unknown["status"], empty["status"]) == ("ok", "failed", "failed")
    assert unknown["reason"] == "the reference data have no such candidate"
    assert empty["reason"] == "the reference data have no energy of it"
    assert np.isnan(known["energy_error"])
    assert np.isnan(unknown["energy"])


def test_candidates_that_were_rejected_stay_rejected(look_up):
    (row,), _, _ = look_up(["a"], id=["a"], energy=[np.nan], status=["rejected"], reason=["it froze"])
    assert (row["status"], row["reason"]) == ("rejected", "it froze")
