"""Campaigns written into the graph by hand, in every state that a real one goes through."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from aiida.common.links import LinkType
from aiida.orm import CalcFunctionNode, CalcJobNode, Dict, Int, SinglefileData, Str, WorkChainNode

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


@pytest.fixture(scope="module")
def store_liquid(store_process, store_outputs):
    """Return a function that stores a liquid of one run and one job, with its outputs if it did not fail."""

    def store(oracle, name, error=None, *, composition=None, **kwargs):
        kwargs = {"exit_status": 0, "process_type": "aiida.workflows:matal.liquid", **kwargs}
        liquid = store_process(WorkChainNode, "LiquidStateWorkChain", caller=oracle, label=name, **kwargs)
        run = store_process(WorkChainNode, "md", caller=liquid, label="md_00", exit_status=0)
        job = store_process(CalcJobNode, "LammpsMdCalculation", caller=run, label="segment_00", exit_status=0)
        store_outputs(job, results=Dict({"core_hours": 0.25}))
        if error is not None:
            state = {"composition": composition, "n_atoms": 32, "zero_pressure_energy": -3.0, "verdict": "liquid"}
            state |= {"zero_pressure_energy_error": error, "reason": "it diffuses", "temperature": 2100.0}
            figure = SinglefileData.from_string(f'<svg id="a"><!-- {name} --><use href="#a"/></svg>', filename="f.svg")
            assessment = Dict({"points": [{"n_steps": 300}, {"n_steps": 700}]})
            store_outputs(liquid, state=Dict(state), assessment=assessment, figure=figure)
        return liquid

    return store


@pytest.fixture(scope="module")
def labelled(store_campaign, store_round, store_process, store_outputs, store_liquid):
    """A campaign with a label of Ag-Cu whose pure copper is of another oracle, and one that failed with pure nickel."""
    oracle_type = {"process_type": "aiida.workflows:matal.oracle.mixing_enthalpy", "exit_status": 0}
    other = store_process(WorkChainNode, "MixingEnthalpyWorkChain", **oracle_type)
    found = store_liquid(other, "reference_Cu", 0.002, composition={"Cu": 32})
    campaign = store_campaign(state="running")
    round_ = store_round(campaign, 4, inputs={"number": Int(4)})
    candidates = mixture_table({"element_a": ["Ag", "Ag"], "element_b": ["Cu", "Ni"], "x_b": [0.25, 0.5]})
    oracle = store_process(
        WorkChainNode,
        "MixingEnthalpyWorkChain",
        caller=round_,
        label="label",
        inputs={"candidates": TableData(candidates, role="candidates")},
        **oracle_type,
    )
    silver = store_liquid(oracle, "reference_Ag", 0.003, composition={"Ag": 32})
    nickel = store_liquid(oracle, "reference_Ni", exit_status=302, message="A run failed")
    alloy = store_liquid(oracle, "mixture", 0.004, composition={"Ag": 24, "Cu": 8})
    liquids = {"mixture_000": alloy, "Ag_2100K": silver, "Cu_2100K": found, "Ni_2100K": nickel}
    outcomes = {name: {"evidence": node.uuid} for name, node in liquids.items()}
    outcomes["mixture_001"] = {"evidence": ""}
    store_process(CalcFunctionNode, "label_mixtures", caller=oracle, inputs={"outcomes": Dict(outcomes)})
    error = 96.48533212 * np.linalg.norm([0.004, 0.75 * 0.003, 0.25 * 0.002])
    rows = [("Ag-Cu", 1.5, "ok", "", 0.5, 4, alloy.uuid), ("Ag-Ni", np.nan, "failed", "no", 0.25, 4, nickel.uuid)]
    dataset = dataset_table(rows)
    dataset = dataset.with_columns({"energy_error": [error, np.nan]}, {"energy_error": dataset.columns["energy_error"]})
    store_outputs(oracle, labels=TableData(dataset, role="labels"))
    store_outputs(round_, dataset=TableData(dataset, role="dataset"))
    return SimpleNamespace(campaign=campaign, oracle=oracle, dataset=dataset, **liquids)


def mixture_table(arrays):
    """Return candidates."""
    arrays = {"id": ["Ag-Cu", "Ag-Ni"], **arrays, "temperature": [2100.0, 2100.0]}
    units = {"x_b": "1", "temperature": "K"}
    return Table(arrays, {name: Column(name, units.get(name, "")) for name in arrays})


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
