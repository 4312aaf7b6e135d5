"""The task ``umbrella``: points in, their labels by biased Monte Carlo out."""

from __future__ import annotations

from pydantic import Field

from aiida_matal.science.landscape.monte_carlo.settings import UmbrellaSettings
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.landscape.umbrella_labels import POINTS_FILE, sample_candidates
from aiida_matal.science.settings import Settings
from aiida_matal.tasks.folder import Outcome, TaskFolder


class UmbrellaTaskSettings(Settings):
    """Settings of the task ``umbrella``."""

    system: SystemSettings = Field(description="crystal, cluster expansion and ordering")
    umbrella: UmbrellaSettings = Field(description="settings of the sampling")
    n_threads: int = Field(1, ge=1, description="how many points are sampled at once, 1 or more")


def run(task: TaskFolder) -> Outcome:
    """Label the table ``candidates``; write ``labels``, and each label to ``points.jsonl`` as soon as it is there.

    Points that ``points.jsonl`` holds already are not sampled again. The values are ``n_labels`` and ``n_failed``.

    :raises InputError: for settings or points that are refused.
    """
    settings = UmbrellaTaskSettings.parse(task.settings, where="settings")
    system = System.from_settings(settings.system, "settings.system")
    path = task.path / POINTS_FILE
    labels = sample_candidates(task.table("candidates"), system, settings.umbrella, path, settings.n_threads)
    values = {"n_labels": len(labels), "n_failed": int((labels["status"] != "ok").sum())}
    return Outcome(dict(values), task.write_table("labels", labels), {})
