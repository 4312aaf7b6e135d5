"""A table: columns of equal length, each with a unit and a meaning."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

ID = "id"
_COLUMNS_KEY = "__columns__"
# Keeps a column called "file" from clashing with the arguments of numpy.savez.
_FILE_PREFIX = "column:"
_KINDS = {"b": np.bool_, "i": np.int64, "u": np.int64, "f": np.float64, "U": np.str_, "T": np.str_}


@dataclass(frozen=True)
class Column:
    """What a column holds: its meaning in words and its unit.

    Numbers need a unit, ``"1"`` where there is none. Texts and booleans have the empty unit.
    """

    meaning: str
    unit: str = ""


class Table:
    """Columns of equal length, with unit and meaning; immutable.

    Columns are one-dimensional arrays of float64, int64, bool or text. NaN is allowed in float columns.
    A text column named ``id``, where there is one, names each row and may not repeat.

    :raises InputError: if lengths differ, a unit or meaning is missing or a unit is odd, a type is not one of the four,
        or an id repeats.
    """

    def __init__(self, arrays: Mapping[str, ArrayLike], columns: Mapping[str, Column]) -> None:
        if set(arrays) != set(columns):
            odd = sorted(set(arrays) ^ set(columns))
            raise InputError("columns", odd, "arrays and descriptions do not match", "Describe each array once.")
        self._columns = dict(columns)
        self._arrays = {name: _as_column(name, arrays[name], columns[name]) for name in columns}
        lengths = {name: len(array) for name, array in self._arrays.items()}
        if len(set(lengths.values())) > 1:
            raise InputError("columns", lengths, "the lengths differ", "Give every column one value a row.")
        if ID in self._arrays:
            _refuse_repeated_ids(self._arrays[ID])

    def __len__(self) -> int:
        return len(next(iter(self._arrays.values()))) if self._arrays else 0

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._arrays:
            raise InputError("column", name, "the table has no such column", f"It has: {', '.join(self._arrays)}.")
        return self._arrays[name]

    def __contains__(self, name: object) -> bool:
        return name in self._arrays

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table) or self._columns != other._columns:
            return False
        return all(_equal(array, other._arrays[name]) for name, array in self._arrays.items())

    __hash__ = None  # type: ignore[assignment]

    @property
    def names(self) -> list[str]:
        """Return the names of the columns, in order."""
        return list(self._columns)

    @property
    def columns(self) -> dict[str, Column]:
        """Return what each column holds."""
        return dict(self._columns)

    def matrix(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return the named columns of numbers or booleans side by side, shape (rows, names).

        :raises InputError: if a column is missing or holds text.
        """
        for name in names:
            if self[name].dtype.kind == "U":
                raise InputError("column", name, "it holds text", "Name columns of numbers.")
        if not names:
            return np.empty((len(self), 0))
        return np.column_stack([np.asarray(self[name], dtype=np.float64) for name in names])

    def take(self, rows: ArrayLike) -> Table:
        """Return the rows given by indices or by a boolean mask, in that order."""
        index = np.asarray(rows)
        if index.size == 0:
            index = index.astype(np.intp)
        return Table({name: array[index] for name, array in self._arrays.items()}, self._columns)

    def select(self, names: Iterable[str]) -> Table:
        """Return the named columns."""
        names = list(names)
        return Table({name: self[name] for name in names}, {name: self._columns[name] for name in names})

    def with_columns(self, arrays: Mapping[str, ArrayLike], columns: Mapping[str, Column]) -> Table:
        """Return the table with columns added or replaced."""
        return Table({**self._arrays, **arrays}, {**self._columns, **columns})

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each row as plain Python values."""
        lists = {name: array.tolist() for name, array in self._arrays.items()}
        for values in zip(*lists.values(), strict=True):
            yield dict(zip(lists, values, strict=True))

    def positions(self, ids: Iterable[str]) -> NDArray[np.intp]:
        """Return the row of each id.

        :raises InputError: if an id is not in the table.
        """
        where = {identifier: row for row, identifier in enumerate(self[ID].tolist())}
        ids = list(ids)
        missing = [identifier for identifier in ids if identifier not in where]
        if missing:
            raise InputError(ID, missing, "the table has no such rows", "Give ids of this table.")
        return np.array([where[identifier] for identifier in ids], dtype=np.intp)

    @classmethod
    def concatenate(cls, tables: Sequence[Table]) -> Table:
        """Return the rows of all tables, one after the other; the columns must be the same.

        :raises InputError: if there are no tables, their columns or the types in them differ, or an id repeats.
        """
        if not tables:
            raise InputError("tables", [], "there is nothing to join", "Give at least one table.")
        first = tables[0]
        for table in tables[1:]:
            if table._columns != first._columns:
                odd = sorted(set(table._columns.items()) ^ set(first._columns.items()), key=str)
                raise InputError("columns", odd, "the tables differ", "Join tables with equal columns.")
        # An empty table does not know whether its columns without a unit are texts or booleans.
        filled = [table for table in tables if len(table)] or [first]
        return cls({name: _join(name, [table[name] for table in filled]) for name in first.names}, first.columns)

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a pandas data frame; units and meanings are left behind."""
        import pandas as pd

        return pd.DataFrame({name: array.copy() for name, array in self._arrays.items()})

    @classmethod
    def from_pandas(cls, frame: pd.DataFrame, columns: Mapping[str, Column]) -> Table:
        """Return a table of the columns described, taken from a pandas data frame.

        :raises InputError: if a column is missing, or a text in it is.
        """
        missing = [name for name in columns if name not in frame.columns]
        if missing:
            cure = f"It has: {list(frame.columns)}."
            raise InputError("columns", missing, "the data frame has no such columns", cure)
        return cls({name: _from_series(name, frame[name]) for name in columns}, columns)

    def write(self, path: Path) -> None:
        """Write the table to one NPZ file, without pickle."""
        described = json.dumps({name: asdict(column) for name, column in self._columns.items()})
        arrays = {_FILE_PREFIX + name: array for name, array in self._arrays.items()}
        with path.open("wb") as handle:
            np.savez_compressed(handle, **{_COLUMNS_KEY: np.array(described)}, **arrays)  # type: ignore[arg-type]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a table written by :meth:`write`; pickled content is refused.

        :raises InputError: if the file is missing or is not such a table.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                described = json.loads(str(stored[_COLUMNS_KEY]))
                columns = {name: Column(**column) for name, column in described.items()}
                arrays = {name: stored[_FILE_PREFIX + name] for name in columns}
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            EOFError,
            BadZipFile,
            zlib.error,
        ) as exception:
            raise InputError("table", str(path), f"it cannot be read: {exception}", "Give a table file.") from exception
        return cls(arrays, columns)


def _as_column(name: str, values: ArrayLike, column: Column) -> NDArray[Any]:
    array = np.asarray(values)
    if array.size == 0 and array.dtype == np.float64 and not column.unit:
        array = array.astype(np.str_)
    if array.ndim != 1:
        raise InputError(f"column {name}", array.shape, "a column has one dimension", "Give one value a row.")
    if array.dtype.kind not in _KINDS:
        cure = "Use numbers, booleans or text."
        raise InputError(f"column {name}", str(array.dtype), "the type cannot be stored", cure)
    if not column.meaning:
        raise InputError(f"column {name}", column.meaning, "the meaning is missing", "Say what the column holds.")
    if array.dtype.kind in "iuf" and not column.unit:
        raise InputError(f"column {name}", column.unit, "the unit is missing", "Give a unit, '1' if there is none.")
    if array.size and array.dtype.kind not in "iuf" and column.unit:
        raise InputError(f"column {name}", column.unit, "texts and booleans have no unit", "Leave the unit empty.")
    if array.size and array.dtype.kind == "u" and array.max() > np.iinfo(np.int64).max:
        raise InputError(f"column {name}", array.max(), "the integer is too large", "Give integers below 2**63.")
    array = np.array(array, dtype=_KINDS[array.dtype.kind])
    array.setflags(write=False)
    return array


def _join(name: str, arrays: list[NDArray[Any]]) -> NDArray[Any]:
    kinds = {array.dtype.kind for array in arrays}
    if len(kinds) > 1 and kinds != {"i", "f"}:
        raise InputError(f"column {name}", sorted(kinds), "the tables differ in its type", "Give one type a column.")
    return np.concatenate(arrays)


def _refuse_repeated_ids(ids: NDArray[Any]) -> None:
    if ids.dtype.kind != "U":
        raise InputError("column id", str(ids.dtype), "ids are text", "Give each row a name.")
    unique, counts = np.unique(ids, return_counts=True)
    if (counts > 1).any():
        raise InputError("column id", unique[counts > 1].tolist(), "ids repeat", "Give each row a name of its own.")


def _from_series(name: str, series: pd.Series) -> NDArray[Any]:
    array = series.to_numpy()
    if array.dtype.kind not in "OT":
        return array
    odd = [value for value in array.tolist() if not isinstance(value, str)]
    if odd:
        raise InputError(f"column {name}", odd[0], "it is not text as the others", "Give texts only, or numbers only.")
    return array.astype(np.str_)


def _equal(first: NDArray[Any], second: NDArray[Any]) -> bool:
    return np.array_equal(first, second, equal_nan=first.dtype.kind == "f" and second.dtype.kind == "f")
