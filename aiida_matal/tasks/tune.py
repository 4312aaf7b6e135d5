"""The task ``tune``: a dataset in, the model of one outer fold of nested cross-validation out, or the final model."""

from __future__ import annotations

import json

from pydantic import Field

from aiida_matal.science.learning.nested import NestedSettings, fit_fold
from aiida_matal.science.learning.nested_summary import LEARNER_FILE, held_out_scores
from aiida_matal.science.settings import Settings
from aiida_matal.tasks.folder import Outcome, TaskFolder


class TuneSettings(Settings):
    """Settings of the task ``tune``."""

    training: NestedSettings = Field(description="settings of the nested training")
    fold: int | None = Field(None, ge=0, description="number of the outer fold, or null for the final model")
    seed: int = Field(ge=0, description="seed of every random choice")


def run(task: TaskFolder) -> Outcome:
    """Train on the table ``dataset`` without the rows of a fold, or on all rows; write ``model`` and what led to it.

    The tables are ``elimination`` and ``trials``, where the settings ask for them, and ``parity`` of the rows held out;
    ``LEARNER_FILE`` holds the learner with the features chosen and the settings tuned. The values are the errors on the
    rows held out, none for the final model.

    :raises InputError: for settings or a table that are refused.
    """
    settings = TuneSettings.parse(task.settings, where="settings")
    result = fit_fold(task.table("dataset"), settings.training, settings.fold, settings.seed)
    (task.path / LEARNER_FILE).write_text(json.dumps(result.learner.as_dict(), indent=2) + "\n", encoding="utf-8")
    made = {"elimination": result.elimination, "trials": result.trials, "parity": result.parity}
    tables: dict[str, str] = {}
    for name, table in made.items():
        if len(table):
            tables |= task.write_table(name, table)
    values: dict[str, float | int | None] = {}
    if len(result.parity):
        values |= held_out_scores(result.parity)
    return Outcome(values, tables, task.write_model("model", result.model, result.card))
