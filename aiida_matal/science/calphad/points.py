"""Points that a file holds: their checks, and the tables that are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import isfinite, nan

import numpy as np

from aiida_matal.science.errors import InputError
from aiida_matal.science.labels import NO_ROUND, ROUND, STATUSES, Label, label_table
from aiida_matal.science.mixing.binaries import binary_table, point_ids
from aiida_matal.science.mixing.elements import element
from aiida_matal.science.mixing.mixtures import QUANTITY, UNIT
from aiida_matal.science.table import ID, Column, Table

#: No metal comes near to it (kJ/mol): the unit must be wrong.
MAX_ENTHALPY = 1000.0
#: Characters of a refused value that are kept.
MAX_TEXT = 80


@dataclass(frozen=True)
class Point:
    """The enthalpy of mixing of a binary liquid at one composition, as a file gives it.

    :param where: its place in the file, such as ``line 7``.
    :param x_b: mole fraction of ``element_b``.
    :param value: in kJ per mole of atoms, NaN unless the status is ``ok``; likewise ``error``, NaN where unknown.
    :param temperature: in K, NaN where unknown.
    :param source: where the value is from, in words.
    """

    where: str
    element_a: str
    element_b: str
    x_b: float
    value: float
    error: float = nan
    temperature: float = nan
    status: str = "ok"
    reason: str = ""
    source: str = ""

    @property
    def system(self) -> str:
        """Return the two elements, as they stand in the point."""
        return f"{self.element_a}-{self.element_b}"


@dataclass(frozen=True)
class Refusal:
    """Something in a file that did not become a label, and why."""

    where: str
    column: str
    value: str
    reason: str
    cure: str = ""

    @classmethod
    def of(cls, where: str, error: InputError) -> Refusal:
        """Return the refusal of the column that an error names."""
        return cls(where, error.field, str(error.value)[:MAX_TEXT], error.reason, error.cure)


@dataclass(frozen=True)
class Reading:
    """What a file holds.

    :param points: the good points.
    :param bad: what is wrong in the file.
    :param left_out: what is right, but can be no label.
    :param notes: what else a reader wants to know.
    """

    points: Sequence[Point]
    bad: Sequence[Refusal] = ()
    left_out: Sequence[Refusal] = ()
    notes: Sequence[str] = ()


def check_point(point: Point, columns: Sequence[str] = ("element_a", "element_b")) -> Point:
    """Return the point with its elements in alphabetical order.

    :param columns: columns that hold the first and the second element.
    :raises InputError: naming the column whose value is refused.
    """
    for column, symbol in zip(columns, (point.element_a, point.element_b), strict=True):
        _check_element(column, symbol)
    if point.element_a == point.element_b:
        raise InputError(columns[1], point.element_b, "both elements are the same", "Give a binary system.")
    if point.x_b in (0, 1):
        raise InputError("x_b", point.x_b, "it is a pure element, which is no candidate", "Leave the row out.")
    if not 0 < point.x_b < 1:
        cure = "Give a mole fraction, or say in the header that it is a percentage: x_b (at.%)."
        raise InputError("x_b", point.x_b, "it is not between 0 and 1", cure)
    _check_value(point)
    if not (np.isnan(point.error) or 0 <= point.error < MAX_ENTHALPY):
        raise InputError(f"{QUANTITY}_error", point.error, "it is no standard error", "Give 0 or more, or nothing.")
    if not (np.isnan(point.temperature) or 0 < point.temperature < float("inf")):
        raise InputError("temperature", point.temperature, "it is not above 0 K", "Check the unit, or give nothing.")
    if point.element_a < point.element_b:
        return point
    # Twelve digits, as 1 - 0.9 is not 0.1.
    x_b = round(1 - point.x_b, 12)
    return replace(point, element_a=point.element_b, element_b=point.element_a, x_b=x_b)


def without_repetitions(reading: Reading) -> Reading:
    """Return the reading with each point once.

    Of points with equal values the first stays and the others are left out; points with different values are all bad,
    as nothing tells which is right. Points are equal in their composition if they have the same id.
    """
    points = sorted(reading.points, key=lambda point: (point.system, point.x_b))
    ids = [str(name) for name in point_ids([point.system for point in points], [point.x_b for point in points])]
    together: dict[str, list[Point]] = {}
    for identifier, point in zip(ids, points, strict=True):
        together.setdefault(identifier, []).append(point)
    good, bad, left_out = [], list(reading.bad), list(reading.left_out)
    for identifier, same in together.items():
        if len({(str(point.value), point.status) for point in same}) > 1:
            bad += [_contradicted(identifier, point, same) for point in same]
            continue
        good.append(same[0])
        left_out += [
            Refusal(point.where, QUANTITY, str(point.value), f"it repeats {identifier} of {same[0].where}")
            for point in same[1:]
        ]
    return replace(reading, points=good, bad=bad, left_out=left_out)


def labelled_table(points: Sequence[Point]) -> Table:
    """Return the points as a dataset: the columns of a pool, the label and its source, in the order given.

    :raises InputError: if two points are the same candidate.
    """
    base = binary_table(
        [point.element_a for point in points],
        [point.element_b for point in points],
        [point.x_b for point in points],
        [point.temperature for point in points],
    )
    labels = label_table(
        [
            Label(identifier, point.status, point.value, point.error, point.reason)  # type: ignore[arg-type]
            for identifier, point in zip(base[ID].tolist(), points, strict=True)
        ],
        QUANTITY,
        UNIT,
    )
    names = [name for name in labels.names if name != ID]
    arrays = {name: labels[name] for name in names}
    arrays["round"] = np.full(len(points), NO_ROUND, dtype=np.int64)
    arrays["source"] = np.array([point.source for point in points], dtype=np.str_)
    described = {name: labels.columns[name] for name in names}
    described |= {"round": ROUND, "source": Column("where the value is from")}
    return base.with_columns(arrays, described)


def refused_table(refusals: Iterable[Refusal]) -> Table:
    """Return the refusals as a table."""
    rows = list(refusals)
    columns = {
        "where": Column("place in the file"),
        "column": Column("column that was refused"),
        "value": Column("value that was refused"),
        "reason": Column("why it is no label"),
    }
    return Table({name: np.array([getattr(row, name) for row in rows], dtype=np.str_) for name in columns}, columns)


def _check_element(column: str, symbol: str) -> None:
    try:
        element(symbol)
    except InputError as error:
        raise InputError(column, symbol, error.reason, error.cure) from None


def _check_value(point: Point) -> None:
    if point.status not in STATUSES:
        raise InputError("status", point.status, "it is unknown", f"Give one of {', '.join(STATUSES)}.")
    if np.isnan(point.value):
        if point.status == "ok":
            raise InputError(QUANTITY, point.value, "a label that is ok needs a value", "Give one, or another status.")
        return
    if not isfinite(point.value) or abs(point.value) > MAX_ENTHALPY:
        reason = f"no liquid has more than {MAX_ENTHALPY:.0f} kJ/mol"
        raise InputError(QUANTITY, f"{point.value:.6g} kJ/mol", reason, "Check the unit.")
    if point.status != "ok":
        raise InputError("status", point.status, "the row has a value", "Leave the value empty, or give ok.")


def _contradicted(identifier: str, point: Point, same: Sequence[Point]) -> Refusal:
    others = [other for other in same if other is not point]
    told = ", ".join(f"{other.value:.6g} kJ/mol in {other.where}" for other in others[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    reason = f"{identifier} has another value: {told}{more}"
    return Refusal(point.where, QUANTITY, f"{point.value:.6g} kJ/mol", reason, "Keep the right one.")
