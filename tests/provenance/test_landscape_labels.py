from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.orm import Dict

from aiida_matal.data.table import TableData
from aiida_matal.provenance.label_tables import labels_of
from aiida_matal.provenance.landscape_labels import point_record
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import candidate_table, numbered
from aiida_matal.workflows.oracles.umbrella import UmbrellaWorkChain

SETTINGS = {
    "temperature": 900.0,
    "repeats": [2, 2, 2],
    "phi": {"composition": 2.0, "order": 1.0},
    "equilibration_passes": 50,
    "min_passes": 200,
    "max_passes": 200,
    "precision": 0.5,
    "seed": 5,
}


@pytest.fixture
def oracle(task_code, fcc):
    wanted = np.array([[0.5, 0.1, 0.0, 0.0], [0.4, 0.0, 0.0, 0.0]])
    candidates = candidate_table(["a", "b"], ["walk"] * 2, wanted, wanted + 0.01)
    inputs = {"system": Dict(fcc.settings.as_dict()), "settings": Dict(SETTINGS)}
    return run_get_node(
        UmbrellaWorkChain, code=task_code, candidates=TableData(candidates, role="candidates"), **inputs
    )[1]


def test_label_of_an_oracle_has_the_bias_of_its_job(oracle):
    labels = labels_of(oracle)
    assert labels.are_points
    assert labels.quantity == "mu_0"
    assert [row["unit"] for row in labels.as_dicts()] == ["eV", "eV"]
    record = point_record(labels.table, "b")
    row = labels.table.positions(["b"])
    assert record.wanted == [0.4, 0.0, 0.0, 0.0]
    assert record.kappa == pytest.approx([0.41, 0.01, 0.01, 0.01])
    for name in ("eta", "eta_error", "mu", "mu_error"):
        stored = labels.table.take(row).matrix(numbered(name, 4))[0]
        assert getattr(record, name) == stored.tolist()
    assert (record.status, record.criterion, record.asked, record.where) == ("ok", "", "", "")
    assert record.n_passes == 200
    assert record.evidence == oracle.called[1].pk
    assert record.as_dict()["mu"] == record.mu


def test_unknown_numbers_are_none(oracle):
    table = labels_of(oracle).table
    unknown = {"mu_0": np.full(2, np.nan), "evidence": np.array(["", "no-such-uuid"])}
    table = table.with_columns(unknown, {name: table.columns[name] for name in unknown})
    for name in ("a", "b"):
        record = point_record(table, name)
        assert record.mu[0] is None
        assert record.wanted == [None] * 4
        assert record.evidence is None
    with pytest.raises(InputError, match="no such rows"):
        point_record(table, "c")
