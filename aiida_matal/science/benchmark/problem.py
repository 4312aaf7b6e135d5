"""What a benchmark compares, on which data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from aiida_matal.science.acquisition.settings import SelectionSettings
from aiida_matal.science.benchmark.settings import BenchmarkSettings
from aiida_matal.science.benchmark.splits import split_sizes
from aiida_matal.science.errors import InputError
from aiida_matal.science.labels import label_columns
from aiida_matal.science.learning.training import LearnerSettings
from aiida_matal.science.learning.training_data import baseline_values, feature_matrix
from aiida_matal.science.reference import look_up
from aiida_matal.science.registry import CRITERIA, load_class
from aiida_matal.science.table import ID, Table


@dataclass(frozen=True)
class Benchmark:
    """Strategies by name, the learner whose error tells them apart, and the data that hold all labels.

    :param dataset: with the columns ``id``, those that learner and strategies name, and the labels, as the reference
        oracle takes them (:func:`aiida_matal.science.reference.look_up`).
    :raises InputError: naming the field, for strategies that differ in target or batch size, columns that are missing
        or cannot be used, and data with too few groups.
    """

    dataset: Table
    settings: BenchmarkSettings
    learner: LearnerSettings
    strategies: dict[str, SelectionSettings]
    seed: int

    @classmethod
    def parse(
        cls,
        dataset: Table,
        settings: Mapping[str, Any],
        learner: Mapping[str, Any],
        strategies: Mapping[str, Mapping[str, Any]],
        seed: int,
    ) -> Self:
        """Return the benchmark that plain values describe.

        :raises InputError: for the first that is refused.
        """
        parsed = BenchmarkSettings.parse(settings, "benchmark")
        return cls(
            _without(dataset, parsed.exclude_elements),
            parsed,
            LearnerSettings.parse(learner, "learner"),
            {name: SelectionSettings.parse(values, f"strategies.{name}") for name, values in strategies.items()},
            seed,
        )

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise InputError("seed", self.seed, "it is negative", "Give a whole number, 0 or more.")
        if not self.strategies:
            raise InputError("strategies", {}, "there are none", "Give at least one.")
        target = self.learner.target
        look_up(self.dataset[ID].tolist(), self.dataset, target)
        self.learner.make()
        feature_matrix(self.dataset, self.learner.features)
        if self.learner.baseline is not None:
            baseline_values(self.dataset, self.learner.baseline, self.unit)
        for name, selection in self.strategies.items():
            self._check_strategy(f"strategies.{name}", selection)
        if self.dataset[self.settings.group].dtype.kind != "U":
            raise InputError("benchmark.group", self.settings.group, "it holds numbers", "Name a column of text.")
        n_groups = len(set(self.dataset[self.settings.group].tolist()))
        split_sizes(n_groups, self.settings, self.settings.n_iterations * self.batch_size)

    def _check_strategy(self, where: str, selection: SelectionSettings) -> None:
        if selection.target != self.learner.target:
            cure = f"Give {self.learner.target!r}."
            raise InputError(f"{where}.target", selection.target, "the learner predicts another column", cure)
        if selection.batch_size != self.batch_size:
            cure = "Give all strategies the same, so that they compare at equal numbers of labels."
            raise InputError(f"{where}.batch_size", selection.batch_size, f"another takes {self.batch_size}", cure)
        criterion = load_class(CRITERIA, selection.criterion.name)
        criterion.Settings.parse(selection.criterion.settings, f"{where}.criterion.settings")
        feature_matrix(self.dataset, selection.features)
        self.dataset.select(_other_columns(selection))

    @property
    def unit(self) -> str:
        """Return the unit of the target and of the errors."""
        return self.dataset.columns[self.learner.target].unit

    @property
    def batch_size(self) -> int:
        """Return how many candidates each strategy chooses in an iteration."""
        return next(iter(self.strategies.values())).batch_size

    @cached_property
    def reference(self) -> Table:
        """Return the dataset with the columns that are looked at, and no others."""
        names = [ID, self.settings.group, *self.learner.features]
        if self.learner.baseline is not None:
            names.append(self.learner.baseline)
        for selection in self.strategies.values():
            names += [*selection.features, *_other_columns(selection)]
        names += [name for name in label_columns(self.learner.target, self.unit) if name in self.dataset]
        return self.dataset.select(dict.fromkeys(names))


def _without(dataset: Table, elements: list[str]) -> Table:
    if not elements:
        return dataset
    pairs = np.column_stack([dataset["element_a"], dataset["element_b"]])
    for symbol in elements:
        if symbol not in pairs:
            found = ", ".join(np.unique(pairs).tolist())
            raise InputError(
                "benchmark.exclude_elements", symbol, "the dataset has no alloy of it", f"It has: {found}."
            )
    return dataset.take(~np.isin(pairs, elements).any(axis=1))


def _other_columns(selection: SelectionSettings) -> list[str]:
    return [*([selection.one_per] if selection.one_per is not None else []), *(selection.nearest_to or {})]
