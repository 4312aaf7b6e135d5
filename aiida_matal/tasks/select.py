"""The task ``select``: a pool, a dataset and a model in, a decision out."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from aiida_matal.science.acquisition.selection import open_candidates, select
from aiida_matal.science.acquisition.settings import SelectionSettings
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Prediction
from aiida_matal.science.learning.predicting import predict_table
from aiida_matal.science.table import Table
from aiida_matal.tasks.folder import Outcome, TaskFolder, finite_or_none


class SelectSettings(SelectionSettings):
    """Settings of the task ``select``: those of the selection and a seed."""

    seed: int = Field(ge=0, description="seed of every random choice")


def run(task: TaskFolder) -> Outcome:
    """Choose from the table ``pool``, given ``dataset`` and ``model`` if there are; write ``decision``, ``candidates``.

    The values are ``top_score``, the score of the best candidate, ``disagreement``, the mean predicted error over the
    candidates, and ``n_candidates_left``, how many more are open to the choice.

    :raises InputError: for settings, tables or models that are refused.
    """
    settings = SelectSettings.parse(task.settings, where="settings")
    dataset = task.optional_table("dataset")
    pool = open_candidates(task.table("pool"), dataset)
    prediction = _prediction(task, pool, settings.target)
    decision, chosen = select(pool, dataset, settings, settings.seed, prediction)
    tables = task.write_table("decision", decision) | task.write_table("candidates", chosen)
    return Outcome(_values(decision), tables, {})


def _prediction(task: TaskFolder, pool: Table, target: str) -> Prediction | None:
    stored = task.optional_model("model")
    if stored is None:
        return None
    model, card = stored
    if card.target != target:
        raise InputError("model", card.target, f"the target is '{target}'", "Give a model of the same target.")
    return predict_table(model, card, pool)


def _values(decision: Table) -> dict[str, float | int | None]:
    scores = [name for name in decision.names if name.startswith("score_")]
    errors = decision["predicted_error"] if "predicted_error" in decision else np.array([np.nan])
    return {
        "top_score": finite_or_none(float(decision[scores[0]][0])) if scores else None,
        "disagreement": finite_or_none(float(errors.mean())),
        "n_candidates_left": int((decision["open"] & ~decision["chosen"]).sum()),
    }
