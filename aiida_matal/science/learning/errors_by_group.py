"""How the error of a model is spread over systems, elements or other groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.table import Column, Table

ALL = "all"

Row = tuple[str, str, int, float, float, float]


def error_table(parity: Table, groups: Mapping[str, Sequence[ArrayLike]]) -> Table:
    """Return the errors of the model and of the baseline over all points, over the groups, and of each group.

    The first row, of level ``all``, pools the points. For each level follow a row named ``mean``, the mean over its
    groups, in which each counts the same however many points it has, and a row for each group.

    :param parity: ``observed``, ``predicted`` and, if there is one, ``baseline``: n points that all have a prediction.
    :param groups: for each level, such as ``system`` or ``element``, one or more arrays of names, shape (n,): a point
        belongs to the groups that any of the arrays names, as an alloy to both of its elements.
    :return: ``level``, ``name``, ``n_points``, ``rmse``, ``baseline_rmse``, NaN without a baseline, and ``bias``, the
        mean of predicted less observed.
    :raises InputError: if there are no points, a prediction is missing, or an array of names has another length.
    """
    observed, predicted = parity["observed"], parity["predicted"]
    if len(parity) == 0 or not np.isfinite(predicted).all():
        found = f"{np.isfinite(predicted).sum()} of {len(parity)}"
        raise InputError("parity", found, "each point needs a prediction", "Give the parity of held-out points.")
    error = predicted - observed
    baseline = parity["baseline"] - observed if "baseline" in parity else np.full(len(observed), np.nan)
    rows = [_row(ALL, ALL, error, baseline)]
    for level, arrays in groups.items():
        each = list(_rows_of_level(level, arrays, error, baseline))
        rows += [_mean(level, each, len(error)), *each]
    return _table(rows, parity.columns["observed"].unit)


def _rows_of_level(level: str, arrays: Sequence[ArrayLike], error: Floats, baseline: Floats) -> Iterator[Row]:
    names = [np.asarray(array, dtype=np.str_) for array in arrays]
    for array in names:
        if array.shape != error.shape:
            raise InputError(f"groups.{level}", array.shape, f"there are {len(error)} points", "Give a name a point.")
    for name in np.unique(np.concatenate(names)).tolist():
        inside: NDArray[np.bool_] = np.any([array == name for array in names], axis=0)
        yield _row(level, name, error[inside], baseline[inside])


def _row(level: str, name: str, error: Floats, baseline: Floats) -> Row:
    return level, name, len(error), _rms(error), _rms(baseline), float(error.mean())


def _mean(level: str, rows: Sequence[Row], n_points: int) -> Row:
    rmse, baseline_rmse, bias = np.mean([row[3:] for row in rows], axis=0).tolist()
    return level, "mean", n_points, rmse, baseline_rmse, bias


def _rms(error: Floats) -> float:
    return float(np.sqrt(np.mean(error**2)))


def _table(rows: Sequence[Row], unit: str) -> Table:
    columns = {
        "level": Column("kind of group"),
        "name": Column("group, or mean over the groups of this level"),
        "n_points": Column("number of points", "1"),
        "rmse": Column("root mean squared error of the model", unit),
        "baseline_rmse": Column("root mean squared error of the baseline", unit),
        "bias": Column("mean of predicted less observed", unit),
    }
    arrays = {name: np.array([row[position] for row in rows]) for position, name in enumerate(columns)}
    return Table(arrays, columns)
