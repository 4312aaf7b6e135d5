"""Predict for the rows of a table what a stored model says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.learning.base import Model, Prediction
from aiida_matal.science.learning.model_files import ModelCard
from aiida_matal.science.learning.training_data import add_baseline, baseline_values, feature_matrix
from aiida_matal.science.table import Table


def predict_table(model: Model, card: ModelCard, table: Table) -> Prediction:
    """Return the prediction of the target for each row of ``table``, the baseline of the card added.

    :param table: with the columns ``id``, those of the features and, if the card has one, of the baseline.
    :raises InputError: for a column that is missing, a value that is not finite, by id, and a baseline in another unit
        than the target.
    """
    prediction = model.predict(feature_matrix(table, card.features))
    if card.baseline is None:
        return prediction
    return add_baseline(prediction, baseline_values(table, card.baseline, card.unit))


def inside_domain(card: ModelCard, table: Table) -> NDArray[np.bool_]:
    """Return for each row whether all features lie within those of the labels that the model learned from, shape (n,).

    A row outside is an extrapolation. A feature without limits on the card has none.

    :raises InputError: for a column that is missing and a value that is not finite, by id.
    """
    points = feature_matrix(table, card.features)
    low, high = np.array([card.domain.get(name, (-np.inf, np.inf)) for name in card.features]).T
    return ((points >= low) & (points <= high)).all(axis=1)
