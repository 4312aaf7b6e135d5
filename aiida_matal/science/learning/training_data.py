"""From tables to the arrays that learners take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.table import ID, Table

STATUS = "status"
OK = "ok"
ERROR_SUFFIX = "_error"


@dataclass(frozen=True)
class TrainingData:
    """The labelled rows of a dataset: ``features`` (n, d), ``target`` (n,), ``target_error`` (n,) or None."""

    table: Table
    features: Floats
    target: Floats
    target_error: Floats | None


def training_data(dataset: Table, features: Sequence[str], target: str) -> TrainingData:
    """Return the rows with status ``ok``; there may be none.

    Standard errors are read from the column ``<target>_error``, if there is one. A label whose error is unknown (NaN)
    counts as exact: the noise that a learner finds for itself covers it.

    :raises InputError: for columns that are missing, and for features, targets or errors that cannot be used, by id.
    """
    table = dataset.take(dataset[STATUS] == OK)
    error_column = target + ERROR_SUFFIX
    return TrainingData(
        table=table,
        features=feature_matrix(table, features),
        target=feature_matrix(table, [target])[:, 0],
        target_error=_target_error(table, error_column) if error_column in table else None,
    )


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


def _target_error(table: Table, name: str) -> Floats | None:
    errors = table.matrix([name])[:, 0]
    bad = (errors < 0) | np.isinf(errors)
    if bad.any():
        first = int(np.argmax(bad))
        reason = f"the standard error of '{table[ID][first]}' is not a finite number >= 0"
        raise InputError(f"column {name}", float(errors[first]), reason, "Correct it, or give NaN if it is unknown.")
    return None if np.isnan(errors).all() else np.nan_to_num(errors, nan=0.0)
