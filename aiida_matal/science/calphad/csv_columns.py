"""The header of a CSV file: which column holds what, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiida_matal.science.calphad.units import UNITS, Convert
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.mixtures import QUANTITY

TEXTS = ("system", "element_a", "element_b", "status", "reason", "source")
KNOWN = (*TEXTS, *UNITS)
_NAME_AND_UNIT = re.compile(r"\s*(?P<name>.*?)\s*(?:\((?P<unit>[^()]*)\)\s*)?")
_DIMENSIONLESS = "x_b"
_WHERE = "line 1, header"


class CsvColumn(NamedTuple):
    """Where a column stands, and how its numbers are converted; texts are not."""

    position: int
    convert: Convert | None


def csv_columns(
    header: Sequence[str], units: Sequence[str] | None, renamed: Mapping[str, str]
) -> tuple[dict[str, CsvColumn], list[str]]:
    """Return the columns that a header has, by name, and the headers that are not read.

    A unit stands in brackets after the name, in ``units``, or after the name in ``renamed``.

    :param units: the unit of each column, where the file has a line of them.
    :param renamed: headers of the file by the names that they stand for.
    :raises InputError: if a column is missing or there twice, or a unit is missing or unknown.
    """
    wanted = {header: name for name, header in renamed.items()}
    found: dict[str, CsvColumn] = {}
    unread = []
    for position, text in enumerate(header):
        own, unit = _split(text)
        name, given = _split(wanted.pop(text.strip(), own))
        if name not in KNOWN:
            unread.append(text.strip())
            continue
        if name in found:
            raise InputError(_WHERE, text, f"the column {name} is there twice", "Rename or remove one of them.")
        stated = [part for part in (unit, given, units[position].strip() if units else "") if part]
        found[name] = CsvColumn(position, _converter(name, text, stated))
    if wanted:
        cure = f"The file has: {', '.join(text.strip() for text in header)}."
        raise InputError("column", next(iter(wanted)), "the file has no such header", cure)
    _refuse_missing(found, header)
    return found, unread


def check_renamed(renamed: Mapping[str, str]) -> None:
    """Check the names that headers are to stand for.

    :raises ValueError: if one is unknown.
    """
    for name in renamed:
        if _split(name)[0] not in KNOWN:
            raise ValueError(f"{name!r} is none of the columns {', '.join(KNOWN)}")


def _split(text: str) -> tuple[str, str]:
    match = _NAME_AND_UNIT.fullmatch(text)
    return (match["name"], (match["unit"] or "").strip()) if match else (text.strip(), "")


def _converter(name: str, header: str, stated: Sequence[str]) -> Convert | None:
    if name in TEXTS:
        return None
    known = UNITS[name]
    if len(set(stated)) > 1:
        raise InputError(_WHERE, header, f"its unit is given as {' and '.join(stated)}", "Give one unit.")
    if not stated and name != _DIMENSIONLESS:
        cure = f"Name the column with its unit, such as {name} ({next(iter(known))}); units: {', '.join(known)}."
        raise InputError(_WHERE, header, "it has no unit", cure)
    unit = stated[0] if stated else "1"
    if unit not in known:
        raise InputError(_WHERE, header, f"the unit {unit!r} is unknown", f"Units of {name}: {', '.join(known)}.")
    return known[unit]


def _refuse_missing(found: Mapping[str, CsvColumn], header: Sequence[str]) -> None:
    missing = [name for name in ("x_b", QUANTITY) if name not in found]
    if "system" not in found and not {"element_a", "element_b"} <= set(found):
        missing.insert(0, "system (or element_a and element_b)")
    if missing:
        reason = f"there is no column {missing[0]}"
        cure = "Rename the column, or name its header: --column NAME='HEADER'."
        raise InputError(_WHERE, ", ".join(text.strip() for text in header), reason, cure)
