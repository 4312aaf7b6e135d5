"""Liquids that the graph already holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiida.orm import BaseType, Code, Data, Dict, QueryBuilder, StructureData, WorkChainNode

from aiida_matal.workflows.md.liquid import LiquidStateWorkChain

#: Inputs that do not change what a liquid is: wall times, queues, names.
_WITHOUT_EFFECT = {"metadata", "options"}


def find_liquid(inputs: Mapping[str, Any]) -> WorkChainNode | None:
    """Return the oldest liquid that finished well with inputs of the same content, or None.

    :param inputs: the inputs of :class:`LiquidStateWorkChain` other than the metadata; structures and files are stored
        nodes. Codes are the same if their uuids are, other nodes if their contents are; options of jobs do not count.
    """
    wanted = dict(_fingerprints(inputs))
    query = QueryBuilder()
    query.append(StructureData, filters={"extras._aiida_hash": wanted["structure"]}, tag="structure")
    query.append(
        WorkChainNode,
        with_incoming="structure",
        edge_filters={"label": "structure"},
        filters={"attributes.process_label": LiquidStateWorkChain.__name__, "attributes.exit_status": 0},
        tag="liquid",
        project="*",
    )
    query.order_by({"liquid": {"id": "asc"}})
    for (node,) in query.all():
        if dict(_fingerprints(node.inputs)) == wanted:
            return node
    return None


def _fingerprints(inputs: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name in set(inputs) - _WITHOUT_EFFECT:
        value, path = inputs[name], f"{prefix}{name}"
        if isinstance(value, Code):
            yield path, value.uuid
        elif isinstance(value, Dict):
            yield path, value.get_dict()
        elif isinstance(value, BaseType):
            yield path, value.value
        elif isinstance(value, Data):
            yield path, value.base.caching.get_hash()
        else:
            yield from _fingerprints(value, f"{path}.")
