"""What a model says about binary liquids."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Model
from aiida_matal.science.learning.model_files import ModelCard
from aiida_matal.science.learning.predicting import inside_domain, predict_table
from aiida_matal.science.learning.training_data import baseline_values
from aiida_matal.science.mixing.pool import MixingSpace
from aiida_matal.science.table import ID, Column, Table

POINT_COLUMNS = (ID, "system", "element_a", "element_b", "x_b")


class PredictionSpace(MixingSpace):
    """The binary liquids to predict."""

    compositions: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        default_factory=lambda: np.linspace(0.05, 0.95, 19).round(2).tolist(),
        min_length=1,
        description="the mole fractions of the second element in alphabetical order, between 0 and 1",
    )


def predictable(points: Table, card: ModelCard) -> NDArray[np.bool_]:
    """Return for each row whether it has all features and the baseline of a model, shape (n,).

    :raises InputError: if a column is missing.
    """
    columns = [*card.features, card.baseline] if card.baseline else card.features
    return np.all(np.isfinite(points.matrix(columns)), axis=1)


def predict_binaries(points: Table, model: Model, card: ModelCard) -> Table:
    """Return the prediction of each point, in the unit of the model's target.

    The columns are those of ``POINT_COLUMNS``, ``predicted``, ``predicted_error`` (NaN if the model gives none),
    ``baseline`` (NaN if it has none) and ``inside_domain``.

    :param points: with the columns of ``POINT_COLUMNS``, those of the features and that of the baseline.
    :raises InputError: if there are no points, a column is missing or a value is not finite, by id.
    """
    if not len(points):
        reason = "none has all features and the baseline of the model"
        raise InputError("points", 0, reason, "Give points, or elements, that the model can predict.")
    prediction = predict_table(model, card, points)
    unknown = np.full(len(points), np.nan)
    arrays = {
        "predicted": prediction.mean,
        "predicted_error": unknown if prediction.error is None else prediction.error,
        "baseline": unknown if card.baseline is None else baseline_values(points, card.baseline, card.unit),
        "inside_domain": inside_domain(card, points),
    }
    columns = {
        "predicted": Column(f"predicted {card.target.replace('_', ' ')}", card.unit),
        "predicted_error": Column("standard error of the prediction", card.unit),
        "baseline": Column("estimate that the model corrects", card.unit),
        "inside_domain": Column("whether every feature lies within those of the labels that the model learned from"),
    }
    return points.select(POINT_COLUMNS).with_columns(arrays, columns)
