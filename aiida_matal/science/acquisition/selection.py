"""Choose the next candidates of a pool and write the decision down."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.acquisition.base import Criterion, SelectionProblem
from aiida_matal.science.acquisition.groups import Groups, Ranking
from aiida_matal.science.acquisition.settings import SelectionSettings
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Prediction
from aiida_matal.science.learning.training_data import feature_matrix, training_data
from aiida_matal.science.registry import CRITERIA, load_class
from aiida_matal.science.table import ID, Column, Table


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
    pool: Table, dataset: Table | None, settings: SelectionSettings, seed: int, prediction: Prediction | None = None
) -> tuple[Table, Table]:
    """Rank the candidates of ``pool`` that are not in ``dataset`` and choose a batch.

    The outcome does not depend on the order of the pool. If fewer candidates (or groups, with ``settings.one_per``) are
    left than the batch size, as many are chosen as there are.

    :param prediction: of a model for the target, one row for each row of ``pool``.
    :return: the decision, with a row for each candidate in the order of ranks, and the chosen rows of the pool.
    :raises InputError: if no candidate is left, a column is missing, a feature is not finite, or the criterion needs
        labels and there are none.
    """
    candidates = open_candidates(pool, dataset)
    if prediction is not None:
        if dataset is None:
            raise InputError("dataset", None, "there is a prediction", "Give the dataset that the model learned from.")
        unit = dataset.columns[settings.target].unit
        prediction = _take_prediction(prediction, pool.positions(candidates[ID].tolist()))
    groups = Groups.read(candidates, dataset, settings.one_per or ID)
    problem = _problem(groups, dataset, settings, seed, prediction)
    selection = _criterion(settings, problem).select(problem)
    ranking = groups.rank(selection, problem.batch_size, settings.nearest_to)
    scores = {name: _spread(values, groups.free, len(candidates)) for name, values in selection.scores.items()}
    decision = _decision(candidates, ranking, scores, problem.batch_size)
    if prediction is not None:
        decision = _with_prediction(decision, _take_prediction(prediction, ranking.rows), unit)
    return decision, candidates.take(ranking.rows[: problem.batch_size])


def _problem(
    groups: Groups, dataset: Table | None, settings: SelectionSettings, seed: int, prediction: Prediction | None
) -> SelectionProblem:
    points = feature_matrix(groups.candidates.take(groups.free), settings.features)
    predicted = None if prediction is None else _take_prediction(prediction, groups.free)
    names, numbers = np.unique(groups.of[groups.free], return_inverse=True)
    batch_size = min(settings.batch_size, len(names))
    grouped = None if settings.one_per is None else numbers
    if dataset is None:
        return SelectionProblem(points, points[:0], np.empty(0), None, predicted, batch_size, seed, grouped)
    known = training_data(dataset, settings.features, settings.target)
    labels = (known.features, known.target, known.target_error)
    return SelectionProblem(points, *labels, predicted, batch_size, seed, grouped)


def _criterion(settings: SelectionSettings, problem: SelectionProblem) -> Criterion:
    criterion: Criterion = load_class(CRITERIA, settings.criterion.name)(settings.criterion.settings)
    if criterion.needs_labels and not len(problem.labelled):
        cure = "Label some candidates first, chosen by space_filling or random."
        raise InputError("criterion", settings.criterion.name, "it needs labels and there are none", cure)
    return criterion


def _take_prediction(prediction: Prediction, rows: NDArray[np.intp]) -> Prediction:
    return Prediction(prediction.mean[rows], None if prediction.error is None else prediction.error[rows])


def _spread(scores: NDArray[np.float64], considered: NDArray[np.intp], n_candidates: int) -> NDArray[np.float64]:
    everywhere = np.full(n_candidates, np.nan)
    everywhere[considered] = scores
    return everywhere


def _decision(candidates: Table, ranking: Ranking, scores: dict[str, NDArray[np.float64]], batch_size: int) -> Table:
    rank = np.arange(len(candidates))
    arrays: dict[str, Any] = {
        ID: candidates[ID][ranking.rows],
        "rank": rank,
        "chosen": rank < batch_size,
        "open": rank < ranking.n_open,
        "reason": ranking.reasons,
    }
    columns = {
        ID: candidates.columns[ID],
        "rank": Column("rank of the candidate, 0 is the best", "1"),
        "chosen": Column("whether the candidate is to be labelled next"),
        "open": Column("whether the candidate was open to the choice, not closed by its group"),
        "reason": Column("why the candidate was chosen or not"),
    }
    for name, values in scores.items():
        arrays[f"score_{name}"] = values[ranking.rows]
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
