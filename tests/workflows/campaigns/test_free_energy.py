"""Free-energy campaigns with real Monte Carlo, real networks and the worker."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from aiida.engine import run_get_node
from aiida.orm import CalcJobNode, Dict, ProcessNode, QueryBuilder

from aiida_matal.cli.status_text import status_text
from aiida_matal.data.table import TableData
from aiida_matal.provenance.campaigns import campaign_status
from aiida_matal.provenance.label_tables import labels_of
from aiida_matal.provenance.landscape_labels import point_record
from aiida_matal.provenance.report import render_report
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import ETA, KAPPA, MU, WANTED, numbered, vector
from aiida_matal.science.landscape.sampling.bias import trusted_mu
from aiida_matal.science.landscape.system import read_settings
from aiida_matal.science.learning.model_files import read_model
from aiida_matal.science.registry import LANDSCAPE_LEARNERS
from aiida_matal.science.table import ID, Column
from aiida_matal.workflows.campaigns.campaign_file import read_campaign_file
from aiida_matal.workflows.campaigns.continuation import extend, fork, rounds_of
from aiida_matal.workflows.campaigns.free_energy import FreeEnergyCampaign

EXAMPLES = Path(__file__).parents[3] / "examples" / "free_energy"
PHI = np.array([2.0, 1.0, 1.0, 1.0])
NO_TEST_SET = {"test_design": {"n_points": dict.fromkeys(["BW", "BW_2D", "wells"])}}
ONE_ROUND = {"stopping": {"max_rounds": {"rounds": 1}}}
FEW_POINTS = {
    "sampling": {
        "criteria": {"billiard_walk": {"n_points": 6}}
        | dict.fromkeys(["high_error", "query_by_committee", "non_convexities"])
    },
    "learner": {"search": None},
    "stopping": {"max_rounds": {"rounds": 1}},
}


def called(node: ProcessNode) -> dict[str, ProcessNode]:
    links = node.base.links.get_outgoing().all()
    return {link.link_label: link.node for link in links if isinstance(link.node, ProcessNode)}


def load(model, folder):
    model.base.repository.copy_tree(folder)
    return read_model(folder, LANDSCAPE_LEARNERS)


def test_campaign_returns_all_that_it_knows(free_energy_campaign):
    assert free_energy_campaign.exit_status == 0, free_energy_campaign.exit_message
    outputs = free_energy_campaign.outputs
    expected = {"dataset", "model", "metrics", "learning_curve", "verdict", "errors", "test_set"}
    assert set(outputs) == expected
    dataset = outputs.dataset.table
    assert dataset["round"].tolist() == [0] * 40 + [1] * 58
    assert (dataset["status"] == "ok").all()
    curve = outputs.learning_curve.table
    assert curve["n_labels"].tolist() == [0, 40, 98]
    assert curve.columns["test_rmse"].unit == "eV"
    assert np.isnan(curve["cv_rmse"]).all()
    assert curve["validation_rmse"][2] == outputs.metrics["validation_rmse"]
    assert outputs.verdict["reasons"] == ["max_rounds: 2 of at most 2 rounds finished"]


def test_labels_are_what_the_bias_says(free_energy_campaign):
    for name in ("dataset", "test_set"):
        table = free_energy_campaign.outputs[name].table
        eta, kappa, mu = (vector(table, quantity) for quantity in (ETA, KAPPA, MU))
        np.testing.assert_allclose(mu, -2 * PHI * (eta - kappa), rtol=0, atol=1e-12)


def test_test_set_is_sampled_once_by_region_and_measures_every_model(free_energy_campaign):
    test_set = free_energy_campaign.outputs.test_set
    regions = test_set.table["criterion"].tolist()
    assert {region: regions.count(region) for region in set(regions)} == {"BW": 10, "BW_2D": 5, "wells": 5}
    assert set(test_set.table["round"].tolist()) == {-1}
    assert not set(test_set.table[ID].tolist()) & set(free_energy_campaign.outputs.dataset.table[ID].tolist())
    steps = called(free_energy_campaign)
    assert steps["collect_test_set"].inputs.labels_0.uuid == steps["label_test_set"].outputs.labels.uuid
    for round_ in rounds_of(free_energy_campaign).values():
        assert round_.inputs.test_set.uuid == test_set.uuid


def test_errors_by_region_are_those_of_the_model(free_energy_campaign, tmp_path):
    outputs = free_energy_campaign.outputs
    model, card = load(outputs.model, tmp_path / "model")
    test_set, errors = outputs.test_set.table, outputs.errors.table
    squared = (model.mu(vector(test_set, ETA)) - vector(test_set, MU)) ** 2
    rows = {row["region"]: row for row in errors.take(errors["data"] == "test set").rows()}
    assert set(rows) == {"all", "BW", "BW_2D", "wells"}
    for region, row in rows.items():
        of_region = squared if region == "all" else squared[test_set["criterion"] == region]
        assert row["mse"] == pytest.approx(of_region.mean(), rel=1e-9)
    assert outputs.metrics["test_rmse"] == pytest.approx(np.sqrt(squared.mean()), rel=1e-9)
    assert (card.kind, card.n_labels, card.features) == ("idnn", 98, [f"eta_{number}" for number in range(4)])


def test_decisions_say_who_asked_for_each_point(free_energy_campaign):
    rounds = rounds_of(free_energy_campaign)
    first, second = (rounds[number].outputs.decision.table for number in (0, 1))
    assert set(first["criterion"][first["chosen"]].tolist()) == {"billiard_walk"}
    silent = first["reason"][~first["open"]].tolist()
    assert "high_error proposes nothing: it needs a model" in silent
    assert "query_by_committee proposes nothing: it needs a model" in silent
    names = second["criterion"].tolist()
    counts = {"billiard_walk": 40, "high_error": 10, "non_convexities": 4, "query_by_committee": 4}
    assert {name: names.count(name) for name in counts} == counts
    dataset = free_energy_campaign.outputs.dataset.table
    chosen = [*first[ID][first["chosen"]].tolist(), *second[ID][second["chosen"]].tolist()]
    assert dataset[ID].tolist() == chosen


def test_bias_is_centred_with_the_model_of_the_round(free_energy_campaign, tmp_path):
    dataset = free_energy_campaign.outputs.dataset.table
    first, second = (dataset.take(dataset["round"] == number) for number in (0, 1))
    np.testing.assert_array_equal(vector(first, KAPPA), vector(first, WANTED))
    model = load(rounds_of(free_energy_campaign)[1].outputs.model, tmp_path / "model")[0]
    wanted, largest = vector(second, WANTED), trusted_mu(vector(first, MU))
    expected = wanted + np.clip(model.mu(wanted), -largest, largest) / (2 * PHI)
    np.testing.assert_allclose(vector(second, KAPPA), expected, rtol=1e-9, atol=1e-9)


def test_repeated_campaign_comes_from_the_cache_with_the_same_decisions(
    free_energy_campaign, make_free_energy, run_cached
):
    node = run_cached(make_free_energy())
    jobs = [job for job in node.called_descendants if isinstance(job, CalcJobNode)]
    assert len(jobs) == 8
    assert [job.process_label for job in jobs if not job.base.caching.is_created_from_cache] == []
    first, second = rounds_of(free_energy_campaign), rounds_of(node)
    for number in (0, 1):
        assert len({rounds[number].outputs.decision.base.caching.get_hash() for rounds in (first, second)}) == 1
    assert node.outputs.learning_curve.table == free_energy_campaign.outputs.learning_curve.table


def test_sampling_twice_gives_the_same_decision(free_energy_campaign):
    job = called(rounds_of(free_energy_campaign)[1])["select"]
    again, node = run_get_node(job.get_builder_restart())
    assert not node.base.caching.is_created_from_cache
    assert again["decision"].table == job.outputs.decision.table
    assert again["candidates"].table == job.outputs.candidates.table


def test_extended_campaign_goes_on_with_models_labels_and_test_set(free_energy_campaign, run_cached):
    builder = extend(free_energy_campaign, 1)
    assert builder.previous_model.uuid == rounds_of(free_energy_campaign)[1].outputs.model.uuid
    node = run_cached(builder)
    assert node.exit_status == 0, node.exit_message
    rounds = rounds_of(node)
    assert sorted(rounds) == [2, 3]
    assert set(called(node)) == {"round_02", "round_03"}
    assert called(rounds[2])["train"].base.caching.is_created_from_cache
    assert rounds[3].inputs.previous_model.uuid == rounds[2].outputs.model.uuid
    assert rounds[3].inputs.test_set.uuid == free_energy_campaign.outputs.test_set.uuid
    assert called(rounds[3])["train"].inputs.search.value
    dataset = node.outputs.dataset.table
    assert dataset.take(range(98)) == free_energy_campaign.outputs.dataset.table
    assert set(dataset["round"][98:].tolist()) == {2}
    assert node.outputs.learning_curve.table["n_labels"].tolist()[:3] == [0, 40, 98]


def test_fork_shares_what_came_before_and_takes_another_seed(free_energy_campaign):
    builder = fork(free_energy_campaign, 1, seed=7)
    old = rounds_of(free_energy_campaign)[1].inputs
    assert builder.seed.value == 7
    for name in ("dataset", "learning_curve", "summary", "test_set"):
        assert builder[name].uuid == old[name].uuid
    with pytest.raises(InputError, match="criterion: 'random' is refused: the campaign does not choose from a pool"):
        fork(free_energy_campaign, 1, criterion="random")


def test_fork_changes_the_sampling(free_energy_campaign):
    changes = {"novelty": {"threshold": "r2"}, "criteria": {"high_error": None, "billiard_walk": {"n_points": 5}}}
    builder = fork(free_energy_campaign, 1, sampling=changes)
    old, new = (sampling.get_dict() for sampling in (free_energy_campaign.inputs.sampling, builder.sampling))
    assert new["novelty"]["threshold"] == "r2"
    assert new["criteria"].keys() == old["criteria"].keys() - {"high_error"}
    assert new["criteria"]["billiard_walk"] == {**old["criteria"]["billiard_walk"], "n_points": 5}
    assert new["explored_points"] == old["explored_points"]
    assert builder.seed.uuid == free_energy_campaign.inputs.seed.uuid
    with pytest.raises(InputError, match=r"sampling\.novelties: .* is refused"):
        fork(free_energy_campaign, 1, sampling={"novelties": {}})


def test_status_and_report_are_short_however_many_labels_there_are(free_energy_campaign):
    text = status_text(campaign_status(free_energy_campaign))
    assert "98 labels, 0 failed or rejected" in text
    assert "test_rmse (eV)" in text
    page = render_report(free_energy_campaign)
    words = " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)).split())
    assert "Dataset: 98 points" in words
    assert "Test set: 20 points" in words
    assert "round points billiard walk high error non convexities query by committee" in words
    assert " 1 58 40 10 4 4 " in words
    assert words.count("r01_") == 10
    assert len(page) < 100_000


def test_labels_say_where_they_were_made_and_who_asked_for_them(free_energy_campaign):
    campaign = free_energy_campaign.pk
    labels = labels_of(free_energy_campaign).table
    record = point_record(labels, "r01_high_error_00000")
    assert record.criterion == "high_error"
    assert record.asked.startswith("asked for by high_error: ")
    assert record.where == f"round 1 of campaign {campaign}"
    row = labels.positions([record.id])
    assert record.kappa == labels.take(row).matrix(numbered(KAPPA, 4))[0].tolist()
    tested = point_record(free_energy_campaign.outputs.test_set.table, "test_BW_00000")
    assert (tested.criterion, tested.where) == ("BW", f"the test set of campaign {campaign}")


def test_failed_labels_are_tried_again_and_kept_with_their_reasons(make_free_energy, run_cached):
    oracle = {"precision": 1e-6, "min_passes": 100, "max_passes": 200}
    policy = {"on_failure": "retry", "tries": 1, "max_failed_share": 0.5}
    node = run_cached(make_free_energy({**NO_TEST_SET, **FEW_POINTS, "oracle": oracle, "failure_policy": policy}))
    assert node.exit_status == 310
    assert "100% of the labels failed, 50% may." in node.exit_message
    tries = [called(rounds_of(node)[0])[label].outputs.labels.table for label in ("label", "label_1")]
    assert tries[0][ID].tolist() == tries[1][ID].tolist()
    assert not np.array_equal(tries[0]["eta_1"], tries[1]["eta_1"])
    dataset = node.outputs.dataset.table
    assert dataset["status"].tolist() == ["failed"] * 6
    assert "above the precision" in dataset["reason"][0]
    assert np.isnan(dataset["mu_0"]).all()
    np.testing.assert_array_equal(dataset["eta_1"], tries[1]["eta_1"])
    status = campaign_status(node)
    assert (status.n_labels, status.n_failed, status.rounds[0].failed) == (0, 6, 6)
    page = render_report(node)
    assert "The first 6 of those that failed or were rejected" in page
    assert "above the precision" in page


def test_a_test_set_of_which_nothing_is_known_ends_the_campaign(make_free_energy, run_cached):
    oracle = {"precision": 1e-6, "min_passes": 100, "max_passes": 200}
    node = run_cached(make_free_energy({**FEW_POINTS, "oracle": oracle}))
    assert node.exit_status == 311
    assert "The test set could not be made: no point could be labelled: " in node.exit_message
    assert set(node.outputs) == {"test_set"}
    assert "finished [311]" in status_text(campaign_status(node))
    assert "Test set: 20 points" in render_report(node)


def test_failed_training_leaves_the_labels_and_says_why(free_energy_campaign, make_free_energy, run_cached):
    table = free_energy_campaign.outputs.dataset.table
    ids = [name.replace("r0", "old_") for name in table[ID].tolist()]
    mu = table["mu_1"].copy()
    mu[2] = np.nan
    broken = table.with_columns({ID: ids, "mu_1": mu}, {name: table.columns[name] for name in (ID, "mu_1")})
    dataset = TableData(broken, role="dataset")
    node = run_cached(make_free_energy(NO_TEST_SET, dataset=dataset))
    assert node.exit_status == 310
    assert "Round 0 failed" in node.exit_message
    assert rounds_of(node)[0].exit_status == 301
    assert "dataset.mu_1: nan is refused" in node.exit_message
    assert node.outputs.dataset.uuid == dataset.uuid


@pytest.fixture
def surrogate(free_energy_campaign):
    return free_energy_campaign.outputs.model


def test_a_model_can_stand_for_monte_carlo(surrogate, make_free_energy, run_cached, tmp_path):
    design = {"n_points": {"wells": None}}
    criteria = {"criteria": {"query_by_committee": None}}
    overrides = {**ONE_ROUND, "learner": {"search": None}, "test_design": design, "sampling": criteria}
    builder = make_free_energy(overrides, surrogate=surrogate)
    assert builder.oracle_name.value == "matal.oracle.landscape_model"
    node = run_cached(builder)
    assert node.exit_status == 0, node.exit_message
    model = load(surrogate, tmp_path / "model")[0]
    for name, n_points in (("dataset", 40), ("test_set", 15)):
        table = node.outputs[name].table
        assert len(table) == n_points
        np.testing.assert_array_equal(vector(table, ETA), vector(table, WANTED))
        np.testing.assert_allclose(vector(table, MU), model.mu(vector(table, ETA)), rtol=0, atol=1e-15)


@pytest.mark.parametrize("protocol", sorted(FreeEnergyCampaign.get_protocols()))
def test_protocols_give_these_inputs(task_code, data_regression, protocol):
    system = read_settings(EXAMPLES / "zigzag.yaml").as_dict()
    builder = FreeEnergyCampaign.get_builder_from_protocol(task_code, system, protocol)
    inputs = builder._inputs(prune=True)
    plain = {name: node.get_dict() for name, node in inputs.items() if isinstance(node, Dict) and name != "system"}
    oracle = {"oracle_name": inputs["oracle_name"].value, "oracle": inputs["oracle"]["settings"].get_dict()}
    data_regression.check({**plain, **oracle, "seed": inputs["seed"].value})


BAD_OVERRIDES = [
    ({"seed": -1}, "seed: -1 is refused"),
    ({"temperature": -1.0}, r"^temperature: -1\.0 is refused: it is not above 0 K"),
    ({"oracle": {"temperature": 300.0}}, r"overrides\.oracle\.temperature: 300\.0 is refused: .* Give `temperature`"),
    ({"oracle": {"phi": {"composition": 0.0}}}, r"oracle\.settings\.phi\.composition: 0\.0 is refused"),
    ({"oracle": {"min_passes": 5000}}, r"oracle\.settings\.max_passes: 4000 is refused: it is below min_passes"),
    ({"oracle": {"chunks": 2}}, r"oracle\.settings\.chunks: 2 is refused"),
    ({"learner": {"name": "spline"}}, r"learner\.name: 'spline' is refused: it is not registered"),
    ({"learner": {"settings": {"neuron": 2}}}, r"learner\.settings\.neuron: 2 is refused: .* mean 'neurons'"),
    ({"learner": {"search": {"settings": {"n_trials": 0}}}}, r"learner\.search\.settings\.n_trials: 0 is refused"),
    ({"learner": {"search": None}}, r"sampling\.criteria: 'query_by_committee' is refused: it needs a committee"),
    ({"sampling": {"criteria": {"well": {}}}}, r"sampling\.criteria: 'well' is refused: it is not registered"),
    ({"sampling": {"criteria": {"billiard_walk": {"n_point": 1}}}}, r"sampling\.criteria\.billiard_walk\.n_point: 1"),
    ({"sampling": {"criteria": {"billiard_walk": None}}}, "all need a model, and the first round has none"),
    ({"sampling": {"novelty": {"threshold": "r3"}}}, r"sampling\.novelty\.threshold: 'r3' is refused"),
    ({"test_design": {"n_points": {"well": 3}}}, r"test_design\.n_points: .* well is not a region"),
    ({"failure_policy": {"on_failure": "replace"}}, r"failure_policy\.on_failure: 'replace' .* Give skip or retry"),
    ({"stopping": {"max_round": {"rounds": 1}}}, "stopping: 'max_round' is refused"),
    ({"oracel": {}}, "overrides.oracel: {} is refused"),
]


@pytest.mark.parametrize(("overrides", "message"), BAD_OVERRIDES)
def test_wrong_overrides_are_refused(make_free_energy, overrides, message):
    with pytest.raises(InputError, match=message):
        make_free_energy(overrides)


def test_wrong_systems_are_refused(task_code, fcc_system):
    crystal = {**fcc_system["crystal"], "lattice": [[1.0, 0.0, 0.0]] * 3}
    with pytest.raises(InputError, match=r"system\.crystal"):
        FreeEnergyCampaign.get_builder_from_protocol(task_code, {**fcc_system, "crystal": crystal})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.select([name for name in table.names if name != "mu_3"]), "dataset: 'mu_3' is refused"),
        (lambda table: table.select([name for name in table.names if name != "kappa_0"]), "dataset: 'kappa_0'"),
        (lambda table: table, r"dataset\.id: 'r00_.*' is refused: round 0 will make a point of that name"),
    ],
)
def test_wrong_datasets_are_refused(free_energy_campaign, make_free_energy, change, message):
    dataset = TableData(change(free_energy_campaign.outputs.dataset.table), role="dataset")
    with pytest.raises(InputError, match=message):
        make_free_energy(dataset=dataset)


def test_wrong_test_sets_are_refused(free_energy_campaign, make_free_energy):
    table = free_energy_campaign.outputs.test_set.table
    failed = table.with_columns({"status": ["failed"] * len(table)}, {"status": Column("status")})
    with pytest.raises(InputError, match="test_set: '20 rows' is refused: no point has the status ok"):
        make_free_energy(test_set=TableData(failed, role="dataset"))


def refused(builder, message):
    before = QueryBuilder().append(ProcessNode).count()
    with pytest.raises(ValueError, match=message):
        run_get_node(builder)
    assert QueryBuilder().append(ProcessNode).count() == before


def test_wrong_inputs_are_refused_on_direct_submission(make_free_energy):
    builder = make_free_energy()
    builder.test_design = Dict({**builder.test_design.get_dict(), "temperature": 300.0})
    refused(builder, r"test_design\.temperature: 300\.0 is refused: the oracle samples at 900\.0 K")
    builder = make_free_energy()
    builder.oracle = {"settings": builder.oracle["settings"], "system": builder.system}
    refused(builder, r"oracle\.system: .* the campaign passes on its own")
    builder = make_free_energy()
    builder.oracle = {"settings": Dict({})}
    refused(builder, r"oracle\.settings\.temperature: '\(missing\)' is refused")


def test_campaign_file_names_its_system(tmp_path, task_code):
    (tmp_path / "fcc.yaml").write_text((EXAMPLES / "fcc_l10.yaml").read_text())
    resources = {"num_machines": 1, "num_mpiprocs_per_machine": 1, "num_cores_per_mpiproc": 2}
    content = {
        "campaign": "free_energy",
        "protocol": "quick",
        "system": "fcc.yaml",
        "worker": task_code.full_label,
        "monte_carlo": {"code": task_code.full_label, "options": {"resources": resources}},
        "overrides": {"temperature": 700.0, "oracle": {"phi": {"composition": 2.0}}},
    }
    path = tmp_path / "campaign.yaml"
    path.write_text(yaml.safe_dump(content))
    builder = read_campaign_file(path).builder(tmp_path)
    assert builder.oracle["settings"]["temperature"] == builder.test_design["temperature"] == 700.0
    assert builder.oracle["options"]["resources"] == resources
    assert builder.oracle["code"].uuid == task_code.uuid
    assert builder.system["ordering"]["k_point"] == [0.5, 0.5, 0.0]
    path.write_text(yaml.safe_dump({**content, "surrogate": 987654321}))
    with pytest.raises(InputError, match="surrogate: 987654321 is refused: the profile has no such model"):
        read_campaign_file(path).builder(tmp_path)
    path.write_text(yaml.safe_dump({**content, "system": "bcc.yaml"}))
    with pytest.raises(InputError, match=r"bcc\.yaml.* is refused: it cannot be read"):
        read_campaign_file(path).builder(tmp_path)
