"""A task folder: what ``task.json`` asks for, and the tables and models that go in and out."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Self

from pydantic import Field, field_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Model
from aiida_matal.science.learning.model_files import ModelCard, read_model, write_model
from aiida_matal.science.registry import LEARNERS
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Table

TASK_NAME = "task.json"


class TaskDescription(Settings):
    """The content of ``task.json``."""

    task: str = Field(description="name of the task")
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the task")
    tables: dict[str, str] = Field(default_factory=dict, description="NPZ file of each table, relative to the folder")
    models: dict[str, str] = Field(default_factory=dict, description="folder of each model, relative to the folder")

    @field_validator("tables", "models")
    @classmethod
    def _refuse_paths_outside(cls, paths: dict[str, str]) -> dict[str, str]:
        for path in paths.values():
            if not path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
                raise ValueError(f"{path!r} is not a path inside the folder")
        return paths


@dataclass(frozen=True)
class Outcome:
    """What a task hands back: finite numbers, None where unknown, and where its tables and models are."""

    values: dict[str, float | int | None]
    tables: dict[str, str]
    models: dict[str, str]


class TaskFolder:
    """A folder that holds ``task.json`` and the inputs, and receives the outputs."""

    def __init__(self, path: Path, description: TaskDescription) -> None:
        self.path = path
        self.name = description.task
        self.settings = description.settings
        self._description = description

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the task of a folder.

        :raises InputError: if ``task.json`` is missing or refused.
        """
        try:
            content = json.loads((path / TASK_NAME).read_text(encoding="utf-8"))
        except (OSError, ValueError) as exception:
            raise InputError(
                TASK_NAME, str(path), f"it cannot be read: {exception}", "Write it as JSON."
            ) from exception
        if not isinstance(content, dict):
            raise InputError(TASK_NAME, content, "it is not a JSON object", "Write it as the manual says.")
        return cls(path, TaskDescription.parse(content, where=TASK_NAME))

    def table(self, name: str) -> Table:
        """Return an input table.

        :raises InputError: if the task has no such table or its file cannot be read.
        """
        found = self.optional_table(name)
        if found is None:
            raise InputError("tables", sorted(self._description.tables), f"'{name}' is missing", f"Give '{name}'.")
        return found

    def optional_table(self, name: str) -> Table | None:
        """Return an input table, or None if the task has none of that name.

        :raises InputError: if its file cannot be read.
        """
        path = self._description.tables.get(name)
        return None if path is None else Table.read(self.path / path)

    def optional_model(self, name: str, group: str = LEARNERS) -> tuple[Model, ModelCard] | None:
        """Return an input model and its card, or None if the task has none of that name.

        :param group: the entry-point group in which its learner is registered.
        :raises InputError: if its files are not those of its card.
        """
        path = self._description.models.get(name)
        return None if path is None else read_model(self.path / path, group)

    def write_table(self, name: str, table: Table) -> dict[str, str]:
        """Write an output table and return where it is, by name."""
        table.write(self.path / f"{name}.npz")
        return {name: f"{name}.npz"}

    def write_model(self, name: str, model: Model, card: ModelCard) -> dict[str, str]:
        """Write an output model to the folder ``<name>_out``, in place of an older one, and return where it is."""
        target = self.path / f"{name}_out"
        # A scheduler that starts the job again leaves what the first start wrote.
        shutil.rmtree(target, ignore_errors=True)
        write_model(target, model, card)
        return {name: f"{name}_out"}


def finite_or_none(value: float) -> float | None:
    """Return ``value``, or None if JSON cannot hold it."""
    return value if math.isfinite(value) else None
