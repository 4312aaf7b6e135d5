"""Tables and numbers as plain text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tabulate import tabulate


def text_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return the rows under their header, numbers aligned to the right and text to the left."""
    numeric = [all(isinstance(row[column], int | float | None) for row in rows) for column in range(len(header))]
    cells = [[number(value) for value in row] for row in rows]
    alignment = ["right" if right else "left" for right in numeric]
    return tabulate(cells, header, disable_numparse=True, colalign=alignment if cells else None)


def split_list(text: str) -> list[str]:
    """Return the parts of a text separated by commas."""
    return [part.strip() for part in text.split(",")]


def split_names(text: str) -> list[str]:
    """Return the names in a text separated by commas; between two commas there may be none."""
    return [name for name in split_list(text) if name]


def number(value: Any) -> str:
    """Return a value as text on one line, floats to six digits, and ``-`` for None and NaN."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    if isinstance(value, float):
        return f"{value:.6g}"
    return " ".join(str(value).split())
