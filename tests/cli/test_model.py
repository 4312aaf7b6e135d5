"""Train a model by command in the daemon, look at it, and predict with it."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from aiida_matal.data.table import TableData


@pytest.fixture
def train(run_command, task_code, liquid_labels, nested_settings, tmp_path):
    """Return a function that runs `model train` on made-up labels, with settings that take seconds."""
    dataset = TableData(liquid_labels, role="dataset")
    dataset.label = "liquids"
    dataset.store()
    path = tmp_path / "overrides.yaml"

    def run(*arguments, exit_code=0, name="liquids", **changes):
        path.write_text(yaml.safe_dump({**nested_settings, **changes}))
        command = ["model", "train", name, "--code", task_code.full_label, "--overrides", path, *arguments]
        return run_command(*command, exit_code=exit_code)

    return run


def test_model_is_trained_shown_and_predicts(train, run_command, task_code, started_daemon_client):
    text = train("--seed", "5", "--watch").stdout
    pk = int(text.split()[1])
    assert f"training {pk} is submitted" in text
    assert "3 of 3 jobs have ended" in text
    assert "all labels" in text
    assert "TM-nonTM" in text

    status = json.loads(run_command("model", "status", pk, "--json").stdout)
    assert [job["label"] for job in status["jobs"]] == ["fold_00", "fold_01", "final"]
    assert [job["n_features"] for job in status["jobs"]] == [2, 2, 2]
    assert status["jobs"][2]["rmse"] is None
    assert status["errors"][0]["rmse"] == pytest.approx(status["metrics"]["cv_rmse"])
    model = status["outputs"]["model"]
    assert f"aiida-matal model predict {model} --all" in run_command("model", "status", pk).stdout
    assert re.match(r"\[0:\d\d\] 3 of 3 jobs have ended", run_command("model", "status", pk, "--watch").stdout)

    arguments = ["--elements", "Al, Cu,Fe", "--code", task_code.full_label]
    predicted = json.loads(run_command("model", "predict", pk, *arguments, "--json").stdout)
    assert (predicted["n_points"], predicted["n_systems"], predicted["n_left_out"]) == (57, 3, 0)
    text = run_command("model", "predict", model, *arguments).stdout
    assert text.startswith("57 points of 3 systems are predicted")
    assert {"Al-Cu", "Al-Fe", "Cu-Fe"} <= set(text.split())


def test_dry_run_shows_all_inputs_and_submits_nothing(train):
    inputs = json.loads(train("--seed", "7", "--dry-run", "--json").stdout)["inputs"]
    assert (inputs["seed"], inputs["training"]["outer_folds"]) == (7, 2)
    assert yaml.safe_load(train("--dry-run").stdout)["inputs"]["training"]["learner"]["group"] == "system"


@pytest.mark.usefixtures("stopped_daemon")
def test_nothing_is_submitted_without_a_daemon(train):
    assert "Nothing was submitted" in train(exit_code=1).output


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "no such table"}, "DATASET: 'no such table' is refused: the profile has no such table"),
        ({"outer_folds": 1}, "training.outer_folds: 1 is refused"),
        ({"outer_fold": 3}, "overrides.outer_fold: 3 is refused: the key is unknown"),
        ({"learner": {"baseline": "miedema"}}, "'miedema' is refused: the table has no such column"),
    ],
)
def test_refused_input_of_a_training_is_one_line(train, changes, message):
    output = train(exit_code=2, **changes).output
    assert message in output
    assert len(output.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["1"], "Give either --elements A,B,... or --all."),
        (["1", "--all", "--elements", "Al,Cu"], "Give either --elements A,B,... or --all."),
        (["1", "--elements", "Al,Xx"], "it holds 'Xx', which is not in the element table"),
        (["987654321", "--elements", "Al,Cu"], "there is no such node in this profile"),
    ],
)
def test_refused_input_of_a_prediction_says_why(run_command, task_code, arguments, message):
    output = run_command("model", "predict", *arguments, "--code", task_code.full_label, exit_code=2).output
    assert message in output


def test_what_is_no_training_has_no_status(run_command, task_code):
    assert "it is a" in run_command("model", "status", task_code.uuid, exit_code=2).output
