"""The steps of the rounds of a free-energy campaign."""

from __future__ import annotations

import numpy as np
import pytest
from aiida.cmdline.utils.common import get_workchain_report
from aiida.orm import CalcJobNode, Dict, ProcessNode

from aiida_matal.data.table import TableData
from aiida_matal.science.landscape.columns import vectors_table
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import Column
from aiida_matal.workflows.campaigns.continuation import rounds_of
from aiida_matal.workflows.campaigns.steps import judge_landscape


def called(node: ProcessNode) -> dict[str, ProcessNode]:
    links = node.base.links.get_outgoing().all()
    return {link.link_label: link.node for link in links if isinstance(link.node, ProcessNode)}


def test_every_step_has_its_link(free_energy_campaign):
    steps = ["collect_test_set", "label_test_set", "round_00", "round_01", "round_02", "test_points"]
    assert sorted(called(free_energy_campaign)) == steps
    first, middle, last = (rounds_of(free_energy_campaign)[number] for number in range(3))
    assert sorted(called(first)) == ["collect", "judge", "label", "select"]
    assert sorted(called(middle)) == ["collect", "judge", "label", "select", "train"]
    assert sorted(called(last)) == ["judge", "train"]
    assert sorted(called(called(middle)["label"])) == ["chunk_0000", "collect_labels", "cut_candidates"]


def test_each_round_has_a_seed_of_its_own(free_energy_campaign):
    for number, round_ in rounds_of(free_energy_campaign).items():
        jobs = [node for node in round_.called if isinstance(node, CalcJobNode)]
        assert {job.inputs.seed.value for job in jobs} == {derive_seed(1, "round", number)}


def test_a_round_hands_its_model_to_the_next_one(free_energy_campaign):
    rounds = rounds_of(free_energy_campaign)
    assert "previous_model" not in rounds[1].inputs
    assert rounds[2].inputs.previous_model.uuid == rounds[1].outputs.model.uuid
    assert called(rounds[2])["train"].inputs.previous_model.uuid == rounds[1].outputs.model.uuid
    assert rounds[1].inputs.summary.uuid == rounds[0].outputs.summary.uuid
    assert called(rounds[1])["select"].inputs.model.uuid == rounds[1].outputs.model.uuid


def test_a_search_is_made_when_it_is_due_and_its_hyper_parameters_are_kept(free_energy_campaign):
    first, second = (called(rounds_of(free_energy_campaign)[number])["train"] for number in (1, 2))
    assert (first.inputs.search.value, second.inputs.search.value) == (True, False)
    assert len(first.outputs.trials) == 2
    assert "trials" not in second.outputs
    settings = [job.outputs.model.base.attributes.get("settings") for job in (first, second)]
    assert settings[0] == settings[1]
    assert settings[0]["epochs"] == 30


def test_the_log_counts_points_by_criterion_and_names_none(free_energy_campaign):
    log = get_workchain_report(rounds_of(free_energy_campaign)[1], "REPORT")
    assert "58 points to sample: billiard_walk 40, high_error 10, non_convexities 4, query_by_committee 4" in log
    assert "r01_" not in log
    assert "labelled: 58 ok" in log


@pytest.fixture
def labels():
    """Three labels with one component, of which one failed."""
    mu = np.array([[0.1], [0.2], [0.3]])
    table = vectors_table(["a", "b", "c"], {"status": ["ok", "failed", "ok"]}, {"mu": mu})
    return table.with_columns({"core_hours": [1.0, 0.5, 1.0]}, {"core_hours": Column("cost", "h")})


def test_the_verdict_does_not_depend_on_a_pool(labels):
    nodes = {"dataset": TableData(labels, role="dataset"), "metrics": Dict({"validation_rmse": 0.02})}
    judged = judge_landscape(Dict({"target_error": {"error": 0.01}}), **nodes)
    curve = judged["learning_curve"].table
    assert (curve["n_labels"].tolist(), curve["n_failed"].tolist()) == ([2], [1])
    assert curve["validation_rmse"].tolist() == [0.02]
    assert not judged["verdict"]["stop"]
    assert judged["verdict"]["reasons"][0] == "target_error: the model error is 0.02, goal 0.01"
    nodes |= {"learning_curve": judged["learning_curve"], "metrics": Dict({"validation_rmse": 0.005})}
    judged = judge_landscape(Dict({"target_error": {"error": 0.01}}), **nodes)
    assert judged["verdict"]["goal_reached"]
    assert len(judged["learning_curve"]) == 2
