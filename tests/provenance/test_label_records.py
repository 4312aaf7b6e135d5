from __future__ import annotations

import json

import numpy as np
import pytest
from aiida.orm import Dict

from aiida_matal.provenance.label_records import label_record


def test_label_has_its_three_liquids_also_the_one_of_another_oracle(labelled):
    record = label_record(labelled.dataset, "Ag-Cu", "energy")
    nodes = {"alloy": labelled.mixture_000, "pure Ag": labelled.Ag_2100K, "pure Cu": labelled.Cu_2100K}
    assert [(liquid.name, liquid.uuid) for liquid in record.liquids] == [
        (name, node.uuid) for name, node in nodes.items()
    ]
    assert (record.value, record.status, record.unit) == (1.5, "ok", "kJ/mol")
    assert record.where == f"round 4 of campaign {labelled.campaign.pk}"
    alloy = record.liquids[0]
    assert (alloy.n_steps, alloy.n_jobs, alloy.core_hours, alloy.ending) == (1000, 1, 0.25, "finished")
    assert "mixture" in alloy.figure


def test_contributions_add_in_quadrature_to_the_error(labelled):
    record = label_record(labelled.dataset, "Ag-Cu", "energy")
    assert record.contributions["pure Ag"] == pytest.approx(96.48533212 * 0.75 * 0.003)
    assert np.linalg.norm(list(record.contributions.values())) == pytest.approx(record.error)


def test_label_that_failed_has_the_liquids_that_were_simulated_and_says_how_they_ended(labelled):
    record = label_record(labelled.dataset, "Ag-Ni", "energy")
    assert [liquid.name for liquid in record.liquids] == ["pure Ag", "pure Ni"]
    assert record.liquids[1].ending == "finished [302] A run failed"
    assert (record.liquids[1].state, record.liquids[1].points, record.liquids[1].figure) == ({}, [], "")
    assert record.contributions == {}
    assert record.as_dict()["value"] is None
    json.dumps(record.as_dict(), allow_nan=False)


@pytest.mark.parametrize("stored", [True, False])
def test_label_without_a_simulation_has_no_liquids(dataset_table, stored):
    evidence = Dict({}).store().uuid if stored else ""
    record = label_record(dataset_table([("c0", 1.0, "ok", "", 0.0, 0, evidence)]), "c0", "energy")
    assert (record.liquids, record.contributions, record.where) == ([], {}, "")
