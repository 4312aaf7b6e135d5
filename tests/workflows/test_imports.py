"""Imported labels in the graph, and as inputs of campaigns."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.orm import Dict, Int, Node, QueryBuilder, Str

from aiida_matal.data.table import TableData
from aiida_matal.science.calphad.published import BIZOT2025, bizot2025
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.mixtures import QUANTITY
from aiida_matal.workflows.campaigns.checks import check_campaign
from aiida_matal.workflows.imports import store_labels
from aiida_matal.workflows.oracles.reference import ReferenceWorkChain

CSV = b"""system,x_b,enthalpy_of_mixing (kJ/mol)
Al-Cu,0.25,-9.6
Al-Ni,0.5,-51.8
Cu-Ni,0.5,3.0
Al-Xx,0.5,-1
"""


@pytest.fixture
def stored():
    return store_labels("a.csv", {"a.csv": CSV}, {"format": "csv", "skip_bad": True})


def test_the_graph_holds_the_file_and_what_was_refused(stored):
    assert stored.is_stored
    assert (stored.role, stored.label) == ("dataset", "a.csv")
    assert stored.description == "3 labels of 3 systems from a.csv"
    process = stored.creator
    assert process.inputs.source.get_content(mode="rb") == CSV
    assert process.inputs.source.filename == "a.csv"
    assert process.inputs.settings.get_dict() == {"format": "csv", "columns": {}, "skip_bad": True}
    assert process.outputs.refused.table["where"].tolist() == ["line 5"]
    assert stored.source["extras"]["files"] == [{"name": "a.csv", "sha256": sha256(CSV).hexdigest()}]
    assert stored.source["extras"]["importer"].startswith("aiida-matal ")


def test_a_folder_of_files_is_stored_as_one():
    dataset = (
        b'{"phases": ["LIQUID"], "output": "HM_MIX", "conditions": {"P": 1, "T": 1400}, "values": [[[-9600]]],'
        b' "solver": {"sublattice_site_ratios": [1], "sublattice_configurations": [[["AL", "CU"]]],'
        b' "sublattice_occupancies": [[[0.75, 0.25]]]}}'
    )
    files = {"b/1.json": dataset, "b/2.json": dataset.replace(b"AL", b"NI"), "c.json": dataset.replace(b"HM", b"SM")}
    stored = store_labels("data", files, {"format": "espei"})
    assert stored.table["id"].tolist() == ["Al-Cu_x0.250", "Cu-Ni_x0.750"]
    assert stored.creator.inputs.source.base.repository.get_object_content("b/1.json", mode="rb") == dataset
    assert [entry["name"] for entry in stored.source["extras"]["files"]] == sorted(files)


def test_nothing_is_stored_of_an_import_that_is_refused():
    before = QueryBuilder().append(Node).count()
    with pytest.raises(InputError, match="line 5, system"):
        store_labels("a.csv", {"a.csv": CSV}, {"format": "csv"})
    assert QueryBuilder().append(Node).count() == before


def test_a_replay_of_imported_labels_is_accepted(stored, task_code):
    table = stored.table
    pool, begun, test_set = (table.take(table["system"] == system) for system in ("Al-Cu", "Al-Ni", "Cu-Ni"))
    assert np.isnan(table["temperature"]).all()
    features = [name for name in table.names if name.startswith("mean_")]
    selection = {"features": features, "target": QUANTITY, "batch_size": 1}
    inputs = {
        "code": task_code,
        "learner": Dict({"name": "lightgbm", "features": features, "target": QUANTITY, "group": "system"}),
        "start_design": Dict({**selection, "criterion": {"name": "random"}}),
        "selection": Dict({**selection, "criterion": {"name": "gp_variance"}}),
        "failure_policy": Dict({}),
        "stopping": Dict({"max_rounds": {"rounds": 1}}),
        "seed": Int(1),
        "dataset": TableData(begun, role="dataset"),
        "test_set": TableData(test_set, role="dataset"),
        "oracle_name": Str("matal.oracle.reference"),
        "oracle": {"reference": stored, "settings": Dict({"quantity": QUANTITY})},
    }
    check_campaign(inputs, pool)
    with pytest.raises(InputError, match="may train on"):
        check_campaign({**inputs, "test_set": stored}, pool)


def test_the_reference_oracle_gives_the_statuses_of_the_paper():
    reference = store_labels(BIZOT2025, {BIZOT2025: bizot2025()}, {"format": "csv"})
    assert "refused" not in reference.creator.outputs
    table = reference.table
    candidates = table.take(np.isin(table["system"], ["Ir-Sc", "Ca-Os", "As-Os"]))
    inputs = {"candidates": TableData(candidates, role="candidates"), "settings": Dict({"quantity": QUANTITY})}
    outputs, _ = run_get_node(ReferenceWorkChain, reference=reference, **inputs)
    labels = {row["id"]: (row["status"], row["reason"]) for row in outputs["labels"].table.rows()}
    assert labels == {
        "As-Os_x0.500": ("pending", "not calculated (N/A in the table)"),
        "Ca-Os_x0.500": ("rejected", "phase separation (X in the table)"),
        "Ir-Sc_x0.500": ("ok", ""),
    }
