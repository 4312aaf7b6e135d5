"""The labels of a dataset and the evidence behind each."""

from __future__ import annotations

from dataclasses import dataclass

from aiida.orm import Node, QueryBuilder

from aiida_matal.provenance.liquids import LIQUIDS
from aiida_matal.science.table import ID, Table

_COLUMNS = ["status", "reason", "core_hours", "round", "evidence"]


@dataclass(frozen=True)
class LabelRow:
    """A label and where it comes from.

    :param value: NaN unless the status is ``ok``; so is its standard error.
    :param core_hours: cost in core-hours.
    :param round_number: round that made it.
    :param evidence: uuid of the node that holds the evidence, empty if there is none.
    :param show: the command that shows the evidence, empty if this profile does not have it.
    """

    id: str
    value: float
    error: float
    status: str
    reason: str
    core_hours: float
    round_number: int
    evidence: str
    show: str


def label_rows(dataset: Table, quantity: str) -> list[LabelRow]:
    """Return the labels of a dataset in its order, with the way to their evidence (one query).

    :param quantity: column of the labels; their standard errors are in ``<quantity>_error``.
    :raises InputError: if the dataset has no such column.
    """
    show = _show_commands(sorted(set(dataset["evidence"].tolist()) - {""}))
    return [
        LabelRow(
            id=row[ID],
            value=row[quantity],
            error=row[f"{quantity}_error"],
            status=row["status"],
            reason=row["reason"],
            core_hours=row["core_hours"],
            round_number=row["round"],
            evidence=row["evidence"],
            show=show.get(row["evidence"], ""),
        )
        for row in dataset.select([ID, quantity, f"{quantity}_error", *_COLUMNS]).rows()
    ]


def _show_commands(uuids: list[str]) -> dict[str, str]:
    if not uuids:
        return {}
    columns = ["uuid", "id", "node_type", "process_type"]
    query = QueryBuilder().append(Node, filters={"uuid": {"in": uuids}}, project=columns)
    return {uuid: f"{_show(node_type, process_type)} {pk}" for uuid, pk, node_type, process_type in query.all()}


def _show(node_type: str, process_type: str | None) -> str:
    if process_type == LIQUIDS:
        return "aiida-matal label show"
    return "verdi process status" if node_type.startswith("process.") else "verdi node show"
