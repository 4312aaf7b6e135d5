"""Observed against predicted values."""

from __future__ import annotations

import numpy as np

from aiida_matal.science.learning.base import Prediction
from aiida_matal.science.learning.training_data import TrainingData
from aiida_matal.science.table import ID, Column, Table


def parity_table(data: TrainingData, predicted: Prediction | None) -> Table:
    """Return a row for each label: ``id``, ``observed``, ``predicted``, ``predicted_error`` and any ``baseline``.

    :param predicted: of the target, by models that have not seen the group of the label; NaN where it is None.
    """
    unit = data.unit
    unknown = np.full(len(data.target), np.nan)
    mean = unknown if predicted is None else predicted.mean
    error = unknown if predicted is None or predicted.error is None else predicted.error
    parity = Table(
        {ID: data.table[ID], "observed": data.target, "predicted": mean, "predicted_error": error},
        {
            ID: data.table.columns[ID],
            "observed": Column("value of the label", unit),
            "predicted": Column("value predicted by a model that has not seen the label's group", unit),
            "predicted_error": Column("standard error of the prediction", unit),
        },
    )
    if data.baseline is None:
        return parity
    return parity.with_columns(
        {"baseline": data.baseline}, {"baseline": Column("estimate of the label that the model corrects", unit)}
    )
