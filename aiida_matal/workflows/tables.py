"""Tables and models of the profile."""

from __future__ import annotations

from aiida.common.exceptions import MultipleObjectsError, NotExistent
from aiida.orm import Node, QueryBuilder, load_node

from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError


def load_table(field: str, identifier: str | int) -> TableData:
    """Return the table with this pk, uuid or label; the newest one of several with the same label.

    :param field: the input that names the table, for the error message.
    :raises InputError: if there is no such table.
    """
    query = QueryBuilder().append(TableData, filters={"label": str(identifier)}, tag="table")
    labelled = query.order_by({"table": {"id": "desc"}}).first(flat=True)
    if labelled is not None:
        return labelled
    node = _load(identifier)
    if not isinstance(node, TableData):
        cure = "Give the pk, uuid or label of a table; `verdi data matal table list` shows them."
        raise InputError(field, identifier, "the profile has no such table", cure)
    return node


def load_model(field: str, identifier: str | int) -> ModelData:
    """Return the model with this pk or uuid.

    :param field: the input that names the model, for the error message.
    :raises InputError: if there is no such model.
    """
    node = _load(identifier)
    if not isinstance(node, ModelData):
        cure = "Give the pk or uuid of a model; `verdi data matal model list` shows them."
        raise InputError(field, identifier, "the profile has no such model", cure)
    return node


def _load(identifier: str | int) -> Node | None:
    try:
        return load_node(identifier)
    except (NotExistent, MultipleObjectsError, ValueError):
        return None
