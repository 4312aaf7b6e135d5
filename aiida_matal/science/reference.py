"""Labels looked up in data that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from aiida_matal.science.labels import Label, label_columns, label_table
from aiida_matal.science.table import ID, Table


def look_up(ids: Sequence[str], reference: Table, quantity: str, evidence: str = "") -> Table:
    """Return the labels that ``reference`` has for the candidates, in their order.

    A candidate that it does not have, or whose value there is not finite, is failed. A status that the reference gives,
    its reason, the standard error and the cost are those of the label.

    :param reference: with the columns ``id`` and ``quantity``; ``<quantity>_error``, ``status``, ``reason`` and
        ``core_hours`` where known.
    :param evidence: uuid of the node that holds the reference data, if one does.
    :raises InputError: if the reference lacks the quantity, or has a status that is unknown.
    """
    unit = reference.select([quantity]).columns[quantity].unit
    columns = [name for name in label_columns(quantity, unit) if name in reference and name != "evidence"]
    known = {identifier: row for row, identifier in enumerate(reference[ID].tolist())}
    found = reference.select(columns).take([known[name] for name in ids if name in known])
    rows = {row[ID]: row for row in found.rows()}
    return label_table([_label(name, rows.get(name), quantity, evidence) for name in ids], quantity, unit)


def _label(identifier: str, row: Mapping[str, Any] | None, quantity: str, evidence: str) -> Label:
    if row is None:
        return Label(identifier, "failed", reason="the reference data have no such candidate")
    status = row.get("status", "ok")
    if status != "ok":
        return Label(identifier, status, reason=row.get("reason", ""), evidence=evidence)
    if not isfinite(row[quantity]):
        return Label(identifier, "failed", reason=f"the reference data have no {quantity} of it", evidence=evidence)
    error = row.get(f"{quantity}_error", float("nan"))
    return Label(identifier, "ok", row[quantity], error, evidence=evidence, core_hours=row.get("core_hours", 0.0))
