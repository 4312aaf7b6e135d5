"""Choose the next candidates of a pool and write the decision down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import Field

from aiida_matal.science.acquisition.base import Criterion, Selection, SelectionProblem
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Prediction
from aiida_matal.science.learning.training_data import feature_matrix, training_data
from aiida_matal.science.registry import CRITERIA, load_class
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import ID, Column, Table


class CriterionSettings(Settings):
    """Which criterion ranks the candidates."""

    name: str = Field(description="name of a registered criterion")
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the criterion itself")


def open_candidates(pool: Table, dataset: Table | None) -> Table:
    """Return the rows of ``pool`` that are not in ``dataset``, whatever their status there, sorted by id.

    The order makes ties, and seeded draws, independent of the order of the pool.

    :raises InputError: if none is left.
    """
    order = np.argsort(pool[ID], kind="stable")
    if dataset is not None:
        order = order[~np.isin(pool[ID][order], dataset[ID])]
    if len(order) == 0:
        raise InputError("pool", f"{len(pool)} rows", "no candidate is left", "Give candidates not in the dataset.")
    return pool.take(order)


def select(
    pool: Table,
    dataset: Table | None,
    features: Sequence[str],
    target: str,
    criterion: CriterionSettings,
    batch_size: int,
    seed: int,
    prediction: Prediction | None = None,
) -> tuple[Table, Table]:
    """Rank the candidates of ``pool`` that are not in ``dataset`` and choose a batch.

    The outcome does not depend on the order of the pool.

    :param prediction: of a model for ``target``, one row for each row of ``pool``.
    :param batch_size: how many to choose; if fewer are left, all of them are chosen.
    :return: the decision, with a row for each candidate in the order of ranks, and the chosen rows of the pool.
    :raises InputError: if no candidate is left, a feature is missing or not finite, or the criterion needs labels and
        there are none.
    """
    candidates = open_candidates(pool, dataset)
    if prediction is not None:
        if dataset is None:
            raise InputError("dataset", None, "there is a prediction", "Give the dataset that the model learned from.")
        unit = dataset.columns[target].unit
        prediction = _take_prediction(prediction, pool.positions(candidates[ID].tolist()))
    problem = _problem(candidates, dataset, features, target, min(batch_size, len(candidates)), seed, prediction)
    rule: Criterion = load_class(CRITERIA, criterion.name)(criterion.settings)
    if rule.needs_labels and not len(problem.labelled):
        cure = "Label some candidates first, chosen by space_filling or random."
        raise InputError("criterion", criterion.name, "it needs labels and there are none", cure)
    selection = rule.select(problem)
    decision = _decision(candidates, selection, problem.batch_size)
    if prediction is not None:
        decision = _with_prediction(decision, _take_prediction(prediction, selection.ranking), unit)
    return decision, candidates.take(selection.ranking[: problem.batch_size])


def _problem(
    candidates: Table,
    dataset: Table | None,
    features: Sequence[str],
    target: str,
    batch_size: int,
    seed: int,
    prediction: Prediction | None,
) -> SelectionProblem:
    points = feature_matrix(candidates, features)
    if dataset is None:
        nothing = np.empty(0)
        return SelectionProblem(points, points[:0], nothing, None, prediction, batch_size, seed)
    known = training_data(dataset, features, target)
    return SelectionProblem(points, known.features, known.target, known.target_error, prediction, batch_size, seed)


def _take_prediction(prediction: Prediction, rows: Any) -> Prediction:
    return Prediction(prediction.mean[rows], None if prediction.error is None else prediction.error[rows])


def _decision(candidates: Table, selection: Selection, batch_size: int) -> Table:
    ranking = selection.ranking
    rank = np.arange(len(ranking))
    reasons = [*selection.reasons, *["not among the best of this batch"] * (len(ranking) - batch_size)]
    arrays: dict[str, Any] = {ID: candidates[ID][ranking], "rank": rank, "chosen": rank < batch_size, "reason": reasons}
    columns = {
        ID: candidates.columns[ID],
        "rank": Column("rank of the candidate, 0 is the best", "1"),
        "chosen": Column("whether the candidate is to be labelled next"),
        "reason": Column("why the candidate was chosen or not"),
    }
    for name, scores in selection.scores.items():
        arrays[f"score_{name}"] = scores[ranking]
        columns[f"score_{name}"] = Column(f"{name} by the criterion, larger is better", "1")
    return Table(arrays, columns)


def _with_prediction(decision: Table, prediction: Prediction, unit: str) -> Table:
    error = np.full(len(decision), np.nan) if prediction.error is None else prediction.error
    return decision.with_columns(
        {"predicted": prediction.mean, "predicted_error": error},
        {
            "predicted": Column("prediction of the model", unit),
            "predicted_error": Column("standard error of the prediction", unit),
        },
    )
