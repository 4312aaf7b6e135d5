from __future__ import annotations

import time

import numpy as np
import pytest
from aiida.engine import run, run_get_node, submit
from aiida.manage.caching import enable_caching
from aiida.orm import CalcJobNode, Dict, Int, ProcessNode, QueryBuilder, to_aiida_type

from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.training import LearnerSettings, train
from aiida_matal.workflows.nested_training import NestedTrainingWorkChain

RESULTS = ("parity", "metrics", "errors", "features", "learner", "model")


@pytest.fixture
def inputs(task_code, liquid_labels, nested_settings):
    return {
        "code": task_code,
        "dataset": TableData(liquid_labels, role="dataset"),
        "training": Dict(nested_settings),
        "seed": Int(3),
    }


def jobs_of(training):
    links = training.base.links.get_outgoing().all()
    return {link.link_label: link.node for link in links if isinstance(link.node, CalcJobNode)}


def test_folds_and_final_model_are_collected_and_come_from_the_cache_again(
    inputs, liquid_labels, nested_settings, started_daemon_client
):
    _, plain = run_get_node(NestedTrainingWorkChain, **inputs, max_concurrent=Int(1))
    assert plain.exit_status == 0, plain.exit_message
    jobs = jobs_of(plain)
    assert sorted(jobs) == ["final", "fold_00", "fold_01"]
    assert jobs["fold_01"].ctime > jobs["fold_00"].outputs.learner.ctime
    labelled = liquid_labels.take(liquid_labels["status"] == "ok")

    parity = plain.outputs.parity.table
    assert parity["id"].tolist() == labelled["id"].tolist()
    assert (parity["observed"] == labelled["enthalpy_of_mixing"]).all()
    assert (parity["baseline"] == labelled["miedema_enthalpy"]).all()
    metrics = plain.outputs.metrics.get_dict()
    assert metrics["cv_rmse"] == pytest.approx(np.sqrt(np.mean((parity["predicted"] - parity["observed"]) ** 2)))
    assert metrics["rmse_ratio"] == pytest.approx(metrics["cv_rmse"] / metrics["baseline_rmse"])
    errors = {(row["level"], row["name"]): row for row in plain.outputs.errors.table.rows()}
    assert errors["all", "all"]["rmse"] == pytest.approx(metrics["cv_rmse"])
    assert {level for level, _ in errors} == {"all", "system", "miedema_group", "element"}
    assert errors["element", "Al"]["n_points"] == 15

    features = {row["feature"]: row["n_folds"] for row in plain.outputs.features.table.rows()}
    chosen = [jobs[f"fold_{fold:02d}"].outputs.learner["features"] for fold in range(2)]
    assert features == {name: sum(name in names for names in chosen) for name in nested_settings["learner"]["features"]}
    assert plain.outputs.model.scores == metrics
    checksums = [model.base.attributes.get("sha256") for model in (plain.outputs.model, jobs["final"].outputs.model)]
    assert checksums[0] == checksums[1]
    learner = LearnerSettings.parse(plain.outputs.learner.get_dict(), "learner")
    assert train(labelled, learner, seed=1).card.features == plain.outputs.model.features

    with enable_caching(identifier="aiida.calculations:matal.*"):
        _, cached = run_get_node(NestedTrainingWorkChain, **inputs)
    assert all(job.base.caching.is_created_from_cache for job in jobs_of(cached).values())
    assert_same_results(cached, plain)

    submitted = submit(NestedTrainingWorkChain, **inputs)
    deadline = time.monotonic() + 240
    while not submitted.is_terminated and time.monotonic() < deadline:
        time.sleep(0.5)
    assert submitted.exit_status == 0, submitted.exit_message
    assert_same_results(submitted, plain)


def assert_same_results(first, second):
    assert sorted(first.outputs) == sorted(second.outputs) == sorted(RESULTS)
    for name in RESULTS:
        assert first.outputs[name].base.caching.get_hash() == second.outputs[name].base.caching.get_hash(), name


@pytest.fixture
def breakable_code(localhost, aiida_code_installed, task_code, tmp_path):
    """A worker that does not do fold 1 and the final model while a file is there, and that file."""
    flag, script = tmp_path / "broken", tmp_path / "worker.sh"
    condition = f"[ -e {flag} ] && grep -qE '\"fold\": (1|null)' task.json"
    script.write_text(f'#!/bin/bash\n{condition} && exit 1\n{task_code.filepath_executable} "$@"\n')
    script.chmod(0o755)
    flag.touch()
    code = aiida_code_installed(
        label="breakable", computer=localhost, filepath_executable=str(script), prepend_text="export OMP_NUM_THREADS=1"
    )
    return code, flag


def test_failed_jobs_cost_no_other_and_only_they_run_again(inputs, nested_settings, breakable_code):
    code, flag = breakable_code
    training = Dict({**nested_settings, "elimination": None, "tuning": None})
    changed = {**inputs, "training": training, "code": code}
    with enable_caching(identifier="aiida.calculations:matal.*"):
        _, failed = run_get_node(NestedTrainingWorkChain, **changed)
        flag.unlink()
        _, again = run_get_node(NestedTrainingWorkChain, **changed)
    assert failed.exit_status == 301
    assert failed.exit_message.startswith("2 of 3 jobs failed (fold_01, final). TuneCalculation<")
    assert sorted(failed.outputs) == sorted({*RESULTS} - {"model", "learner"})
    held_out = jobs_of(failed)["fold_00"].outputs.parity.table
    assert sorted(failed.outputs.parity.table["id"].tolist()) == sorted(held_out["id"].tolist())
    assert again.exit_status == 0, again.exit_message
    cached = [label for label, job in jobs_of(again).items() if job.base.caching.is_created_from_cache]
    assert cached == ["fold_00"]
    assert sorted(again.outputs) == sorted(RESULTS)


@pytest.mark.parametrize("protocol", NestedTrainingWorkChain.get_protocols())
def test_protocols_give_these_inputs(task_code, liquid_labels, data_regression, protocol):
    dataset = TableData(liquid_labels, role="dataset")
    builder = NestedTrainingWorkChain.get_builder_from_protocol(task_code, dataset, protocol)
    assert (builder.code, builder.dataset) == (task_code, dataset)
    given = {name: node for name, node in builder._inputs(prune=True).items() if name not in ("code", "dataset")}
    data_regression.check(plain(given))


def plain(inputs):
    return {name: node.get_dict() if isinstance(node, Dict) else node.value for name, node in inputs.items()}


def test_steps_can_be_left_out_and_another_learner_has_settings_of_its_own(task_code, liquid_labels):
    learner = {"name": "gaussian_process", "settings": {"n_restarts": 0}}
    overrides = {"learner": learner, "elimination": None, "tuning": None}
    builder = NestedTrainingWorkChain.get_builder_from_protocol(task_code, TableData(liquid_labels), "quick", overrides)
    training = builder.training.get_dict()
    assert (training["elimination"], training["tuning"]) == (None, None)
    assert training["learner"]["settings"] == {"n_restarts": 0}
    assert training["learner"]["group"] == "system"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"seed": 1.5}, "seed: 1.5 is refused"),
        ({"max_concurrent": 0}, "max_concurrent: 0 is refused"),
        ({"inner_folds": 1}, "training.inner_folds: 1 is refused"),
        ({"folds": 3}, "overrides.folds: 3 is refused: the key is unknown"),
        ({"learner": {"features": ["mean_colour"]}}, "'mean_colour' is refused: the table has no such column"),
    ],
)
def test_wrong_overrides_are_refused(task_code, liquid_labels, overrides, message):
    with pytest.raises(InputError, match=message):
        NestedTrainingWorkChain.get_builder_from_protocol(task_code, TableData(liquid_labels), "quick", overrides)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": -1}, "seed: -1 is refused"),
        ({"max_concurrent": 0}, "max_concurrent: 0 is refused"),
        ({"task_options": {"max_wallclock_seconds": "long"}}, "task_options.max_wallclock_seconds: 'long' is"),
        ({"task_options": {"walltime": 60}}, "task_options.walltime: 60 is refused: there is no such input"),
        ({"training": {"outer_fold": 3}}, "training.outer_fold: 3 is refused: .* Did you mean 'outer_folds'"),
        ({"learner": {"baseline": "miedema"}}, "'miedema' is refused: the table has no such column"),
        ({"learner": {"features": ["mean_colour"]}}, "'mean_colour' is refused: the table has no such column"),
        ({"learner": {"group": "family"}}, "'family' is refused: the table has no such column"),
        ({"learner": {"group": "status"}}, "there are 1 groups with labels"),
        ({"learner": {"name": "forest"}}, "learners: 'forest' is refused"),
        ({"learner": {"settings": {"trees": 3}}}, "learner settings.trees: 3 is refused"),
        ({"learner": {"name": "gaussian_process", "settings": {}}}, "'gaussian_process' is refused: its models do not"),
    ],
)
def test_wrong_inputs_are_refused_before_anything_runs(inputs, nested_settings, changes, message):
    changes = dict(changes)
    learner = {**nested_settings["learner"], **changes.pop("learner", {})}
    changes["training"] = {**nested_settings, "learner": learner, **changes.pop("training", {})}
    before = QueryBuilder().append(ProcessNode).count()
    with pytest.raises(ValueError, match=message):
        run(NestedTrainingWorkChain, **{**inputs, **{name: to_aiida_type(value) for name, value in changes.items()}})
    assert QueryBuilder().append(ProcessNode).count() == before
