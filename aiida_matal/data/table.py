"""The data node of every table: pools, labels, datasets, decisions, learning curves."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

from aiida.common.exceptions import ValidationError
from aiida.orm import ArrayData

from aiida_matal.science.errors import InputError
from aiida_matal.science.table import Column, Table

if TYPE_CHECKING:
    import pandas as pd

ROLES = (
    "pool",
    "candidates",
    "labels",
    "dataset",
    "decision",
    "learning_curve",
    "parity",
    "predictions",
    "benchmark",
    "table",
)


class TableData(ArrayData):
    """A :class:`~aiida_matal.science.table.Table` in the graph.

    Each column is an array of the node; position, dtype, unit and meaning of each are attributes, so that they can be
    queried. The position is there because databases do not keep the order of the keys of an attribute.
    The number of rows and the role are attributes too (``attributes.rows``, ``attributes.role``).
    """

    def __init__(self, table: Table | None = None, role: str = "table", **kwargs: Any) -> None:
        """Store ``table``.

        :param role: what the table is to a campaign, one of :data:`ROLES`.
        :raises InputError: if the role is unknown.
        """
        super().__init__(**kwargs)
        if role not in ROLES:
            raise InputError("role", role, "it is unknown", f"Roles: {', '.join(ROLES)}.")
        if table is not None:
            self._set_table(table, role)

    @classmethod
    def from_pandas(cls, frame: pd.DataFrame, columns: dict[str, Column], role: str = "table") -> Self:
        """Return an unstored node holding the columns described, taken from a data frame."""
        return cls(Table.from_pandas(frame, columns), role=role)

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a pandas data frame."""
        return self.table.to_pandas()

    @property
    def table(self) -> Table:
        """Return the table, validated again."""
        described = self.base.attributes.get("columns", {})
        names = sorted(described, key=lambda name: described[name]["position"])
        columns = {name: Column(described[name]["meaning"], described[name]["unit"]) for name in names}
        return Table({name: self.get_array(f"c{position}") for position, name in enumerate(names)}, columns)

    @property
    def role(self) -> str:
        """Return what the table is to a campaign."""
        return str(self.base.attributes.get("role"))

    def __len__(self) -> int:
        return int(self.base.attributes.get("rows"))

    def _set_table(self, table: Table, role: str) -> None:
        described = {}
        for position, (name, column) in enumerate(table.columns.items()):
            self.set_array(f"c{position}", table[name])
            described[name] = {**asdict(column), "dtype": table[name].dtype.name, "position": position}
        self.base.attributes.set_many({"columns": described, "rows": len(table), "role": role})

    def _validate(self) -> bool:
        super()._validate()
        if "columns" not in self.base.attributes.all:
            raise ValidationError("a TableData needs a table: TableData(table)")
        try:
            self.table  # noqa: B018
        except InputError as exception:
            raise ValidationError(str(exception)) from exception
        return True
