"""Errors of predictions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error


def regression_metrics(observed: ArrayLike, predicted: ArrayLike) -> dict[str, float]:
    """Return ``rmse`` and ``mae``, in the unit of the target, and ``r2``, the coefficient of determination.

    ``observed`` and ``predicted`` have shape (n,), n >= 1. ``r2`` is NaN if the observed values do not vary.
    """
    varies = np.ptp(np.asarray(observed, dtype=np.float64)) > 0
    return {
        "rmse": float(root_mean_squared_error(observed, predicted)),
        "mae": float(mean_absolute_error(observed, predicted)),
        "r2": float(r2_score(observed, predicted)) if varies else float("nan"),
    }
