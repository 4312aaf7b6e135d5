from __future__ import annotations

import pytest
from aiida.orm import Dict

from aiida_matal.data.table import TableData
from aiida_matal.provenance.label_tables import labels_of, load_evidence
from aiida_matal.science.errors import InputError


def test_campaign_oracle_and_table_have_all_their_labels(labelled):
    table = TableData(labelled.dataset, role="dataset")
    for node in (labelled.campaign, labelled.oracle, table):
        labels = labels_of(node)
        assert (labels.ids, labels.quantity) == (["Ag-Cu", "Ag-Ni"], "energy")


def test_liquid_has_the_labels_that_it_is_the_evidence_of(labelled):
    assert labels_of(labelled.mixture_000).ids == ["Ag-Cu"]
    assert labels_of(labelled.Ni_2100K).ids == ["Ag-Ni"]
    assert labels_of(labelled.Ag_2100K) is None


def test_liquid_of_an_oracle_that_still_runs_has_no_label(labelled, store_liquid):
    assert labels_of(labelled.Cu_2100K) is None
    assert labels_of(store_liquid(None, "alone")) is None


def test_unknown_label_is_refused_with_one_like_it(labelled):
    with pytest.raises(InputError, match=r"--id: 'Ag_Cu' is refused.*Did you mean 'Ag-Cu'"):
        labels_of(labelled.oracle).check_id("Ag_Cu")


def test_node_without_labels_is_refused(labelled, store_campaign):
    for node in (Dict({}).store(), store_campaign(), TableData(labelled.oracle.inputs.candidates.table).store()):
        with pytest.raises(InputError, match="without labels"):
            labels_of(node)


@pytest.mark.parametrize("identifier", ["987654321", "no-such-uuid"])
def test_unknown_node_is_refused(aiida_profile, identifier):
    with pytest.raises(InputError, match="there is no such node"):
        load_evidence(identifier)
