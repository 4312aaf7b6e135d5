from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run, submit
from aiida.orm import Dict, Int, ProcessNode, QueryBuilder, Str

from aiida_matal.data.table import TableData
from aiida_matal.science.labels import Label, collect, label_table
from aiida_matal.science.table import Column
from aiida_matal.workflows.campaigns.campaign import CampaignWorkChain


@pytest.fixture
def changed_builder(campaign_inputs):
    """Return a function that gives the builder of the campaign with keys of its inputs changed."""

    def make(changes):
        inputs = dict(campaign_inputs)
        for name, change in changes.items():
            merge = isinstance(change, dict) and name in inputs
            inputs[name] = Dict({**inputs[name].get_dict(), **change}) if merge else change
        builder = CampaignWorkChain.get_builder()
        for name, value in inputs.items():
            builder[name] = value
        return builder

    return make


def refused(builder, message):
    before = QueryBuilder().append(ProcessNode).count()
    with pytest.raises(ValueError, match=message):
        run(builder)
    assert QueryBuilder().append(ProcessNode).count() == before


@pytest.mark.usefixtures("started_daemon_client")
def test_nothing_is_left_of_a_submission_that_is_refused(changed_builder):
    before = QueryBuilder().append(ProcessNode).count()
    with pytest.raises(ValueError, match=r"learner\.fold: 3 is refused"):
        submit(changed_builder({"learner": {"fold": 3}}))
    assert QueryBuilder().append(ProcessNode).count() == before


def with_criterion(name, **settings):
    return {"criterion": {"name": name, "settings": settings}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"learner": {"name": "gausian"}},
            "learners: 'gausian' is refused: it is not registered. Registered: committee",
        ),
        ({"learner": {"settings": {"n_restart": 1}}}, r"learner\.settings\.n_restart: 1 is .* mean 'n_restarts'"),
        ({"learner": {"features": ["u", "w"]}}, r"learner\.features: 'w' is refused: .* It has: u, v"),
        ({"learner": {"features": []}}, r"learner\.features: \[\] is refused"),
        ({"learner": {"group": "system"}}, r"learner\.group: 'system' is refused: the pool has no such column"),
        ({"learner": {"n_folds": 1}}, r"learner\.n_folds: 1 is refused"),
        ({"learner": {"fold": 3}}, r"learner\.fold: 3 is refused: the key is unknown"),
        ({"selection": with_criterion("gp_varianc")}, "criteria: 'gp_varianc' is refused: .* gp_variance"),
        (
            {"selection": with_criterion("gp_variance", kernal="rbf")},
            r"selection\.criterion\.settings\.kernal: 'rbf' is refused",
        ),
        ({"selection": {"batch_size": 0}}, r"selection\.batch_size: 0 is refused"),
        ({"selection": {"batch_sise": 2}}, r"selection\.batch_sise: 2 is refused: .* mean 'batch_size'"),
        ({"selection": {"target": "enthalpy"}}, r"selection\.target: 'enthalpy' is refused: .* Give 'energy'"),
        ({"selection": {"features": ["x"]}}, r"selection\.features: 'x' is refused"),
        ({"selection": {"one_per": "system"}}, r"selection\.one_per: 'system' is refused: the pool has no such column"),
        (
            {"start_design": {"one_per": "id", "nearest_to": {"x_b": 0.5}}},
            r"start_design\.nearest_to: 'x_b' is refused: the pool has no such feature",
        ),
        ({"start_design": with_criterion("gp_variance")}, r"start_design\.criterion: 'gp_variance' .* needs labels"),
        ({"failure_policy": {"on_failure": "ignore"}}, r"failure_policy\.on_failure: 'ignore' is refused"),
        ({"failure_policy": {"max_failed_share": 2}}, r"failure_policy\.max_failed_share: 2 is refused"),
        ({"stopping": {"max_label": {"labels": 1}}}, "stopping: 'max_label' is refused: .* max_labels"),
        ({"stopping": {"max_labels": {"labels": 0}}}, r"stopping\.max_labels\.labels: 0 is refused"),
        ({"stopping": {"max_labels": 5}}, r"stopping\.max_labels: 5 is refused: .* Its settings: labels"),
        ({"stopping": {"max_labels": {"label": 5}}}, r"stopping\.max_labels\.label: 5 is refused: .* mean 'labels'"),
    ],
)
def test_wrong_settings_are_refused_before_submission(changed_builder, changes, message):
    refused(changed_builder(changes), message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": lambda: Int(-1)}, "seed: -1 is refused: it is negative"),
        ({"oracle_name": lambda: Str("matal.oracle.mixing")}, "oracle_name: 'matal.oracle.mixing' .* Oracles: matal"),
        ({"oracle_name": lambda: Str("matal.round")}, "oracle_name: 'matal.round' is refused: it is not an oracle"),
    ],
)
def test_wrong_names_and_seeds_are_refused_before_submission(changed_builder, changes, message):
    refused(changed_builder({name: make() for name, make in changes.items()}), message)


def test_misspelt_input_is_refused_before_submission(changed_builder, campaign_inputs, pool):
    with pytest.raises(AttributeError, match="test_sets"):
        changed_builder({}).test_sets = TableData(pool)
    with pytest.raises(ValueError, match="Unexpected ports"):
        run(CampaignWorkChain, **campaign_inputs, test_sets=TableData(pool))


@pytest.mark.parametrize("name", ["code", "learner", "pool", "seed", "oracle_name"])
def test_missing_input_is_refused_before_submission(changed_builder, name):
    builder = changed_builder({})
    del builder[name]
    refused(builder, f"required value was not provided for '{name}'")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda oracle: {"settings": oracle["settings"]}, r"oracle\.reference: '\(missing\)' is refused: required"),
        (lambda oracle: {"reference": oracle["reference"]}, r"oracle\.settings: '\(missing\)' is refused"),
        (lambda oracle: {**oracle, "code": Int(1)}, r"oracle\.code: .* there is no such input.* settings, reference"),
        (lambda oracle: {**oracle, "reference": Int(1)}, r"oracle\.reference: .* not of the right type"),
        (lambda oracle: {**oracle, "settings": Dict({"quantity": "heat"})}, "column: 'heat' is refused"),
        (lambda oracle: {**oracle, "settings": Dict({"quantity": "id"})}, "column: 'id' is refused: it holds text"),
        (lambda oracle: {**oracle, "settings": Dict({"quantity": "energy_error"})}, "the oracle labels 'energy_error'"),
        (lambda oracle: {**oracle, "settings": Dict({"quant": "energy"})}, r"oracle\.settings\.quant: 'energy'"),
        (lambda oracle: {**oracle, "reference": _strangers(oracle)}, "it knows no candidate of the pool"),
        (lambda oracle: {**oracle, "reference": _with_status(oracle, "done")}, "label c00: 'done' is refused"),
    ],
)
def test_wrong_oracle_inputs_are_refused_before_submission(changed_builder, campaign_inputs, change, message):
    builder = changed_builder({})
    builder.oracle = change(campaign_inputs["oracle"])
    refused(builder, message)


def _strangers(oracle):
    table = oracle["reference"].table
    return TableData(table.with_columns({"id": [f"z{row}" for row in range(12)]}, {"id": table.columns["id"]}))


def _with_status(oracle, status):
    return TableData(oracle["reference"].table.with_columns({"status": [status] * 12}, {"status": Column("status")}))


def test_pool_that_is_not_complete_is_refused_before_submission(changed_builder, pool):
    holed = pool.with_columns({"v": np.where(np.arange(12) == 5, np.nan, pool["v"])}, {"v": pool.columns["v"]})
    message = "learner.features: 'v' is refused: it is not a finite number for 1 candidates, the first is 'c05'"
    refused(changed_builder({"pool": TableData(holed, role="pool")}), message)
    refused(changed_builder({"pool": TableData(pool.select(["u", "v"]), role="pool")}), "column: 'id' is refused")


@pytest.fixture
def labelled(pool):
    return collect(pool, [label_table([Label("c00", "ok", 1.0), Label("c01", "ok", 2.0)], "energy", "kJ/mol")], 0, None)


def test_dataset_that_new_labels_cannot_join_is_refused_before_submission(changed_builder, labelled):
    for name in ("energy", "u", "core_hours", "round"):
        partial = labelled.select([column for column in labelled.names if column != name])
        message = f"dataset: '{name}' is refused: the dataset has no such column"
        refused(changed_builder({"dataset": TableData(partial, role="dataset")}), message)


def test_test_set_that_the_campaign_may_train_on_is_refused_before_submission(changed_builder, labelled):
    test_set = TableData(labelled, role="dataset")
    refused(changed_builder({"test_set": test_set}), r"test_set: \['c00', 'c01'\] is refused: .* may train on")
    partial = TableData(labelled.select(["id", "status", "u"]), role="dataset")
    refused(changed_builder({"test_set": partial}), "test_set: 'energy' is refused")
