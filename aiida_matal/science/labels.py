"""Labels: what an oracle returns, and how they join a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aiida_matal.science.errors import InputError
from aiida_matal.science.table import ID, Column, Table

Status = Literal["ok", "failed", "pending", "rejected"]
STATUSES: tuple[Status, ...] = ("ok", "failed", "pending", "rejected")
ROUND = Column("round in which the label was made", "1")
#: The round of labels that no round of a campaign made.
NO_ROUND = -1


@dataclass(frozen=True)
class Label:
    """The label of one candidate.

    :param value: NaN unless the status is ``ok``.
    :param error: standard error of the value, same unit.
    :param evidence: uuid of the node that holds the evidence.
    :param core_hours: what the label cost, in core-hours.
    """

    id: str
    status: Status
    value: float = np.nan
    error: float = np.nan
    reason: str = ""
    evidence: str = ""
    core_hours: float = 0.0


def label_columns(quantity: str, unit: str) -> dict[str, Column]:
    """Return the columns of a table of labels of ``quantity``."""
    return {
        ID: Column("candidate"),
        quantity: Column(f"label: {quantity.replace('_', ' ')}", unit),
        f"{quantity}_error": Column(f"standard error of {quantity.replace('_', ' ')}", unit),
        "status": Column(f"one of {', '.join(STATUSES)}"),
        "reason": Column("why the status is not ok"),
        "evidence": Column("uuid of the node that holds the evidence"),
        "core_hours": Column("cost of the label", "h"),
    }


def label_table(labels: Sequence[Label], quantity: str, unit: str) -> Table:
    """Return the table of ``labels``.

    :raises InputError: if a status is unknown, or an ``ok`` label has no finite value, or another status has one.
    """
    for label in labels:
        if label.status not in STATUSES:
            raise InputError(f"label {label.id}", label.status, "the status is unknown", f"Use {', '.join(STATUSES)}.")
        if np.isfinite(label.value) != (label.status == "ok"):
            cure = "Give a finite value to ok labels, NaN to all others."
            raise InputError(f"label {label.id}", label.value, f"it does not go with status {label.status}", cure)
    columns = label_columns(quantity, unit)
    arrays = {
        ID: np.array([label.id for label in labels], dtype=np.str_),
        quantity: np.array([label.value for label in labels], dtype=np.float64),
        f"{quantity}_error": np.array([label.error for label in labels], dtype=np.float64),
        "status": np.array([label.status for label in labels], dtype=np.str_),
        "reason": np.array([label.reason for label in labels], dtype=np.str_),
        "evidence": np.array([label.evidence for label in labels], dtype=np.str_),
        "core_hours": np.array([label.core_hours for label in labels], dtype=np.float64),
    }
    return Table(arrays, columns)


def collect(pool: Table, batches: Sequence[Table], round_number: int, dataset: Table | None) -> Table:
    """Return the dataset with the labels of a round added to it.

    Each label is joined with the columns of its candidate in the pool. Where a candidate was labelled more than once in
    the round (it failed and was tried again), the last label counts and its cost is the sum of all tries. Columns of
    the dataset that the new rows do not have are left out.

    :param batches: tables of labels, in the order in which they were made.
    :raises InputError: if a label is of a candidate that the pool does not have, or the dataset lacks a column of the
        new rows or holds it in another unit.
    """
    labels = _last_of_each(batches)
    joined = pool.take(pool.positions(labels[ID].tolist()))
    names = [name for name in labels.names if name != ID]
    described = {**{name: labels.columns[name] for name in names}, "round": ROUND}
    rounds = np.full(len(labels), round_number, dtype=np.int64)
    rows = joined.with_columns({**{name: labels[name] for name in names}, "round": rounds}, described)
    return rows if dataset is None or len(dataset) == 0 else Table.concatenate([_like(rows, dataset), rows])


def _like(rows: Table, dataset: Table) -> Table:
    """Return the dataset with the columns of ``rows``, described as there."""
    for name, column in rows.columns.items():
        if dataset.select([name]).columns[name].unit != column.unit:
            unit = dataset.columns[name].unit
            raise InputError(f"dataset.{name}", unit, f"new labels are in {column.unit!r}", "Convert the dataset.")
    return Table({name: dataset[name] for name in rows.names}, rows.columns)


def _last_of_each(batches: Sequence[Table]) -> Table:
    last: dict[str, tuple[int, int]] = {}
    spent: dict[str, float] = {}
    for number, batch in enumerate(batches):
        for row, identifier in enumerate(batch[ID].tolist()):
            last[identifier] = (number, row)
            spent[identifier] = spent.get(identifier, 0.0) + float(batch["core_hours"][row])
    if not last:
        return batches[0]
    parts = [
        batch.take([row for number, row in last.values() if number == position])
        for position, batch in enumerate(batches)
    ]
    table = Table.concatenate(parts)
    costs = np.array([spent[identifier] for identifier in table[ID].tolist()])
    return table.with_columns({"core_hours": costs}, {"core_hours": table.columns["core_hours"]})
