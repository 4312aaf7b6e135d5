"""What the report of a free-energy campaign says of its thousands of points, in a few tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from aiida.orm import ProcessNode, load_node
from numpy.typing import NDArray

from aiida_matal.provenance.campaigns import newest
from aiida_matal.science.labels import STATUSES
from aiida_matal.science.landscape.columns import CRITERION, MU_ERROR, WANTED, vector
from aiida_matal.science.table import ID, Table

#: How many points of the newest decision, and how many failed labels, the report shows.
FIRST_POINTS = 10
FIRST_FAILED = 20


def landscape_sections(
    campaign: ProcessNode, numbers: Sequence[int], outputs: Sequence[dict[str, int]]
) -> dict[str, Any]:
    """Return errors of the newest model, points by criterion and round, and labels by criterion and status.

    :param numbers: those of the rounds.
    :param outputs: pks of the outputs of each round, by label.
    """
    errors, dataset, test_set = (newest(campaign, list(outputs), name) for name in ("errors", "dataset", "test_set"))
    if test_set is None and "test_set" in campaign.outputs:
        test_set = campaign.outputs.test_set
    named = {"Dataset": dataset, "Test set": test_set}
    return {
        "errors": [] if errors is None else list(errors.table.rows()),
        "decisions": _decisions(numbers, outputs),
        "tables": {name: _labels(node.table) for name, node in named.items() if node is not None},
    }


def _decisions(numbers: Sequence[int], outputs: Sequence[dict[str, int]]) -> dict[str, Any]:
    tables = {
        number: load_node(found["decision"]).table
        for number, found in zip(numbers, outputs, strict=True)
        if "decision" in found
    }
    criteria = sorted({name for table in tables.values() for name in np.unique(table[CRITERION]).tolist()})
    newest_one = list(tables.values())[-1] if tables else None
    return {
        "criteria": criteria,
        "rows": [_round(number, table, criteria) for number, table in tables.items()],
        "first": [] if newest_one is None else _first(newest_one),
        "silent": [] if newest_one is None else newest_one["reason"][~newest_one["open"]].tolist(),
    }


def _round(number: int, decision: Table, criteria: Sequence[str]) -> dict[str, Any]:
    masks = [decision[CRITERION] == name for name in criteria]
    counts = [(int((mask & decision["chosen"]).sum()), int((mask & decision["open"]).sum())) for mask in masks]
    return {"round": number, "n_chosen": int(decision["chosen"].sum()), "counts": counts}


def _first(decision: Table) -> list[dict[str, Any]]:
    shown = decision.take(range(min(FIRST_POINTS, int(decision["chosen"].sum()))))
    eta = vector(shown, WANTED).tolist()
    rows = shown.select([ID, "rank", "reason"]).rows()
    return [{**row, "eta": point} for row, point in zip(rows, eta, strict=True)]


def _labels(dataset: Table) -> dict[str, Any]:
    statuses = [status for status in STATUSES if (dataset["status"] == status).any()]
    criteria = np.unique(dataset[CRITERION]).tolist()
    failed = dataset.take(np.flatnonzero(np.isin(dataset["status"], ["failed", "rejected"]))[:FIRST_FAILED])
    everything = np.ones(len(dataset), dtype=bool)
    parts = {"all": everything, **{name: dataset[CRITERION] == name for name in criteria}}
    return {
        "n_rows": len(dataset),
        "statuses": statuses,
        "rows": [_part(name, dataset.take(mask), statuses) for name, mask in parts.items()],
        "failed": list(failed.select([ID, "status", "round", "reason", "evidence"]).rows()),
    }


def _part(name: str, part: Table, statuses: Sequence[str]) -> dict[str, Any]:
    known = part.take(part["status"] == "ok")
    errors = vector(known, MU_ERROR)
    return {
        "criterion": name,
        "counts": [int((part["status"] == status).sum()) for status in statuses],
        "n_passes": _mean(known["n_passes"]),
        "error_0": _mean(errors[:, 0]),
        "error_order": _mean(errors[:, 1:]),
        "core_hours": float(part["core_hours"].sum()),
    }


def _mean(values: NDArray[Any]) -> float | None:
    return float(values.mean()) if values.size else None
