"""From tables to the arrays that learners take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Floats, Prediction
from aiida_matal.science.table import ID, Table

STATUS = "status"
OK = "ok"
ERROR_SUFFIX = "_error"


@dataclass(frozen=True)
class TrainingData:
    """The labelled rows of a dataset: ``features`` (n, d), ``target`` (n,), ``target_error`` (n,) or None.

    ``baseline`` (n,) is the estimate of the target that the learner corrects, or None. ``unit`` is that of the target.
    """

    table: Table
    features: Floats
    target: Floats
    target_error: Floats | None
    baseline: Floats | None
    unit: str

    @property
    def residual(self) -> Floats:
        """Return what the learner fits, shape (n,): the target, less the baseline if there is one."""
        return self.target if self.baseline is None else self.target - self.baseline

    def take(self, rows: NDArray[np.intp]) -> TrainingData:
        """Return the labels in these rows."""
        errors, baseline = (None if array is None else array[rows] for array in (self.target_error, self.baseline))
        return TrainingData(self.table.take(rows), self.features[rows], self.target[rows], errors, baseline, self.unit)


def training_data(dataset: Table, features: Sequence[str], target: str, baseline: str | None = None) -> TrainingData:
    """Return the rows with status ``ok``; there may be none.

    Standard errors are read from the column ``<target>_error``, if there is one. A label whose error is unknown (NaN)
    counts as exact: the noise that a learner finds for itself covers it.

    :raises InputError: for columns that are missing, for features, targets, baselines or errors that cannot be used, by
        id, and for a baseline in another unit than the target.
    """
    table = dataset.take(dataset[STATUS] == OK)
    error_column = target + ERROR_SUFFIX
    unit = dataset.select([target]).columns[target].unit
    return TrainingData(
        table=table,
        features=feature_matrix(table, features),
        target=feature_matrix(table, [target])[:, 0],
        target_error=_target_error(table, error_column) if error_column in table else None,
        baseline=None if baseline is None else baseline_values(table, baseline, unit),
        unit=unit,
    )


def baseline_values(table: Table, baseline: str, unit: str) -> Floats:
    """Return the column ``baseline``, shape (rows,).

    :param unit: unit of the target.
    :raises InputError: if the column is missing or in another unit, or a value is not finite, with its id.
    """
    values = feature_matrix(table, [baseline])[:, 0]
    if (found := table.columns[baseline].unit) != unit:
        raise InputError(f"column {baseline}", found, f"the target is in {unit!r}", "Convert the baseline.")
    return values


def feature_matrix(table: Table, names: Sequence[str]) -> Floats:
    """Return the named columns, shape (rows, names).

    :raises InputError: for a column that is missing and for a value that is not finite, with its id and column.
    """
    matrix = table.matrix(names)
    bad = np.argwhere(~np.isfinite(matrix))
    if len(bad):
        row, column = bad[0]
        field = f"column {names[column]}"
        reason = f"the value of '{table[ID][row]}' is not finite ({len(bad)} such values in all)"
        raise InputError(field, float(matrix[row, column]), reason, "Complete the row or leave it out.")
    return matrix


def add_baseline(prediction: Prediction, baseline: Floats | None) -> Prediction:
    """Return the prediction of the target, given that of the residual."""
    return prediction if baseline is None else Prediction(prediction.mean + baseline, prediction.error)


def _target_error(table: Table, name: str) -> Floats | None:
    errors = table.matrix([name])[:, 0]
    bad = (errors < 0) | np.isinf(errors)
    if bad.any():
        first = int(np.argmax(bad))
        reason = f"the standard error of '{table[ID][first]}' is not a finite number >= 0"
        raise InputError(f"column {name}", float(errors[first]), reason, "Correct it, or give NaN if it is unknown.")
    return None if np.isnan(errors).all() else np.nan_to_num(errors, nan=0.0)
