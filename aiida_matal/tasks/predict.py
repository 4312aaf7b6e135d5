"""The task ``predict``: a model and binary liquids in, predictions and their polynomials out."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.pool import mixing_pool
from aiida_matal.science.mixing.predictions import PredictionSpace, predict_binaries, predictable
from aiida_matal.science.mixing.redlich_kister import redlich_kister_table
from aiida_matal.science.settings import Settings
from aiida_matal.tasks.folder import Outcome, TaskFolder


class PredictSettings(Settings):
    """Settings of the task ``predict``."""

    space: PredictionSpace | None = Field(
        None, description="the binary liquids to predict, or null: the table `points`"
    )


def run(task: TaskFolder) -> Outcome:
    """Predict the space, or the table ``points``, with ``model``; write ``predictions``.

    For a space, the table ``redlich_kister`` holds a polynomial for each system. Points that lack a feature or the
    baseline of the model are left out, as where Miedema's model has no parameters. The values are ``n_points``,
    ``n_systems``, ``n_outside_domain`` and ``n_left_out``.

    :raises InputError: for settings, a table or a model that are refused, and if no point can be predicted.
    """
    space = PredictSettings.parse(task.settings, where="settings").space
    stored = task.optional_model("model")
    if stored is None:
        raise InputError("models", [], "'model' is missing", "Give 'model'.")
    model, card = stored
    points = task.table("points") if space is None else mixing_pool(space)
    can_predict = predictable(points, card)
    predictions = predict_binaries(points.take(can_predict), model, card)
    tables = task.write_table("predictions", predictions)
    if space is not None:
        tables |= task.write_table("redlich_kister", redlich_kister_table(predictions, "predicted"))
    values: dict[str, float | int | None] = {
        "n_points": len(predictions),
        "n_systems": len(np.unique(predictions["system"])),
        "n_outside_domain": int((~predictions["inside_domain"]).sum()),
        "n_left_out": int((~can_predict).sum()),
    }
    return Outcome(values, tables, {})
