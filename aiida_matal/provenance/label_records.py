"""What is known of a label: its row, the three liquids behind it, and what its error comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

from aiida.orm import Node, ProcessNode, load_node

from aiida_matal.provenance.liquids import LiquidRecord, is_liquid, liquid_record
from aiida_matal.provenance.processes import called, find_node
from aiida_matal.science.mixing.enthalpy import KJ_PER_MOL
from aiida_matal.science.mixing.mixtures import Reference
from aiida_matal.science.table import ID, Table
from aiida_matal.workflows.oracles.mixing_steps import KEY

ORACLES = "aiida.workflows:matal.oracle.mixing_enthalpy"


@dataclass(frozen=True)
class LabelRecord:
    """What is known of a label.

    :param value: NaN unless the status is ``ok``; so is its standard error.
    :param where: the round and campaign that made it, empty if it was made outside of one.
    :param core_hours: cost, with a share of the pure liquids that other labels of its batch need too.
    :param liquids: the alloy, then both pure liquids; those that were simulated.
    :param contributions: what the standard error of each liquid adds to that of the label, by name of the liquid, in
        the unit of the label; they add in quadrature.
    """

    id: str
    quantity: str
    unit: str
    value: float
    error: float
    status: str
    reason: str
    core_hours: float
    where: str
    liquids: list[LiquidRecord]
    contributions: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return plain, JSON-serialisable values, figures left out; unknown numbers are None."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values.update({name: None for name in ("value", "error") if math.isnan(values[name])})
        return {**values, "liquids": [liquid.as_dict() for liquid in self.liquids]}


def label_record(labels: Table, identifier: str, quantity: str) -> LabelRecord:
    """Return what is known of a label of a table of labels or a dataset.

    :param quantity: column of the labels.
    :raises InputError: if the table has no such label.
    """
    (row,) = labels.take(labels.positions([identifier])).rows()
    evidence = find_node(row["evidence"])
    oracle = oracle_of(evidence) if is_liquid(evidence) else None
    nodes = {} if evidence is None else {"evidence": evidence}
    if oracle is not None:
        nodes = _liquids_of(oracle, identifier) or nodes
    liquids = [liquid_record(node, name) for name, node in nodes.items() if is_liquid(node)]
    return LabelRecord(
        id=identifier,
        quantity=quantity,
        unit=labels.columns[quantity].unit,
        value=row[quantity],
        error=row[f"{quantity}_error"],
        status=row["status"],
        reason=row["reason"],
        core_hours=row["core_hours"],
        where="" if oracle is None else made_in(oracle),
        liquids=liquids,
        contributions=_contributions(liquids),
    )


def oracle_of(liquid: ProcessNode) -> ProcessNode | None:
    """Return the oracle that called the process of a liquid, None if none did."""
    caller = liquid.caller
    return caller if caller is not None and caller.process_type == ORACLES else None


def made_in(oracle: ProcessNode) -> str:
    """Return the round and campaign that asked an oracle for its labels, empty if none did."""
    round_ = oracle.caller
    if round_ is None or "number" not in round_.inputs:
        return ""
    campaign = "" if round_.caller is None else f" of campaign {round_.caller.pk}"
    return f"round {round_.inputs.number.value}{campaign}"


def _liquids_of(oracle: ProcessNode, identifier: str) -> dict[str, Node]:
    """Return the liquids behind the label of a candidate: the alloy, then the pure liquids, those that were simulated.

    The process that made the labels says which they are, also where the pure liquids are of another oracle.
    """
    steps = called([oracle.pk], "label\\_mixtures")
    candidates = oracle.inputs.candidates.table
    if not steps or identifier not in candidates[ID].tolist():
        return {}
    position = candidates[ID].tolist().index(identifier)
    row = list(candidates.rows())[position]
    elements = (row["element_a"], row["element_b"])
    keys = {"alloy": KEY.format(position)}
    keys |= {f"pure {symbol}": Reference(symbol, row["temperature"]).name for symbol in elements}
    outcomes = load_node(steps[-1].pk).inputs.outcomes
    found = {name: find_node(outcomes[key]["evidence"]) for name, key in keys.items()}
    return {name: node for name, node in found.items() if node is not None}


def _contributions(liquids: list[LiquidRecord]) -> dict[str, float]:
    """Return the error of each liquid times its weight in the enthalpy of mixing, kJ/mol; empty unless all three are.

    The weights are 1 for the alloy and the mole fractions of its cell for the pure liquids.
    """
    if [bool(liquid.state) for liquid in liquids] != [True, True, True]:
        return {}
    alloy = liquids[0].state
    weights = {"alloy": 1.0}
    for symbol, number in alloy["composition"].items():
        weights[f"pure {symbol}"] = number / alloy["n_atoms"]
    return {
        liquid.name: KJ_PER_MOL * weights[liquid.name] * liquid.state["zero_pressure_energy_error"]
        for liquid in liquids
    }
