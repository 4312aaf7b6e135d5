"""Checks of the inputs of a free-energy campaign, made before anything is submitted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aiida_matal.science.errors import InputError
from aiida_matal.science.failure_policy import FailurePolicy
from aiida_matal.science.landscape.columns import (
    CRITERION,
    ETA,
    KAPPA,
    MU,
    WANTED,
    candidate_table,
    label_columns,
    numbered,
)
from aiida_matal.science.landscape.sampling.regions import TestSetSettings
from aiida_matal.science.landscape.sampling.settings import SamplingSettings
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.landscape.training import LandscapeLearnerSettings
from aiida_matal.science.table import ID, Table
from aiida_matal.workflows.campaigns.checks import check_columns, check_stopping, load_oracle
from aiida_matal.workflows.campaigns.landscape_oracle import complete_oracle_inputs, temperature_of
from aiida_matal.workflows.ports import check_ports, check_whole

_ID_OF_A_ROUND = re.compile(r"r(\d{2,})_")


def check_free_energy_campaign(inputs: Mapping[str, Any]) -> None:
    """Check all inputs of a free-energy campaign against one another.

    :raises InputError: naming the field, the value and the cure.
    """
    system = System.from_settings(SystemSettings.parse(inputs["system"].get_dict(), "system"))
    learner = LandscapeLearnerSettings.parse(inputs["learner"].get_dict(), "learner")
    sampling = SamplingSettings.parse(inputs["sampling"].get_dict(), "sampling")
    _check_criteria(sampling, learner, begins_with_labels="dataset" in inputs)
    _check_policy(inputs["failure_policy"].get_dict())
    check_stopping(inputs["stopping"].get_dict())
    check_whole("seed", inputs["seed"].value, smallest=0)
    _check_oracle(inputs, system)
    if "test_design" in inputs:
        complete_test_design(inputs["test_design"].get_dict(), inputs["oracle"])
    if "dataset" in inputs:
        dataset = inputs["dataset"].table
        check_columns("dataset", dataset, _dataset_columns(system.d))
        begin = len(inputs["learning_curve"]) if "learning_curve" in inputs else 0
        _check_ids(dataset, begin)
    if "test_set" in inputs:
        _check_test_set(inputs["test_set"].table, inputs["dataset"].table if "dataset" in inputs else None, system.d)


def complete_test_design(test_design: Mapping[str, Any], oracle: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the design of a test set, with the temperature of the oracle.

    :raises InputError: if a setting is refused, or the temperatures differ.
    """
    temperature = temperature_of(oracle, test_design)
    return TestSetSettings.parse({**test_design, "temperature": temperature}, "test_design").as_dict()


def _check_criteria(sampling: SamplingSettings, learner: LandscapeLearnerSettings, *, begins_with_labels: bool) -> None:
    criteria = sampling.load_criteria("sampling")
    needy = [name for name, criterion in criteria.items() if criterion.needs_model or criterion.needs_labels]
    if len(needy) == len(criteria) and not begins_with_labels:
        cure = "Add one that needs none, such as billiard_walk."
        raise InputError("sampling.criteria", needy, "all need a model, and the first round has none", cure)
    for name, criterion in criteria.items():
        if criterion.needs_committee and learner.search is None:
            cure = "Give learner.search, or leave the criterion out."
            raise InputError("sampling.criteria", name, "it needs a committee, which only a search makes", cure)


def _check_policy(values: Mapping[str, Any]) -> None:
    policy = FailurePolicy.parse(values, "failure_policy")
    if policy.on_failure == "replace":
        reason = "there is no pool to take another point from"
        raise InputError("failure_policy.on_failure", policy.on_failure, reason, "Give skip or retry.")


def _check_oracle(inputs: Mapping[str, Any], system: System) -> None:
    name = inputs["oracle_name"].value
    oracle = load_oracle(name)
    if "system" in inputs["oracle"]:
        cure = "Give `system` to the campaign alone."
        raise InputError("oracle.system", "(a second one)", "the campaign passes on its own", cure)
    shared = {port: inputs[port] for port in ("system", "code")}
    complete = complete_oracle_inputs(name, inputs["oracle"], **shared)
    check_ports("oracle", oracle.spec().inputs, complete, without=("candidates", "metadata"))
    centre = system.polytope.centre[None]
    oracle.check_inputs(complete, candidate_table(["centre"], ["none"], centre, centre))
    if (quantity := oracle.get_quantity(complete)) != MU:
        cure = "Use matal.oracle.umbrella or matal.oracle.landscape_model."
        raise InputError("oracle_name", name, f"it labels {quantity!r}, not chemical potentials", cure)


def _dataset_columns(d: int) -> list[str]:
    vectors = [column for name in (WANTED, KAPPA) for column in numbered(name, d)]
    return [ID, CRITERION, *vectors, *label_columns(d), "round"]


def _check_ids(dataset: Table, begin: int) -> None:
    """Check that no point of the dataset has an id that a round to come gives to its own points."""
    for name in dataset[ID].tolist():
        found = _ID_OF_A_ROUND.match(name)
        if found is not None and int(found.group(1)) >= begin:
            cure = "Extend or fork the campaign that made the points, or give them other ids."
            raise InputError(f"dataset.{ID}", name, f"round {int(found.group(1))} will make a point of that name", cure)


def _check_test_set(test_set: Table, dataset: Table | None, d: int) -> None:
    check_columns("test_set", test_set, [ID, CRITERION, "status", "round", *numbered(ETA, d), *numbered(MU, d)])
    if not (test_set["status"] == "ok").any():
        raise InputError("test_set", f"{len(test_set)} rows", "no point has the status ok", "Give labelled points.")
    both = [] if dataset is None else sorted(set(test_set[ID].tolist()) & set(dataset[ID].tolist()))
    if both:
        cure = "Keep the test set out of the dataset."
        raise InputError("test_set", both, "the campaign trains on these points", cure)
