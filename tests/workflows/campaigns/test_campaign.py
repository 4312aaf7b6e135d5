from __future__ import annotations

import numpy as np
import pytest
from aiida.orm import CalcJobNode, Dict, ProcessNode, Str

from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.labels import Label, collect, label_table
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import ID
from aiida_matal.workflows.campaigns.continuation import rounds_of
from aiida_matal.workflows.oracles.reference import ReferenceWorkChain


class HalfPriceOracle(ReferenceWorkChain):
    """What a third party might add: its own oracle."""


def called(node: ProcessNode) -> dict[str, ProcessNode]:
    links = node.base.links.get_outgoing().all()
    return {link.link_label: link.node for link in links if isinstance(link.node, ProcessNode)}


def test_campaign_returns_dataset_model_metrics_curve_and_verdict(finished_campaign, reference):
    assert finished_campaign.exit_status == 0, finished_campaign.exit_message
    outputs = finished_campaign.outputs
    assert set(outputs) == {"dataset", "model", "metrics", "learning_curve", "verdict"}
    dataset = outputs.dataset.table
    assert dataset["round"].tolist() == [0, 0, 0, 1, 1]
    assert dataset["status"].tolist() == ["ok"] * 5
    known = reference.take(reference.positions(dataset[ID].tolist()))
    np.testing.assert_array_equal(dataset["energy"], known["energy"])
    np.testing.assert_array_equal(dataset["energy_error"], known["energy_error"])
    assert set(dataset["evidence"].tolist()) == {finished_campaign.inputs.oracle.reference.uuid}
    assert isinstance(outputs.model, ModelData)
    assert outputs.model.scores == outputs.metrics.get_dict()
    verdict = outputs.verdict.get_dict()
    assert verdict == {
        "stop": True,
        "goal_reached": False,
        "reasons": ["max_rounds: 2 of at most 2 rounds finished"],
    }


def test_learning_curve_has_a_row_for_each_round(finished_campaign):
    curve = finished_campaign.outputs.learning_curve.table
    assert curve["round"].tolist() == [0, 1, 2]
    assert curve["n_labels"].tolist() == [0, 3, 5]
    assert curve["n_failed"].tolist() == [0, 0, 0]
    errors = [rounds_of(finished_campaign)[number].outputs.metrics["cv_rmse"] for number in (1, 2)]
    np.testing.assert_allclose(curve["cv_rmse"], [np.nan, *errors], rtol=1e-12)
    assert np.isnan(curve["test_rmse"]).all()
    assert curve.columns["cv_rmse"].unit == "kJ/mol"


def test_link_labels_tell_the_steps_apart(finished_campaign):
    rounds = called(finished_campaign)
    assert sorted(rounds) == ["round_00", "round_01", "round_02"]
    first, middle, last = (called(rounds[name]) for name in sorted(rounds))
    assert sorted(first) == ["collect", "judge", "label", "select"]
    assert sorted(middle) == ["collect", "judge", "label", "select", "train"]
    assert sorted(last) == ["judge", "train"]
    assert sorted(called(middle["label"])) == ["look_up_labels"]


def test_a_round_costs_at_most_ten_processes_besides_its_labels(finished_campaign):
    for round_ in rounds_of(finished_campaign).values():
        own = [node for node in round_.called if node.process_label != "ReferenceWorkChain"]
        assert all(not node.called for node in own)
        assert 1 + len(own) <= 10


def test_decisions_follow_the_criteria_and_never_repeat_a_candidate(finished_campaign):
    rounds = rounds_of(finished_campaign)
    first, second = (rounds[number].outputs.decision.table for number in (0, 1))
    assert "score_gp_variance" not in first
    assert "predicted" not in first
    assert {"score_gp_variance", "predicted", "predicted_error"} <= set(second.names)
    assert (len(first), len(second)) == (12, 9)
    chosen = [*first[ID][first["chosen"]].tolist(), *second[ID][second["chosen"]].tolist()]
    assert finished_campaign.outputs.dataset.table[ID].tolist() == chosen


def test_each_round_has_a_seed_of_its_own(finished_campaign):
    for number, round_ in rounds_of(finished_campaign).items():
        jobs = [node for node in round_.called if isinstance(node, CalcJobNode)]
        assert {job.inputs.seed.value for job in jobs} == {derive_seed(1, "round", number)}


def test_repeated_campaign_comes_from_the_cache_with_the_same_decisions(finished_campaign, run_campaign):
    _, node = run_campaign()
    jobs = [job for job in node.called_descendants if isinstance(job, CalcJobNode)]
    assert len(jobs) == 4
    assert all(job.base.caching.is_created_from_cache for job in jobs)
    first, second = rounds_of(finished_campaign), rounds_of(node)
    for number in (0, 1):
        hashes = {rounds[number].outputs.decision.base.caching.get_hash() for rounds in (first, second)}
        assert len(hashes) == 1
    assert node.outputs.learning_curve.table == finished_campaign.outputs.learning_curve.table


@pytest.mark.parametrize(
    ("stopping", "exit_status", "goal_reached", "reason"),
    [
        ({"max_labels": {"labels": 3}}, 0, False, "max_labels: 3 of at most 3 labels made"),
        ({"target_error": {"error": 1e6}}, 0, True, "target_error: the model error is"),
        (
            {"target_error": {"error": 1e-9}, "max_rounds": {"rounds": 1}},
            401,
            False,
            "max_rounds: 1 of at most 1 rounds finished",
        ),
    ],
)
def test_exit_status_says_whether_a_goal_was_missed(run_campaign, stopping, exit_status, goal_reached, reason):
    outputs, node = run_campaign(stopping=Dict(stopping))
    assert node.exit_status == exit_status
    assert set(outputs) == {"dataset", "model", "metrics", "learning_curve", "verdict"}
    assert outputs["verdict"]["goal_reached"] == goal_reached
    assert len(outputs["verdict"]["reasons"]) == 1
    assert outputs["verdict"]["reasons"][0].startswith(reason)
    assert exit_status == 0 or "A limit was reached before the goal: max_rounds" in node.exit_message


def test_campaign_ends_with_the_pool(run_campaign, campaign_inputs, pool):
    start = {**campaign_inputs["start_design"].get_dict(), "batch_size": 50}
    outputs, node = run_campaign(start_design=Dict(start), stopping=Dict({}))
    assert node.exit_status == 0, node.exit_message
    assert sorted(outputs["dataset"].table[ID].tolist()) == pool[ID].tolist()
    assert outputs["verdict"]["reasons"] == ["pool_exhausted: 0 candidates left"]


@pytest.fixture
def known_labels(pool, reference):
    """The first four candidates, as an earlier campaign would have labelled them."""
    rows = list(reference.take(range(4)).rows())
    labels = [Label(row[ID], "ok", row["energy"], row["energy_error"], core_hours=2.0) for row in rows]
    return collect(pool, [label_table(labels, "energy", "kJ/mol")], 7, None)


def test_campaign_begins_with_the_labels_it_is_given(run_campaign, known_labels):
    outputs, node = run_campaign(
        dataset=TableData(known_labels, role="dataset"), stopping=Dict({"max_rounds": {"rounds": 1}})
    )
    assert node.exit_status == 0, node.exit_message
    assert "train" in called(rounds_of(node)[0])
    dataset = outputs["dataset"].table
    assert dataset.take(range(4)) == known_labels
    assert dataset["round"].tolist() == [7] * 4 + [0] * 2
    assert not set(dataset[ID][4:].tolist()) & set(known_labels[ID].tolist())
    curve = outputs["learning_curve"].table
    assert (curve["n_labels"].tolist(), curve["core_hours"].tolist()) == ([4, 6], [8.0, 8.0])


def test_error_is_measured_on_the_test_set(run_campaign, pool, known_labels):
    rest = TableData(pool.take(range(4, 12)), role="pool")
    outputs, node = run_campaign(
        pool=rest,
        test_set=TableData(known_labels, role="dataset"),
        stopping=Dict({"max_rounds": {"rounds": 1}}),
    )
    assert node.exit_status == 0, node.exit_message
    curve = outputs["learning_curve"].table
    np.testing.assert_allclose(curve["test_rmse"], [np.nan, outputs["metrics"]["test_rmse"]], rtol=1e-12)
    assert not set(outputs["dataset"].table[ID].tolist()) & set(known_labels[ID].tolist())


def test_oracle_of_a_third_party_is_found_by_its_entry_point(run_campaign, entry_points):
    name = "someone.oracle.half_price"
    entry_points.add(HalfPriceOracle, f"aiida.workflows:{name}")
    _, node = run_campaign(oracle_name=Str(name), stopping=Dict({"max_rounds": {"rounds": 1}}))
    assert node.exit_status == 0, node.exit_message
    assert called(rounds_of(node)[0])["label"].process_label == "HalfPriceOracle"
