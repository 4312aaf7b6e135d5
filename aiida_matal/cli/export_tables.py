"""Which table of a node is exported, which systems of it, and where they come from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from itertools import chain

from aiida.orm import Node, ProcessNode

from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.provenance.label_tables import labels_of
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.mixtures import QUANTITY
from aiida_matal.science.mixing.redlich_kister import COEFFICIENTS
from aiida_matal.science.table import ID, Table

_SYSTEM = ("system", "element_a", "element_b")
_PREDICTIONS = (*_SYSTEM, "x_b", "predicted")
_POLYNOMIALS = (*_SYSTEM, "order", *COEFFICIENTS)
_LABELS = (ID, *_SYSTEM, "x_b", "temperature", QUANTITY, "status")


def find_polynomials(node: Node) -> TableData:
    """Return the table of polynomials that a node is or has made, or else that of predictions.

    :raises InputError: if it has neither.
    """
    found = _find(node, _POLYNOMIALS) or _find(node, _PREDICTIONS)
    if found is None:
        cure = "Make predictions with `aiida-matal model predict` and give its process or one of its tables."
        raise InputError("PK|UUID", node.pk, "it has no predictions of binary systems and no polynomials", cure)
    return found


def find_labels(node: Node) -> Table:
    """Return the labels of a campaign or a dataset, with the systems that they are of.

    :raises InputError: if it has none, or only their values.
    """
    labels = labels_of(node)
    missing = _LABELS if labels is None else [name for name in _LABELS if name not in labels.table]
    if labels is None or missing:
        cure = "Give a campaign, its dataset, or a table that `aiida-matal data import` made."
        raise InputError("PK|UUID", node.pk, f"its labels lack the columns {', '.join(missing)}", cure)
    return labels.table


def find_table(node: Node) -> Table:
    """Return the table that a node is; else its predictions, or its labels.

    :raises InputError: if it is or has none of these.
    """
    found = node if isinstance(node, TableData) else _find(node, _PREDICTIONS)
    return find_labels(node) if found is None else found.table


def choose_systems(table: Table, systems: Collection[str], elements: Collection[str]) -> Table:
    """Return the rows of these systems, and of those whose elements are both among ``elements``; all rows if both are
    empty.

    :raises InputError: if the table has no systems, or not one of these.
    """
    if not systems and not elements:
        return table
    known = sorted(set(table["system"].tolist()))
    wanted = ["-".join(sorted(system.split("-"))) for system in systems]
    _refuse_unknown("--systems", wanted, known)
    _refuse_unknown("--elements", elements, sorted(set(chain(*(system.split("-") for system in known)))))
    kept = {system for system in known if system in wanted or set(system.split("-")) <= set(elements)}
    if not kept:
        raise InputError("--elements", sorted(elements), "no system has two of them", "Name two or more elements.")
    return table.take([system in kept for system in table["system"].tolist()])


def origin_of(node: TableData) -> Iterator[str]:
    """Yield in sentences what a table is, what made it, and which model with which error."""
    yield f"Source: table {node.uuid} of {node.ctime:%Y-%m-%d}."
    creator = node.creator
    if creator is None:
        return
    models = creator.base.links.get_incoming(node_class=ModelData).all_nodes()
    yield f"Made by {creator.process_label} {creator.uuid}."
    for model in models:
        card, score = model.base.attributes.all, model.scores.get("cv_rmse")
        error = "" if score is None else f", cross-validated RMSE {score:.3g} {card['unit']}"
        yield f"Model: {model.uuid}, {model.kind}, {len(model.features)} features, {card['n_labels']} labels{error}."


def _find(node: Node, columns: Collection[str]) -> TableData | None:
    tables = [node] if isinstance(node, TableData) else []
    if isinstance(node, ProcessNode):
        tables = node.base.links.get_outgoing(node_class=TableData).all_nodes()
    return next((table for table in tables if set(columns) <= set(table.base.attributes.get("columns"))), None)


def _refuse_unknown(option: str, wanted: Collection[str], known: Collection[str]) -> None:
    for name in wanted:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            cure = f"Did you mean '{close[0]}'?" if close else f"Some that there are: {', '.join(list(known)[:5])}."
            raise InputError(option, name, "the table does not have it", cure)
