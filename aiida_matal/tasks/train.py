"""The task ``train``: a dataset in, a model and its scores out."""

from __future__ import annotations

from pydantic import Field

from aiida_matal.science.learning.training import LearnerSettings, train
from aiida_matal.science.settings import Settings
from aiida_matal.tasks.folder import Outcome, TaskFolder


class TrainSettings(Settings):
    """Settings of the task ``train``."""

    learner: LearnerSettings = Field(description="settings of the training")
    seed: int = Field(ge=0, description="seed of every random choice")


def run(task: TaskFolder) -> Outcome:
    """Train on the table ``dataset``, score on ``test_set`` if there is one; write ``model`` and ``parity``.

    The values are the scores.

    :raises InputError: for settings or tables that are refused.
    """
    settings = TrainSettings.parse(task.settings, where="settings")
    result = train(task.table("dataset"), settings.learner, settings.seed, task.optional_table("test_set"))
    models = task.write_model("model", result.model, result.card)
    return Outcome(dict(result.scores), task.write_table("parity", result.parity), models)
