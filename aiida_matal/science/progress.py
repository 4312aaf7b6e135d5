"""How far a campaign is: the learning curve, and what the stopping rules see of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aiida_matal.science.stopping.base import Progress
from aiida_matal.science.table import ID, Column, Table

ERRORS = ("cv_rmse", "cv_mae", "test_rmse")
#: Those of models that hold points back instead of cross-validation.
LANDSCAPE_ERRORS = (*ERRORS, "validation_rmse")


def extend_learning_curve(
    curve: Table | None,
    dataset: Table | None,
    metrics: Mapping[str, float],
    target: str,
    errors: Sequence[str] = ERRORS,
) -> Table:
    """Return the learning curve with the row of the round that begins with ``dataset``.

    :param metrics: errors of the model trained on ``dataset``; those not given are NaN.
    :param target: the column of the dataset that the model predicts; the errors are in its unit.
    :param errors: which errors the curve has.
    """
    status = dataset["status"] if dataset is not None else np.array([], dtype=np.str_)
    values: dict[str, Any] = {
        "round": 0 if curve is None else len(curve),
        "n_labels": int((status == "ok").sum()),
        "n_failed": int(np.isin(status, ["failed", "rejected"]).sum()),
        "core_hours": float(dataset["core_hours"].sum()) if dataset is not None else 0.0,
        **{name: float(metrics.get(name, np.nan)) for name in errors},
    }
    columns = _columns(dataset.columns[target].unit if dataset is not None else "1", errors)
    row = Table({name: np.array([value]) for name, value in values.items()}, columns)
    return row if curve is None else Table.concatenate([curve.with_columns({}, columns), row])


def known_errors(curve: Table) -> list[float]:
    """Return the error of the model of each round, NaN where unknown.

    It is that on the test set where there is one, else the cross-validated one, else that on points held back.
    """
    errors = np.where(np.isfinite(curve["test_rmse"]), curve["test_rmse"], curve["cv_rmse"])
    if "validation_rmse" in curve:
        errors = np.where(np.isfinite(errors), errors, curve["validation_rmse"])
    return errors.tolist()


def progress_of(
    curve: Table, pool: Table, dataset: Table | None, summary: Mapping[str, Any], one_per: str | None = None
) -> Progress:
    """Return what the stopping rules may look at.

    :param summary: ``top_score`` and ``disagreement`` of the decision of the round before, where there was one.
    :param one_per: column of the groups of which one candidate each is labelled, if that is so.
    """
    unit = one_per or ID
    labelled = set(dataset[unit].tolist()) if dataset is not None else set()
    return endless_progress(curve, summary, len(set(pool[unit].tolist()) - labelled))


def endless_progress(curve: Table, summary: Mapping[str, Any], n_candidates_left: float = math.inf) -> Progress:
    """Return what the stopping rules may look at where each round makes candidates of its own.

    :param summary: ``top_score`` and ``disagreement`` of the decision of the round before, where there was one.
    """
    return Progress(
        round=int(curve["round"][-1]),
        n_labels=int(curve["n_labels"][-1]),
        n_failed=int(curve["n_failed"][-1]),
        n_candidates_left=n_candidates_left,
        core_hours=float(curve["core_hours"][-1]),
        errors=known_errors(curve),
        top_score=summary.get("top_score"),
        disagreement=summary.get("disagreement"),
    )


def _columns(target_unit: str, errors: Sequence[str]) -> dict[str, Column]:
    meanings = {
        "cv_rmse": "root mean square error by grouped cross-validation",
        "cv_mae": "mean absolute error by grouped cross-validation",
        "test_rmse": "root mean square error on the test set",
        "validation_rmse": "root mean square error on points held back from the training",
    }
    return {
        "round": Column("number of the round", "1"),
        "n_labels": Column("labels with status ok when the round began", "1"),
        "n_failed": Column("labels that failed or were rejected when the round began", "1"),
        "core_hours": Column("cost of all labels when the round began", "h"),
        **{name: Column(meanings[name], target_unit) for name in errors},
    }
