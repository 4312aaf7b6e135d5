from __future__ import annotations

import pytest
from aiida.orm import Dict

from aiida_matal.data.table import TableData
from aiida_matal.science.table import ID, Column
from aiida_matal.workflows.campaigns.continuation import extend, rounds_of

ONE_ROUND = {"max_rounds": {"rounds": 1}}


@pytest.fixture
def start(finished_campaign):
    """The candidates of the start design, in the order in which they were chosen, and the one next in rank."""
    decision = rounds_of(finished_campaign)[0].outputs.decision.table
    return decision[ID][:4].tolist()


def rows_by_id(outputs):
    return {row[ID]: row for row in outputs["dataset"].table.rows()}


def labellings(round_):
    links = round_.base.links.get_outgoing(link_label_filter="label%").all()
    return {link.link_label: link.node.inputs.candidates.table[ID].tolist() for link in links}


def test_failed_labels_are_skipped_and_kept_in_the_dataset(run_campaign, reference_without, start):
    outputs, node = run_campaign(oracle=reference_without(start[1]), stopping=Dict(ONE_ROUND))
    assert node.exit_status == 0, node.exit_message
    rows = rows_by_id(outputs)
    assert [rows[name]["status"] for name in start[:3]] == ["ok", "failed", "ok"]
    assert rows[start[1]]["reason"] == "the reference data have no such candidate"
    assert labellings(rounds_of(node)[0]) == {"label": start[:3]}
    curve = outputs["learning_curve"].table
    assert (curve["n_labels"].tolist(), curve["n_failed"].tolist()) == ([0, 2], [0, 1])


def test_failed_labels_are_tried_again(run_campaign, reference_without, start):
    outputs, node = run_campaign(
        oracle=reference_without(start[1]),
        failure_policy=Dict({"on_failure": "retry", "tries": 2}),
        stopping=Dict(ONE_ROUND),
    )
    assert node.exit_status == 0, node.exit_message
    tries = {"label": start[:3], "label_1": [start[1]], "label_2": [start[1]]}
    assert labellings(rounds_of(node)[0]) == tries
    assert rows_by_id(outputs)[start[1]]["status"] == "failed"
    assert len(outputs["dataset"]) == 3


def test_failed_labels_are_replaced_by_the_next_in_rank(run_campaign, reference_without, start):
    outputs, node = run_campaign(
        oracle=reference_without(start[0]), failure_policy=Dict({"on_failure": "replace"}), stopping=Dict(ONE_ROUND)
    )
    assert node.exit_status == 0, node.exit_message
    assert labellings(rounds_of(node)[0]) == {"label": start[:3], "label_1": [start[3]]}
    statuses = {name: row["status"] for name, row in rows_by_id(outputs).items()}
    assert statuses == {start[0]: "failed", start[1]: "ok", start[2]: "ok", start[3]: "ok"}


def test_too_many_failures_end_the_campaign_with_everything_it_has(run_campaign, reference_without, start):
    outputs, node = run_campaign(oracle=reference_without(*start[:2]), failure_policy=Dict({"max_failed_share": 0.5}))
    assert node.exit_status == 310
    assert "Round 0 failed" in node.exit_message
    assert "67% of the labels failed, 50% may." in node.exit_message
    assert rounds_of(node)[0].exit_status == 304
    assert set(outputs) == {"dataset", "learning_curve", "verdict"}
    assert rows_by_id(outputs)[start[2]]["status"] == "ok"

    builder = extend(node, 1)
    assert builder.dataset.uuid == outputs["dataset"].uuid
    assert len(builder.learning_curve) == 1
    assert builder.stopping["max_rounds"] == {"rounds": 2}


def test_too_many_failures_later_leave_the_model_of_the_round(run_campaign, finished_campaign, reference_without):
    chosen = rounds_of(finished_campaign)[1].outputs.decision.table[ID][:2].tolist()
    outputs, node = run_campaign(oracle=reference_without(*chosen), failure_policy=Dict({"max_failed_share": 0.9}))
    assert node.exit_status == 310
    assert "Round 1 failed" in node.exit_message
    assert set(outputs) == {"dataset", "model", "metrics", "learning_curve", "verdict"}
    assert len(outputs["dataset"]) == 5


def test_start_design_is_repeated_while_labels_are_too_few(run_campaign, reference_without, start):
    outputs, node = run_campaign(oracle=reference_without(*start[:2]), stopping=Dict({"max_labels": {"labels": 2}}))
    assert node.exit_status == 0, node.exit_message
    second = rounds_of(node)[1]
    assert "model" not in second.outputs
    assert "score_gp_variance" not in second.outputs.decision.table
    assert not set(second.outputs.decision.table[ID].tolist()) & set(start[:3])
    assert outputs["learning_curve"].table["n_labels"].tolist()[:3] == [0, 1, 4]
    assert outputs["model"].kind == "gaussian_process"


def test_labels_of_another_unit_do_not_join_the_dataset(run_campaign, finished_campaign, reference):
    other = reference.with_columns({}, {"energy": Column("label", "eV")})
    oracle = {"reference": TableData(other), "settings": Dict({"quantity": "energy"})}
    known = finished_campaign.outputs.dataset
    _, node = run_campaign(oracle=oracle, dataset=known, stopping=Dict(ONE_ROUND))
    assert node.exit_status == 310
    assert "dataset.energy: 'kJ/mol' is refused: new labels are in 'eV'" in node.exit_message
    assert node.outputs.model.kind == "gaussian_process"
