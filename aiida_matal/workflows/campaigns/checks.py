"""Checks of a campaign's inputs, made before anything is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from aiida.common.exceptions import EntryPointError
from aiida.plugins import WorkflowFactory
from aiida.plugins.entry_point import get_entry_point_names

from aiida_matal.science.acquisition.settings import SelectionSettings
from aiida_matal.science.errors import InputError
from aiida_matal.science.failure_policy import FailurePolicy
from aiida_matal.science.labels import label_columns
from aiida_matal.science.learning.training import LearnerSettings
from aiida_matal.science.registry import CRITERIA, LEARNERS, STOPPING, load_class
from aiida_matal.science.table import ID, Table
from aiida_matal.workflows.oracles.oracle import OracleWorkChain
from aiida_matal.workflows.ports import check_ports


def check_campaign(inputs: Mapping[str, Any], pool: Table) -> None:
    """Check all inputs of a campaign against one another and against the pool.

    :raises InputError: naming the field, the value and the cure.
    """
    learner = LearnerSettings.parse(inputs["learner"].get_dict(), "learner")
    load_class(LEARNERS, learner.name).Settings.parse(learner.settings, "learner.settings")
    check_features("learner.features", learner.features, pool)
    check_features("learner.baseline", [] if learner.baseline is None else [learner.baseline], pool)
    _check_group("learner.group", learner.group, pool)
    for name in ("start_design", "selection"):
        _check_selection(name, SelectionSettings.parse(inputs[name].get_dict(), name), learner, pool)
    FailurePolicy.parse(inputs["failure_policy"].get_dict(), "failure_policy")
    check_stopping(inputs["stopping"].get_dict())
    if inputs["seed"].value < 0:
        raise InputError("seed", inputs["seed"].value, "it is negative", "Give a whole number, 0 or more.")
    dataset = inputs["dataset"].table if "dataset" in inputs else None
    if dataset is not None:
        check_columns("dataset", dataset, [*pool.names, *label_columns(learner.target, "1"), "round"])
    if "test_set" in inputs:
        _check_test_set(inputs["test_set"].table, learner, [pool] if dataset is None else [pool, dataset])
    _check_oracle(inputs["oracle_name"].value, inputs["oracle"], learner.target, pool)


def check_features(where: str, features: list[str], pool: Table) -> None:
    """Check that the pool has an id, and the features of every candidate.

    :raises InputError: naming the first that it has not.
    """
    pool[ID]
    for feature in features:
        if feature not in pool or pool[feature].dtype.kind != "f":
            numbers = [name for name in pool.names if pool[name].dtype.kind == "f"]
            raise InputError(where, feature, "the pool has no such feature", f"It has: {', '.join(numbers)}.")
        unknown = pool[ID][~np.isfinite(pool[feature])].tolist()
        if unknown:
            reason = f"it is not a finite number for {len(unknown)} candidates, the first is {unknown[0]!r}"
            raise InputError(where, feature, reason, "Complete the pool, or leave the feature out.")


def _check_group(where: str, column: str | None, pool: Table) -> None:
    if column is not None and column not in pool:
        raise InputError(where, column, "the pool has no such column", f"It has: {', '.join(pool.names)}.")


def check_stopping(rules: Mapping[str, Any]) -> None:
    """Check the names of the stopping rules and the settings of each.

    :raises InputError: naming the first that is unknown or wrong.
    """
    for name, settings in rules.items():
        rule = load_class(STOPPING, name)
        if not isinstance(settings, Mapping):
            cure = f"Its settings: {', '.join(rule.Settings.model_fields) or 'none, give {}'}."
            raise InputError(f"stopping.{name}", settings, "it is not a mapping of settings", cure)
        rule.Settings.parse(settings, f"stopping.{name}")


def check_columns(where: str, dataset: Table, columns: list[str]) -> None:
    """Check that a dataset has these columns.

    :raises InputError: naming the first that it has not.
    """
    for column in columns:
        if column not in dataset:
            cure = "Give a dataset that a campaign or an importer made."
            raise InputError(where, column, "the dataset has no such column", cure)


def load_oracle(name: str) -> type[OracleWorkChain]:
    """Return the work chain class of an oracle.

    :raises InputError: if the entry point is unknown or no oracle.
    """
    known = [entry for entry in get_entry_point_names("aiida.workflows") if ".oracle." in entry]
    try:
        oracle = WorkflowFactory(name)
    except EntryPointError:
        cure = f"Oracles: {', '.join(known)}."
        raise InputError("oracle_name", name, "there is no such entry point", cure) from None
    if not (isinstance(oracle, type) and issubclass(oracle, OracleWorkChain)):
        raise InputError("oracle_name", name, "it is not an oracle", "Derive it from OracleWorkChain.")
    return oracle


def _check_oracle(name: str, inputs: Mapping[str, Any], target: str, pool: Table) -> None:
    oracle = load_oracle(name)
    check_ports("oracle", oracle.spec().inputs, inputs, without=("candidates", "metadata"))
    oracle.check_inputs(inputs, pool)
    if (quantity := oracle.get_quantity(inputs)) != target:
        raise InputError("learner.target", target, f"the oracle labels {quantity!r}", f"Give {quantity!r}.")


def _check_test_set(test_set: Table, learner: LearnerSettings, others: list[Table]) -> None:
    baseline = [] if learner.baseline is None else [learner.baseline]
    check_columns("test_set", test_set, [ID, "status", learner.target, *learner.features, *baseline])
    for other in others:
        if both := sorted(set(test_set[ID].tolist()) & set(other[ID].tolist())):
            cure = "Keep the test set out of the pool and the dataset."
            raise InputError("test_set", both, "the campaign may train on these rows", cure)


def _check_selection(where: str, selection: SelectionSettings, learner: LearnerSettings, pool: Table) -> None:
    criterion = load_class(CRITERIA, selection.criterion.name)
    criterion.Settings.parse(selection.criterion.settings, f"{where}.criterion.settings")
    check_features(f"{where}.features", selection.features, pool)
    _check_group(f"{where}.one_per", selection.one_per, pool)
    check_features(f"{where}.nearest_to", list(selection.nearest_to or {}), pool)
    if selection.target != learner.target:
        cure = f"Give {learner.target!r}."
        raise InputError(f"{where}.target", selection.target, "the learner predicts another column", cure)
    if where == "start_design" and criterion.needs_labels:
        cure = "Use one that needs none, such as space_filling or random."
        raise InputError(f"{where}.criterion", selection.criterion.name, "it needs labels", cure)
