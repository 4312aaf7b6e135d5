"""Campaigns written into the graph by hand, in every state that a real one goes through."""

from __future__ import annotations

import numpy as np
import pytest
from aiida.common.links import LinkType
from aiida.orm import CalcJobNode, Dict, Int, Str, WorkChainNode

from aiida_matal.data.table import TableData
from aiida_matal.science.table import Column, Table

CALL = {WorkChainNode: LinkType.CALL_WORK}
INPUT = {WorkChainNode: LinkType.INPUT_WORK}
OUTPUT = {WorkChainNode: LinkType.RETURN}


@pytest.fixture(scope="module")
def store_process(aiida_profile):
    """Return a function that stores a process with its links; the state is `finished` if there is an exit status."""

    def store(node_class, name, *, state="finished", exit_status=None, message="", caller=None, inputs=None, **kwargs):
        process_type, label = kwargs.pop("process_type", f"aiida.workflows:matal.{name}"), kwargs.pop("label", name)
        node = node_class(process_type=process_type, computer=kwargs.pop("computer", None))
        node.base.attributes.set_many({"process_label": name, "process_state": state, "version": {"core": "2.9.4"}})
        node.base.attributes.set_many(kwargs)
        if exit_status is not None:
            node.base.attributes.set_many({"exit_status": exit_status, "exit_message": message})
        for key, data in (inputs or {}).items():
            node.base.links.add_incoming(data.store(), INPUT.get(node_class, LinkType.INPUT_CALC), key)
        if caller is not None:
            node.base.links.add_incoming(caller, CALL.get(node_class, LinkType.CALL_CALC), label)
        return node.store()

    return store


@pytest.fixture(scope="module")
def store_outputs():
    """Return a function that attaches outputs to a stored process."""

    def store(process, **outputs):
        for label, data in outputs.items():
            if isinstance(process, WorkChainNode):
                data.store()
            data.base.links.add_incoming(process, OUTPUT.get(type(process), LinkType.CREATE), label)
            data.store()

    return store


@pytest.fixture(scope="module", name="rows")
def _rows():
    """The labels of the finished campaign: id, value, status, reason, core-hours, round, evidence."""
    return list(ROWS)


@pytest.fixture(scope="module", name="dataset_table")
def _dataset_table():
    """Return a function that gives a dataset of rows such as those of `rows`."""
    return dataset_table


@pytest.fixture(scope="module", name="curve_table")
def _curve_table():
    """Return a function that gives a learning curve of errors."""
    return curve_table


def dataset_table(rows):
    """Return a dataset of rows (id, value, status, reason, core-hours, round, evidence)."""
    ids, value, status, reason, hours, rounds, evidence = zip(*rows, strict=True)
    arrays = {"id": ids, "energy": value, "energy_error": np.abs(value) / 10, "status": status, "reason": reason}
    arrays |= {"evidence": evidence, "core_hours": hours, "round": np.array(rounds)}
    units = {"energy": "kJ/mol", "energy_error": "kJ/mol", "core_hours": "h", "round": "1"}
    return Table(arrays, {name: Column(name, units.get(name, "")) for name in arrays})


def curve_table(cv_rmse, test_rmse=None):
    """Return a learning curve with these errors."""
    n = len(cv_rmse)
    arrays = {"round": np.arange(n), "n_labels": 3 * np.arange(n), "n_failed": np.zeros(n, dtype=int)}
    arrays |= {"core_hours": np.arange(n) * 1.5, "cv_rmse": np.array(cv_rmse), "cv_mae": np.array(cv_rmse)}
    arrays["test_rmse"] = np.full(n, np.nan) if test_rmse is None else np.array(test_rmse)
    return Table(arrays, {name: Column(name, "kJ/mol" if "_" in name and name[0] in "ct" else "1") for name in arrays})


def decision_table(n, n_chosen):
    """Return a decision over n candidates."""
    arrays = {"id": [f"c{i}" for i in range(n)], "rank": np.arange(n), "chosen": np.arange(n) < n_chosen}
    arrays |= {"reason": ["best"] * n, "score_variance": np.linspace(1, 0, n)}
    arrays |= {"predicted": np.zeros(n), "predicted_error": np.ones(n)}
    units = {"rank": "1", "score_variance": "1", "predicted": "kJ/mol", "predicted_error": "kJ/mol"}
    return Table(arrays, {name: Column(name, units.get(name, "")) for name in arrays})


@pytest.fixture(scope="module")
def store_campaign(store_process):
    """Return a function that stores a campaign without rounds."""

    def store(**kwargs):
        inputs = {
            "learner": Dict({"name": "gaussian_process", "features": ["x"], "target": "energy"}),
            "oracle_name": Str("matal.oracle.reference"),
            "oracle__settings": Dict({"quantity": "energy", "seed": 5}),
            "seed": Int(3),
            **kwargs.pop("inputs", {}),
        }
        return store_process(WorkChainNode, "campaign", inputs=inputs, **kwargs)

    return store


@pytest.fixture(scope="module")
def store_round(store_process, store_outputs):
    """Return a function that stores a round with its selection and outputs."""

    def store(campaign, number, *, chosen=None, **kwargs):
        outputs = kwargs.pop("outputs", {})
        round_ = store_process(WorkChainNode, "round", caller=campaign, label=f"round_{number:02d}", **kwargs)
        if chosen is not None:
            select = store_process(CalcJobNode, "select", caller=round_, exit_status=0)
            decision = decision_table(10, chosen)
            rows = TableData(decision.take(range(chosen)), role="candidates")
            store_outputs(select, candidates=rows, decision=TableData(decision, role="decision"))
        store_outputs(round_, **outputs)
        return round_

    return store


@pytest.fixture(scope="module")
def finished_campaign(store_campaign, store_round):
    """A campaign of two rounds of labels; the third only found that a limit was reached."""
    first = dataset_table(ROWS[:3])
    both = dataset_table(ROWS)
    stop = Dict({"stop": True, "goal_reached": False, "reasons": ["max_rounds: 2 of at most 2"]})
    campaign = store_campaign(exit_status=401, message="A limit was reached")
    nan = np.nan
    store_round(campaign, 0, chosen=3, exit_status=0, outputs=tables(curve_table([nan]), first, decision_table(10, 3)))
    outputs = tables(curve_table([nan, 4.0]), both, decision_table(7, 2))
    store_round(campaign, 1, chosen=2, exit_status=0, outputs=outputs)
    last = {"learning_curve": TableData(curve_table([nan, 4.0, 2.0]), role="learning_curve"), "verdict": stop}
    store_round(campaign, 2, exit_status=0, outputs=last)
    return campaign


ROWS = [
    ("c0", 1.0, "ok", "", 0.5, 0, ""),
    ("c1", np.nan, "failed", "diverged in /home/someone/run/log.lammps", 0.25, 0, ""),
    ("c2", -2.0, "ok", "", 0.5, 0, ""),
    ("c3", 3.0, "ok", "", 0.5, 1, ""),
    ("c4", np.nan, "rejected", "<script>alert(1)</script> =cmd someone@example.org", 0.25, 1, ""),
]


def tables(curve, dataset, decision):
    """Return the outputs of a round."""
    return {
        "learning_curve": TableData(curve, role="learning_curve"),
        "dataset": TableData(dataset, role="dataset"),
        "decision": TableData(decision, role="decision"),
    }
