"""The calcfunctions of the oracles of free-energy landscapes: points shared out over jobs, and their labels."""

from __future__ import annotations

import numpy as np
from aiida.engine import calcfunction
from aiida.orm import Dict, Int

from aiida_matal.data.table import TableData
from aiida_matal.science.landscape.columns import WANTED, dimension
from aiida_matal.science.landscape.labels import failed_label, landscape_labels, what_is_sampled
from aiida_matal.science.table import ID, Table

CHUNK = "chunk_{:04d}"


@calcfunction
def cut_candidates(candidates: TableData, chunk_size: Int) -> dict[str, TableData]:
    """Return chunks of the points, ``chunk_0000`` and so on, with what a job needs to know of each point."""
    table = what_is_sampled(candidates.table, dimension(candidates.table, WANTED))
    starts = range(0, len(table), chunk_size.value)
    parts = [table.take(range(start, min(start + chunk_size.value, len(table)))) for start in starts]
    return {CHUNK.format(number): TableData(part, role="candidates") for number, part in enumerate(parts)}


@calcfunction
def points_left(points: TableData, labels: TableData) -> TableData:
    """Return the points that have no label yet."""
    table = points.table
    return TableData(table.take(~np.isin(table[ID], labels.table[ID])), role="candidates")


@calcfunction
def collect_labels(candidates: TableData, outcomes: Dict, **labels: TableData) -> TableData:
    """Return the labels of all candidates, in their order.

    :param outcomes: ``evidence``, the uuid of the job behind each of the tables in ``labels``, and ``missing``, by id
        of each point without a label: ``reason`` and ``evidence``.
    """
    order = candidates.table[ID].tolist()
    d = dimension(candidates.table, WANTED)
    tables = [_with_evidence(node.table, outcomes["evidence"][name]) for name, node in sorted(labels.items())]
    missing = outcomes["missing"]
    failed = [failed_label(name, d, **missing[name]) for name in order if name in missing]
    joined = Table.concatenate([*tables, landscape_labels(failed, d)])
    return TableData(joined.take(joined.positions(order)), role="labels")


def labelled(labels: TableData) -> set[str]:
    """Return the ids of the points that have a label."""
    return set(labels.table[ID].tolist())


def _with_evidence(table: Table, uuid: str) -> Table:
    column = {"evidence": table.columns["evidence"]}
    return table.with_columns({"evidence": np.full(len(table), uuid)}, column)
