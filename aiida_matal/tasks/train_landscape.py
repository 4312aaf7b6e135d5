"""The task ``train_landscape``: labelled points in, a model of the free energy and its errors out."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.landscape.training import LandscapeLearnerSettings, train_landscape
from aiida_matal.science.registry import LANDSCAPE_LEARNERS
from aiida_matal.science.settings import Settings
from aiida_matal.tasks.folder import Outcome, TaskFolder


class TrainLandscapeSettings(Settings):
    """Settings of the task ``train_landscape``."""

    system: SystemSettings = Field(description="crystal, cluster expansion and ordering")
    learner: dict[str, Any] = Field(description="settings of the training")
    search: bool = Field(False, description="true to search for hyper-parameters, else false")
    seed: int = Field(ge=0, description="seed of every random choice")


def run(task: TaskFolder) -> Outcome:
    """Train on the table ``dataset``, measure the error on ``test_set`` if there is one; write ``model`` and tables.

    The model ``previous_model``, where there is one, says which hyper-parameters an earlier search found. The tables
    are ``errors`` by region and criterion, ``history`` by epoch and, after a search, ``trials``. The values are errors.

    :raises InputError: for settings, tables or a model that are refused.
    """
    settings = TrainLandscapeSettings.parse(task.settings, where="settings")
    learner = LandscapeLearnerSettings.parse(settings.learner, "settings.learner")
    previous = task.optional_model("previous_model", LANDSCAPE_LEARNERS)
    trained = train_landscape(
        task.table("dataset"),
        learner,
        System.from_settings(settings.system),
        settings.seed,
        test_set=task.optional_table("test_set"),
        search=settings.search,
        previous=None if previous is None else previous[1],
        report=_tell,
    )
    tables = task.write_table("errors", trained.errors) | task.write_table("history", trained.history)
    if trained.trials is not None:
        tables |= task.write_table("trials", trained.trials)
    return Outcome(dict(trained.scores), tables, task.write_model("model", trained.model, trained.card))


def _tell(line: str) -> None:
    print(line, flush=True)
