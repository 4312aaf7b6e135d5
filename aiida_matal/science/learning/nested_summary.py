"""What the folds of a nested cross-validation say together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from aiida_matal.science.learning.metrics import regression_metrics
from aiida_matal.science.table import Column, Table

#: The file in which the job of a fold hands out the learner that it chose.
LEARNER_FILE = "learner.json"


def held_out_scores(parity: Table) -> dict[str, float]:
    """Return the errors over all points of ``parity``, in the unit of the target.

    They are ``cv_rmse``, ``cv_mae`` and ``cv_r2``; where there is a baseline, ``baseline_rmse`` and ``baseline_mae`` of
    it alone, and ``rmse_ratio``, the error of the model over that of the baseline. What is not finite is left out.

    :param parity: ``observed``, ``predicted`` and any ``baseline``, as of
        :func:`aiida_matal.science.learning.parity.parity_table`, with at least one point.
    """
    scores = {
        f"cv_{name}": value for name, value in regression_metrics(parity["observed"], parity["predicted"]).items()
    }
    if "baseline" in parity:
        baseline = regression_metrics(parity["observed"], parity["baseline"])
        scores |= {f"baseline_{name}": baseline[name] for name in ("rmse", "mae")}
        scores["rmse_ratio"] = scores["cv_rmse"] / baseline["rmse"] if baseline["rmse"] else np.nan
    return {name: value for name, value in scores.items() if np.isfinite(value)}


def chosen_features(features: Sequence[str], chosen: Sequence[Sequence[str]]) -> Table:
    """Return in how many folds each feature was chosen, the most frequent first, then in the order of ``features``.

    :param features: all that there were to choose from.
    :param chosen: the features of each fold, at least one.
    :return: ``feature``, ``n_folds`` and ``share`` of the folds.
    """
    counts = Counter(name for names in chosen for name in names)
    ordered = sorted(features, key=lambda name: -counts[name])
    numbers = np.array([counts[name] for name in ordered])
    columns = {
        "feature": Column("feature"),
        "n_folds": Column("number of folds that chose the feature", "1"),
        "share": Column("share of the folds that chose the feature", "1"),
    }
    return Table({"feature": ordered, "n_folds": numbers, "share": numbers / len(chosen)}, columns)
