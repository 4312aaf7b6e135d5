"""A benchmark of strategies as text and as plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from aiida_matal.cli.text import text_table
from aiida_matal.science.benchmark.tables import ITERATION, STRATEGY
from aiida_matal.science.table import Table

Row = Mapping[str, Any]


def benchmark_text(summary: Table, metrics: Mapping[str, Any]) -> str:
    """Return the tables of a finished benchmark: errors, differences, factors, and means over all iterations.

    :param metrics: ``n_splits``, ``reference_strategy``, and of ``strategies`` the mean difference with its interval.
    """
    reference, unit = metrics["reference_strategy"], summary.columns["rmse"].unit
    names = list(dict.fromkeys(summary[STRATEGY].tolist()))
    others = [name for name in names if name != reference]
    rows = {(row[ITERATION], row[STRATEGY]): row for row in summary.rows()}
    parts = [
        (f"RMSE in {unit}, mean over {metrics['n_splits']} splits [95 % interval]", _by_iteration(rows, names, "rmse")),
        (f"RMSE less that of {reference} in {unit}, paired over the splits", _by_iteration(rows, others, "difference")),
        (f"Enhancement factor: RMSE of {reference} over RMSE", _by_iteration(rows, others, "ef")),
        (
            f"Acceleration factor: labels of {reference} over labels to its RMSE",
            _by_iteration(rows, others, "af"),
        ),
        (f"Mean over all iterations in {unit}", _means(metrics["strategies"])),
    ]
    return "\n\n".join(f"{title}\n{table}" for title, table in parts)


def plain_rows(summary: Table) -> list[dict[str, Any]]:
    """Return the rows of the summary as JSON can hold them: what is undefined is None."""
    return [
        {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
        for row in summary.rows()
    ]


def _by_iteration(rows: Mapping[tuple[int, str], Row], names: list[str], column: str) -> str:
    iterations = sorted({iteration for iteration, _ in rows})
    cells = [[iteration, *(_estimate(rows[iteration, name], column) for name in names)] for iteration in iterations]
    return text_table(["iteration", *names], cells)


def _estimate(row: Row, column: str) -> str:
    value, low, high = (row[name] for name in (column, f"{column}_low", f"{column}_high"))
    interval = "" if math.isnan(low) else f" [{low:.2f}, {high:.2f}]"
    return f"{'-' if math.isnan(value) else format(value, '.2f')}{interval}"


def _means(strategies: Mapping[str, Mapping[str, float]]) -> str:
    header = ["strategy", "RMSE", "difference", "95 % interval"]
    cells = [
        [name, f"{mean['rmse']:.2f}", f"{mean['difference']:+.2f}", f"[{mean['low']:+.2f}, {mean['high']:+.2f}]"]
        for name, mean in strategies.items()
    ]
    return text_table(header, cells)
