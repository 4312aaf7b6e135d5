"""Compare strategies by command in the daemon, and show the comparison again."""

from __future__ import annotations

import json

import pytest
import yaml
from aiida.orm import WorkChainNode

from aiida_matal.data.table import TableData

OVERRIDES = {
    "batch_size": 2,
    "benchmark": {"n_iterations": 2},
    "learner": {"settings": {"num_boost_round": 10, "min_data_in_leaf": 2}},
}


@pytest.fixture
def benchmark(run_command, task_code, liquid_labels, tmp_path):
    """Return a function that runs `campaign benchmark` on labels of 15 systems, with fast settings."""
    dataset = TableData(liquid_labels, role="dataset")
    dataset.label = "liquids"
    dataset.store()
    path = tmp_path / "overrides.yaml"
    path.write_text(yaml.safe_dump(OVERRIDES))

    def run(*arguments, name="liquids", exit_code=0):
        options = ["--code", task_code.full_label, "--overrides", path, "--strategies", "random_systems, tree_points"]
        return run_command("campaign", "benchmark", name, *options, *arguments, exit_code=exit_code)

    return run


def test_strategies_are_compared_and_the_comparison_is_shown_again(
    benchmark, run_command, tmp_path, started_daemon_client
):
    figure = tmp_path / "benchmark.svg"
    text = benchmark("--splits", 3, "--jobs", 2, "-o", figure).stdout
    pk = int(text.split()[1])
    assert "2 of 2 jobs have ended" in text
    assert "RMSE in kJ/mol, mean over 3 splits [95 % interval]" in text
    assert "Acceleration factor: labels of random_systems over labels to its RMSE" in text
    assert figure.read_text().startswith("<svg")

    shown = run_command("campaign", "benchmark", "--show", pk).stdout
    assert shown.strip() in text
    again = tmp_path / "again.svg"
    printed = json.loads(run_command("campaign", "benchmark", "--show", pk, "--json", "-o", again).stdout)
    assert again.read_text() == figure.read_text()
    assert (printed["pk"], printed["exit_status"], printed["n_splits"]) == (pk, 0, 3)
    assert len(printed["summary"]) == 2 * 3
    start = printed["summary"][3]
    assert (start["strategy"], start["difference"], start["ef"], start["af"]) == ("tree_points", 0.0, 1.0, None)


def test_dry_run_shows_all_inputs_and_submits_nothing(benchmark):
    arguments = ["--splits", 7, "--jobs", 3, "--seed", 5, "--exclude-elements", "Zn, Ag", "--dry-run"]
    overrides = yaml.safe_load(benchmark(*arguments[:-3], "--dry-run").stdout)["inputs"]
    assert overrides["strategies"]["tree_points"]["batch_size"] == 2
    assert (overrides["n_splits"], overrides["splits_per_job"], overrides["seed"]) == (7, 3, 5)
    refused = benchmark(*arguments, exit_code=2).output
    assert "of 6 groups 2 are left to choose from, for 4 choices" in refused
    assert json.loads(benchmark("--dry-run", "--json").stdout)["inputs"]["reference_strategy"] == "random_systems"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["campaign", "benchmark"], "Give either DATASET or --show PK"),
        (["campaign", "benchmark", "liquids", "--show", "1"], "Give either DATASET or --show PK"),
        (["campaign", "benchmark", "--show", "987654321"], "there is no such node"),
        (["campaign", "benchmark", "--show", "1", "-o", "/nowhere/figure.svg"], "its folder does not exist"),
    ],
)
def test_what_cannot_be_shown_is_refused(run_command, arguments, message):
    assert message in run_command(*arguments, exit_code=2).output


def test_a_process_of_another_kind_is_refused(run_command):
    node = WorkChainNode()
    node.set_process_label("CampaignWorkChain")
    output = run_command("campaign", "benchmark", "--show", node.store().pk, exit_code=2).output
    assert "it is a CampaignWorkChain. Give a benchmark of strategies" in output
