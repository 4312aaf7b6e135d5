"""Columns of the tables of a free-energy campaign: points to sample, and what Monte Carlo found there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.labels import STATUSES
from aiida_matal.science.table import ID, Column, Table

Floats = NDArray[np.float64]

CRITERION = "criterion"
ETA, ETA_ERROR, MU, MU_ERROR, KAPPA, WANTED = "eta", "eta_error", "mu", "mu_error", "kappa", "wanted_eta"
_MEANINGS = {
    ETA: ("ensemble average of {}", "1"),
    ETA_ERROR: ("standard error of the average of {}", "1"),
    MU: ("derivative of the free energy a site with respect to {}", "eV"),
    MU_ERROR: ("standard error of the derivative with respect to {}", "eV"),
    KAPPA: ("centre of the bias on {}", "1"),
    WANTED: ("{} of the point to sample", "1"),
}


def numbered(name: str, d: int) -> list[str]:
    """Return the names of the columns of a vector with ``d`` components: ``eta_0``, ``eta_1``, ...

    The errors are ``eta_0_error``, ...
    """
    stem = name.removesuffix("_error")
    return [f"{stem}_{index}{name[len(stem) :]}" for index in range(d)]


def vector_columns(name: str, d: int) -> dict[str, Column]:
    """Return the columns of a vector, one of ``ETA``, ``MU``, ... of this module."""
    meaning, unit = _MEANINGS[name]
    what = ["the composition", *(f"order parameter {index}" for index in range(1, d))]
    return {column: Column(meaning.format(what[index]), unit) for index, column in enumerate(numbered(name, d))}


def vector(table: Table, name: str) -> Floats:
    """Return a vector of each row of a table, shape (rows, d).

    :raises InputError: if the table has no such columns.
    """
    return table.matrix(numbered(name, max(dimension(table, name), 1)))


def dimension(table: Table, name: str) -> int:
    """Return how many components a vector has in a table, 0 if it is not there."""
    d = 0
    while numbered(name, d + 1)[-1] in table:
        d += 1
    return d


def candidate_table(ids: list[str], criteria: list[str], wanted: Floats, kappa: Floats) -> Table:
    """Return the table of points to sample.

    :param criteria: which criterion asked for each point.
    :param wanted: the points, shape (n, d).
    :param kappa: centres of the bias that is to hold the averages at the points, shape (n, d).
    """
    return vectors_table(ids, {CRITERION: criteria}, {WANTED: wanted, KAPPA: kappa})


def vectors_table(ids: list[str], texts: Mapping[str, list[str]], vectors: Mapping[str, Floats]) -> Table:
    """Return a table with an id, texts and vectors of each row."""
    arrays: dict[str, NDArray[Any]] = {ID: np.array(ids, dtype=np.str_)}
    columns = {ID: Column("point")}
    for name, words in texts.items():
        arrays[name] = np.array(words, dtype=np.str_)
        columns[name] = Column("criterion that asked for the point" if name == CRITERION else name)
    for name, values in vectors.items():
        d = values.shape[1]
        arrays |= dict(zip(numbered(name, d), values.T, strict=True))
        columns |= vector_columns(name, d)
    return Table(arrays, columns)


def label_columns(d: int) -> dict[str, Column]:
    """Return the columns of a table of Monte Carlo labels."""
    columns = {ID: Column("point")}
    for name in (ETA, ETA_ERROR, MU, MU_ERROR):
        columns |= vector_columns(name, d)
    return columns | {
        "n_passes": Column("Monte Carlo passes that were averaged", "1"),
        "status": Column(f"one of {', '.join(STATUSES)}"),
        "reason": Column("why the status is not ok"),
        "evidence": Column("uuid of the node that holds the evidence"),
        "core_hours": Column("cost of the label", "h"),
    }
