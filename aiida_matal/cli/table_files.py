"""Tables as files for other programs."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiida_matal.science.table import Table

#: A spreadsheet takes a text cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(table: Table, path: Path) -> None:
    """Write a header with the names, a line ``# ...`` with the units, then the rows; NaN becomes an empty cell.

    Text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    units = [column.unit for column in table.columns.values()]
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(table.names)
        writer.writerow([f"# {units[0]}".rstrip(), *units[1:]])
        writer.writerows([_cell(value) for value in row.values()] for row in table.rows())


def write_json(table: Table, path: Path) -> None:
    """Write ``columns`` (unit and meaning of each) and ``rows`` (a list of objects); NaN becomes null."""
    rows = [{name: _finite_or_none(value) for name, value in row.items()} for row in table.rows()]
    columns = {name: asdict(column) for name, column in table.columns.items()}
    path.write_text(json.dumps({"columns": columns, "rows": rows}, indent=1, allow_nan=False), encoding="utf-8")


def write_npz(table: Table, path: Path) -> None:
    """Write the table so that :meth:`Table.read` reads it back."""
    table.write(path)


WRITERS: dict[str, Callable[[Table, Path], None]] = {"csv": write_csv, "json": write_json, "npz": write_npz}


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if isinstance(value, float) and math.isnan(value) else value


def _finite_or_none(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
