"""Queries over the processes that a process called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiida.common.exceptions import NotExistent
from aiida.common.links import LinkType
from aiida.orm import CalcFunctionNode, Data, Log, Node, ProcessNode, QueryBuilder, WorkChainNode, load_node

from aiida_matal.science.errors import InputError

ACTIVE = ("created", "running", "waiting")
_CALLS = [LinkType.CALL_CALC.value, LinkType.CALL_WORK.value]
_CACHED_FROM = "_aiida_cached_from"


STRATEGY_BENCHMARK = "aiida.workflows:matal.strategy_benchmark"


@dataclass(frozen=True)
class Called:
    """A process that another one called.

    :param caller: pk of the caller.
    :param label: label of the call link.
    :param name: name of the process class or function.
    :param state: ``created``, ``running``, ``waiting``, ``finished``, ``excepted`` or ``killed``.
    :param exit_status: None unless finished.
    :param wall_seconds: from its creation to its last change.
    :param from_cache: whether an earlier result was taken instead of running it.
    """

    caller: int
    label: str
    pk: int
    uuid: str
    name: str
    state: str
    exit_status: int | None
    exit_message: str
    is_function: bool
    created: datetime
    wall_seconds: float
    from_cache: bool

    @property
    def is_active(self) -> bool:
        """Return whether it has not ended."""
        return self.state in ACTIVE

    @property
    def ending(self) -> str:
        """Return its state, with exit status and message if it failed."""
        failed = f" [{self.exit_status}] {self.exit_message}" if self.exit_status else ""
        return f"{self.state}{failed}".strip()


def called(pks: Sequence[int], label: str = "%") -> list[Called]:
    """Return the processes that the processes ``pks`` called, oldest first, in one query.

    :param label: pattern of the call link's label, as in SQL's ``like``.
    """
    if not pks:
        return []
    attributes = [f"attributes.{key}" for key in ("process_label", "process_state", "exit_status", "exit_message")]
    query = QueryBuilder()
    query.append(ProcessNode, filters={"id": {"in": list(pks)}}, tag="caller", project="id")
    query.append(
        ProcessNode,
        with_incoming="caller",
        tag="called",
        edge_tag="link",
        edge_filters={"type": {"in": _CALLS}, "label": {"like": label}},
        edge_project="label",
        project=["id", "uuid", "node_type", "ctime", "mtime", f"extras.{_CACHED_FROM}", *attributes],
    )
    query.order_by({"called": "id"})
    return [_called(row) for row in query.iterdict()]


def descendants(pk: int) -> list[Called]:
    """Return all processes below the process ``pk``, one query a level."""
    found: list[Called] = []
    level = [pk]
    while level:
        children = called(level)
        found.extend(children)
        level = [child.pk for child in children]
    return found


def outputs_of(pks: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return the pk of every output of the processes ``pks``, by process and link label, in one query."""
    found: dict[int, dict[str, int]] = {pk: {} for pk in pks}
    if not pks:
        return found
    query = QueryBuilder()
    query.append(ProcessNode, filters={"id": {"in": list(pks)}}, tag="process", project="id")
    query.append(Data, with_incoming="process", edge_project="label", project="id", tag="output", edge_tag="link")
    for row in query.iterdict():
        found[row["process"]["id"]][row["link"]["label"]] = row["output"]["id"]
    return found


def last_reports(pks: Sequence[int]) -> dict[int, str]:
    """Return the last line that each of the processes ``pks`` reported, without its prefix, in one query."""
    if not pks:
        return {}
    query = QueryBuilder()
    query.append(Log, filters={"dbnode_id": {"in": list(pks)}}, project=["dbnode_id", "message"], tag="log")
    query.order_by({"log": "id"})
    return {pk: message.split("]: ", 1)[-1].strip() for pk, message in query.all()}


def _called(row: dict[str, dict[str, Any]]) -> Called:
    node = row["called"]
    return Called(
        caller=row["caller"]["id"],
        label=row["link"]["label"],
        pk=node["id"],
        uuid=node["uuid"],
        name=node["attributes.process_label"] or "",
        state=node["attributes.process_state"] or "created",
        exit_status=node["attributes.exit_status"],
        exit_message=(node["attributes.exit_message"] or "").strip(),
        is_function=node["node_type"] == CalcFunctionNode.class_node_type,
        created=node["ctime"],
        wall_seconds=(node["mtime"] - node["ctime"]).total_seconds(),
        from_cache=node[f"extras.{_CACHED_FROM}"] is not None,
    )


def find_node(uuid: str) -> Node | None:
    """Return the node with this uuid, None if this profile has none."""
    found = QueryBuilder().append(Node, filters={"uuid": uuid}).all(flat=True)
    return found[0] if found else None


def load_work_chain(what: str, identifier: str, process_type: str, cure: str) -> WorkChainNode:
    """Return the work chain with this pk or uuid.

    :param what: what it should be, in a word.
    :param process_type: how its process type begins.
    :raises InputError: if there is no such node, or it is none of these.
    """
    try:
        node = load_node(identifier)
    except (NotExistent, ValueError):
        raise InputError(what, identifier, "there is no such node in this profile", cure) from None
    if not isinstance(node, WorkChainNode) or not (node.process_type or "").startswith(process_type):
        raise InputError(what, identifier, f"it is a {node.node_type.split('.')[-2]}, no {what}", cure)
    return node
