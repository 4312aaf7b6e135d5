"""Labels from CSV files."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from math import nan

from pydantic import Field, field_validator

from aiida_matal.science.calphad.csv_columns import CsvColumn, check_renamed, csv_columns
from aiida_matal.science.calphad.points import Point, Reading, Refusal, check_point
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.mixtures import QUANTITY
from aiida_matal.science.settings import Settings

_DELIMITERS = (",", ";", "\t")
_SYSTEM = re.compile(r"(?P<a>[A-Z][a-z]?)\s*[-\u2013]?\s*(?P<b>[A-Z][a-z]?)")
#: Before these characters, and only there, our own CSV files put an apostrophe.
_FORMULA = ("'=", "'+", "'-", "'@", "'\t", "'\r")
Line = tuple[int, list[str]]


class CsvSettings(Settings):
    """How to read a CSV file."""

    columns: dict[str, str] = Field(
        default_factory=dict, description="the headers of the file by the names of the columns that they stand for"
    )
    skip_bad: bool = Field(False, description="whether to leave bad rows out")

    @field_validator("columns")
    @classmethod
    def _known(cls, columns: dict[str, str]) -> dict[str, str]:
        check_renamed(columns)
        return columns


def read_csv(content: bytes, settings: CsvSettings) -> Reading:
    """Return the points that a CSV file holds.

    The first line names the columns ``system`` (such as Al-Cu) or ``element_a`` and ``element_b``, ``x_b`` and
    ``enthalpy_of_mixing``, and ``enthalpy_of_mixing_error``, ``temperature``, ``status``, ``reason`` and ``source``
    where they are known. Units stand in the header, as in ``enthalpy_of_mixing (kJ/mol)``, or in a second line that
    begins with ``#``. Cells are separated by commas, semicolons or tabulators. Lines count from 1, the header.

    :raises InputError: if the header is wrong or the file is no CSV file; wrong rows are in the result.
    """
    lines = _lines(content)
    header = next(lines, (1, []))[1]
    if not any(cell.strip() for cell in header):
        raise InputError("line 1", "", "the file has no header", "Name the columns in the first line.")
    if any(_is_broken(cell) for cell in header):
        raise InputError("line 1", _shown(",".join(header)), "it is not UTF-8", "Save the file as UTF-8.")
    rows = list(lines)
    units = _take_units(rows, len(header))
    columns, unread = csv_columns(header, units, settings.columns)
    points, bad = [], []
    for number, cells in rows:
        try:
            points.append(_point(f"line {number}", header, cells, columns))
        except InputError as error:
            bad.append(Refusal.of(f"line {number}", error))
    notes = [f"columns that were not read: {', '.join(unread)}"] if unread else []
    return Reading(points, bad, notes=notes)


def _lines(content: bytes) -> Iterator[Line]:
    # Bytes that are not UTF-8 stay apart, so that the cell that holds them can be named.
    text = content.decode("utf-8", errors="surrogateescape").removeprefix("\ufeff")
    first = text.partition("\n")[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first.count), strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"line {number}", str(error), "it is not CSV", "Check the quotes of the line.") from None


def _take_units(rows: list[Line], n_columns: int) -> list[str] | None:
    if not rows or not rows[0][1][0].startswith("#"):
        return None
    number, cells = rows.pop(0)
    if len(cells) != n_columns:
        raise InputError(f"line {number}", ",".join(cells), "it does not have a unit for each column", "Complete it.")
    return [cells[0].removeprefix("#"), *cells[1:]]


def _point(where: str, header: Sequence[str], cells: Sequence[str], columns: Mapping[str, CsvColumn]) -> Point:
    for name, cell in zip(header, cells, strict=False):
        if _is_broken(cell):
            raise InputError(name.strip(), _shown(cell), "it is not UTF-8", "Save the file as UTF-8.")
    if len(cells) != len(header):
        cure = "Quote cells that hold a separator."
        raise InputError("row", len(cells), f"it is the number of cells; the header has {len(header)}", cure)
    texts = {name: _text(cells[column.position]) for name, column in columns.items()}
    numbers = {name: _number(name, texts[name], column) for name, column in columns.items() if column.convert}
    element_a, element_b = _elements(texts)
    names = ("element_a", "element_b") if {"element_a", "element_b"} <= set(texts) else ("system", "system")
    point = Point(
        where,
        element_a,
        element_b,
        numbers["x_b"],
        numbers[QUANTITY],
        numbers.get(f"{QUANTITY}_error", nan),
        numbers.get("temperature", nan),
        texts.get("status") or "ok",
        texts.get("reason", ""),
        texts.get("source", ""),
    )
    return check_point(point, names)


def _elements(texts: Mapping[str, str]) -> tuple[str, str]:
    match = _SYSTEM.fullmatch(texts.get("system", ""))
    if "system" in texts and match is None:
        raise InputError("system", texts["system"], "it is not two chemical symbols", "Write it as Al-Cu.")
    if match is None:
        return texts["element_a"], texts["element_b"]
    if not {"element_a", "element_b"} <= set(texts):
        return match["a"], match["b"]
    pair = (texts["element_a"], texts["element_b"])
    if set(match.groups()) != set(pair):
        raise InputError("system", texts["system"], f"the elements of the row are {' and '.join(pair)}", "Correct one.")
    return pair


def _number(name: str, text: str, column: CsvColumn) -> float:
    if not text and name != "x_b":
        return nan
    try:
        value = float(text)
    except ValueError:
        cure = "Write numbers with a decimal point." if "," in text else "Correct it."
        raise InputError(name, text, "it is not a number", cure) from None
    return column.convert(value) if column.convert else value


def _text(cell: str) -> str:
    return cell[1:] if cell.startswith(_FORMULA) else cell.strip()


def _is_broken(cell: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in cell)


def _shown(cell: str) -> str:
    return cell.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")
