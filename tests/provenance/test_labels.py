from __future__ import annotations

import math

import pytest
from aiida.orm import Dict

from aiida_matal.provenance.labels import label_rows
from aiida_matal.science.errors import InputError


def test_labels_keep_value_error_and_reason(dataset_table, rows):
    found = label_rows(dataset_table(rows), "energy")
    assert [label.id for label in found] == ["c0", "c1", "c2", "c3", "c4"]
    assert (found[2].value, found[2].error, found[2].core_hours, found[2].round_number) == (-2.0, 0.2, 0.5, 0)
    assert math.isnan(found[1].value)
    assert found[1].reason.startswith("diverged")


def test_evidence_is_shown_by_the_command_that_fits_it(dataset_table, finished_campaign, store_liquid):
    data, liquid = Dict({}).store(), store_liquid(None, "mixture")
    evidence = [liquid.uuid, finished_campaign.uuid, data.uuid, "00000000-0000-0000-0000-000000000000", ""]
    rows = [(f"c{i}", 1.0, "ok", "", 0.0, 0, uuid) for i, uuid in enumerate(evidence)]
    shown = [label.show for label in label_rows(dataset_table(rows), "energy")]
    assert shown == [
        f"aiida-matal label show {liquid.pk}",
        f"verdi process status {finished_campaign.pk}",
        f"verdi node show {data.pk}",
        "",
        "",
    ]


def test_unknown_quantity_is_refused(dataset_table, rows):
    with pytest.raises(InputError, match="no such column"):
        label_rows(dataset_table(rows), "entropy")
