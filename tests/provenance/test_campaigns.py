"""The status of a campaign, whether it runs, has ended or failed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from aiida.orm import CalcFunctionNode, CalcJobNode, Dict, Log, WorkChainNode

from aiida_matal.data.table import TableData
from aiida_matal.provenance.campaigns import campaign_status, find_campaigns, load_campaign
from aiida_matal.science.errors import InputError


def test_finished_campaign_counts_labels_and_cost_by_round(finished_campaign):
    status = campaign_status(finished_campaign)
    rows = [(row.number, row.n_chosen, row.ok, row.failed, row.rejected, row.core_hours) for row in status.rounds]
    assert rows == [(0, 3, 2, 1, 0, 1.25), (1, 2, 1, 0, 1, 0.75), (2, None, 0, 0, 0, 0)]
    assert (status.n_labels, status.n_failed, status.core_hours) == (3, 2, 2.0)


def test_finished_campaign_tells_its_exit_and_verdict(finished_campaign):
    status = campaign_status(finished_campaign)
    assert status.is_finished
    assert (status.exit_status, status.exit_message) == (401, "A limit was reached")
    assert status.reasons == ["max_rounds: 2 of at most 2"]
    assert (status.kind, status.now, status.labels) == ("matal.campaign", "", [])


def test_error_of_a_round_is_that_of_the_model_it_began_with(finished_campaign):
    status = campaign_status(finished_campaign)
    np.testing.assert_array_equal([row.error for row in status.rounds], [np.nan, 4.0, 2.0])
    assert (status.error_name, status.error_unit) == ("cv_rmse", "kJ/mol")


def test_error_on_a_test_set_goes_before_that_of_cross_validation(store_campaign, store_round, curve_table):
    campaign = store_campaign(state="waiting")
    curve = TableData(curve_table([np.nan, 4.0], [np.nan, 5.0]), role="learning_curve")
    for number in (0, 1):
        store_round(campaign, number, exit_status=0, outputs={"learning_curve": curve} if number else {})
    status = campaign_status(campaign)
    assert (status.error_name, status.rounds[1].error) == ("test_rmse", 5.0)


def test_status_is_plain_json(finished_campaign):
    values = json.loads(json.dumps(campaign_status(finished_campaign).as_dict(), allow_nan=False))
    assert values["rounds"][0]["error"] is None


def test_campaign_that_has_just_been_submitted_has_no_rounds(store_campaign):
    status = campaign_status(store_campaign(state="created"))
    assert not status.is_finished
    assert (status.rounds, status.n_labels, status.core_hours, status.reasons) == ([], 0, 0.0, [])


def test_running_campaign_tells_which_labels_run_and_what_they_do(store_campaign, store_round, store_process):
    campaign = store_campaign(state="waiting")
    round_ = store_round(campaign, 0, chosen=2, state="waiting")
    oracle = store_process(WorkChainNode, "oracle", caller=round_, label="label", state="waiting")
    store_process(CalcFunctionNode, "make_cells", caller=oracle, exit_status=0)
    done = store_process(WorkChainNode, "liquid", caller=oracle, label="Ag_Au", exit_status=410, message="no liquid")
    busy = store_process(WorkChainNode, "liquid", caller=oracle, label="Ag_Cu", state="waiting")
    for text in ("first", "V = 17.9"):
        message = f"[{busy.pk}|LiquidStateWorkChain|assess]: {text}"
        Log(busy.ctime, "aiida", "REPORT", dbnode_id=busy.pk, message=message)
    status = campaign_status(campaign)
    assert status.now == "round 0: labelling 2 candidates, 1 of 2 processes done"
    assert [(label.name, label.pk, label.state, label.doing) for label in status.labels] == [
        ("Ag_Au", done.pk, "finished [410] no liquid", ""),
        ("Ag_Cu", busy.pk, "waiting", "V = 17.9"),
    ]


@pytest.mark.parametrize(("step", "node_class"), [("train", CalcJobNode), ("select", CalcJobNode)])
def test_running_campaign_tells_its_step(store_campaign, store_round, store_process, step, node_class):
    campaign = store_campaign(state="waiting")
    process = store_process(node_class, step, caller=store_round(campaign, 1, state="waiting"), state="waiting")
    assert campaign_status(campaign).now == f"round 1: {step} (process {process.pk})"


def test_failed_campaign_shows_the_round_that_failed(store_campaign, store_round):
    campaign = store_campaign(exit_status=310, message="Round 0 failed")
    store_round(campaign, 0, exit_status=302, message="The selection failed")
    status = campaign_status(campaign)
    assert status.exit_status == 310
    assert status.rounds[0].state == "finished [302] The selection failed"


def test_excepted_campaign_tells_its_exception(store_campaign):
    campaign = store_campaign(state="excepted", exception="ValueError: no")
    status = campaign_status(campaign)
    assert (status.state, status.exit_status, status.is_finished) == ("excepted", None, True)
    assert status.exit_message == "ValueError: no"


def test_labels_that_a_campaign_began_with_belong_to_no_round_of_it(store_campaign, store_round, dataset_table, rows):
    began_with = TableData(dataset_table(rows[:3]), role="dataset")
    campaign = store_campaign(state="waiting", inputs={"dataset": began_with})
    grown = dataset_table([*rows[:3], ("c9", 1.0, "ok", "", 2.0, 0, "")])
    store_round(campaign, 0, exit_status=0, outputs={"dataset": TableData(grown, role="dataset")})
    status = campaign_status(campaign)
    assert (status.rounds[0].ok, status.rounds[0].failed, status.rounds[0].core_hours) == (1, 0, 2.0)
    assert status.n_labels == 3


def test_campaigns_are_found_newest_first_with_those_of_every_science(store_campaign):
    kinds = ["matal.campaign", "matal.campaign.enthalpy", "matal.round", "other.campaign"]
    nodes = [store_campaign(exit_status=0, process_type=f"aiida.workflows:{kind}") for kind in kinds]
    found = [node.pk for node in find_campaigns() if node.pk >= nodes[0].pk]
    assert found == [nodes[1].pk, nodes[0].pk]
    assert [node.pk for node in find_campaigns(limit=1)] == [nodes[1].pk]


def test_campaign_is_loaded_by_pk_or_uuid(finished_campaign):
    assert load_campaign(str(finished_campaign.pk)).uuid == finished_campaign.uuid
    assert load_campaign(finished_campaign.uuid).pk == finished_campaign.pk


def test_other_nodes_are_no_campaigns(aiida_profile):
    with pytest.raises(InputError, match="it is a Dict, no campaign"):
        load_campaign(str(Dict({}).store().pk))
    with pytest.raises(InputError, match="no such node"):
        load_campaign("987654321")
