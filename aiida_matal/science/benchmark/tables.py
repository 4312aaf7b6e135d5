"""The tables that a benchmark fills: errors and choices."""

from __future__ import annotations

from collections.abc import Sequence

from aiida_matal.science.table import Column, Table

STRATEGY, SPLIT, ITERATION = "strategy", "split", "iteration"

_WHERE = {
    STRATEGY: Column("name of the strategy"),
    SPLIT: Column("number of the split, from 0", "1"),
    ITERATION: Column("number of batches labelled before", "1"),
}
_CHOICE = {
    **_WHERE,
    "rank": Column("rank of the choice in its batch, from 0", "1"),
    "candidate": Column("id of the choice"),
}

#: Strategy, split, iteration, labels, root mean square error, mean absolute error.
CurveRow = tuple[str, int, int, int, float, float]
#: Strategy, split, iteration, rank, candidate.
ChoiceRow = tuple[str, int, int, int, str]


def curve_table(rows: Sequence[CurveRow], unit: str) -> Table:
    """Return the errors on the test part, a row for each model that was trained.

    :param unit: of the errors.
    """
    columns = {
        **_WHERE,
        "n_labels": Column("labels with status ok that the model learned from", "1"),
        "rmse": Column("root mean square error on the test part", unit),
        "mae": Column("mean absolute error on the test part", unit),
    }
    return Table(dict(zip(columns, zip(*rows, strict=True), strict=True)), columns)


def choice_table(rows: Sequence[ChoiceRow]) -> Table:
    """Return what was labelled, a row for each choice."""
    return Table(dict(zip(_CHOICE, zip(*rows, strict=True), strict=True)), _CHOICE)
