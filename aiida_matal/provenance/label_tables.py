"""Find the labels that a node holds, made or stands for."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from typing import Any

from aiida.common.exceptions import NotExistent
from aiida.orm import Node, ProcessNode, load_node

from aiida_matal.data.table import TableData
from aiida_matal.provenance.campaigns import CAMPAIGNS, find_rounds, newest
from aiida_matal.provenance.label_records import oracle_of
from aiida_matal.provenance.liquids import is_liquid
from aiida_matal.provenance.processes import outputs_of
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import MU, dimension, numbered
from aiida_matal.science.table import ID, Table

_CURE = "Give the PK of a campaign, an oracle, a table of labels or the process of a liquid."


@dataclass(frozen=True)
class Labels:
    """Labels, and the column that holds their values."""

    table: Table
    quantity: str

    @property
    def are_points(self) -> bool:
        """Return whether they are those of points of a free-energy landscape, of which each has several values."""
        return dimension(self.table, MU) > 0

    @property
    def ids(self) -> list[str]:
        """Return the ids of the labels."""
        return [str(identifier) for identifier in self.table[ID]]

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return id, status, value, standard error, unit and reason of each, JSON-serialisable."""
        names = {"value": self.quantity, "error": f"{self.quantity}_error"}
        unit = self.table.columns[self.quantity].unit
        return [
            {
                **{name: row[name] for name in (ID, "status")},
                **{name: row[column] if isfinite(row[column]) else None for name, column in names.items()},
                "unit": unit,
                "reason": row["reason"],
            }
            for row in self.table.rows()
        ]

    def check_id(self, identifier: str) -> str:
        """Return an id.

        :raises InputError: if no label has it.
        """
        if identifier not in self.ids:
            close = get_close_matches(identifier, self.ids, n=1)
            cure = f"Did you mean '{close[0]}'?" if close else f"Some that there are: {', '.join(self.ids[:5])}."
            raise InputError("--id", identifier, "there is no such label here", cure)
        return identifier


def load_evidence(identifier: str) -> Node:
    """Return the node with this pk or uuid.

    :raises InputError: if there is none.
    """
    try:
        return load_node(identifier)
    except (NotExistent, ValueError):
        raise InputError("PK|UUID", identifier, "there is no such node in this profile", _CURE) from None


def labels_of(node: Node) -> Labels | None:
    """Return the labels of a campaign, an oracle or a table, or those that the process of a liquid is the evidence of.

    None for a liquid that no label names as its evidence: a pure liquid, or one whose oracle still runs.

    :raises InputError: if the node is something else, or has no labels yet.
    """
    if is_liquid(node):
        return _labels_of_liquid(node)
    found = node if isinstance(node, TableData) else _table_of(node)
    if found is None or "status" not in found.table:
        what = type(node).__name__ if not isinstance(node, ProcessNode) else node.process_label
        raise InputError("PK|UUID", node.pk, f"it is a {what} without labels", _CURE)
    return Labels(found.table, _quantity(found.table))


def _table_of(node: Node) -> TableData | None:
    if not isinstance(node, ProcessNode):
        return None
    if (node.process_type or "").startswith(CAMPAIGNS):
        rounds = [round_.pk for round_ in find_rounds(node)]
        outputs = outputs_of(rounds)
        return newest(node, [outputs[pk] for pk in rounds], "dataset")
    return node.outputs.labels if "labels" in node.outputs else None


def _labels_of_liquid(liquid: ProcessNode) -> Labels | None:
    oracle = oracle_of(liquid)
    if oracle is None or "labels" not in oracle.outputs:
        return None
    table = oracle.outputs.labels.table
    mine = table["evidence"] == liquid.uuid
    return Labels(table.take(mine), _quantity(table)) if mine.any() else None


def _quantity(table: Table) -> str:
    """Return the column of the labels, of a vector the first one; a dataset has it after all columns of the pool."""
    if dimension(table, MU):
        return numbered(MU, 1)[0]
    return [name for name in table.names if f"{name}_error" in table][-1]
