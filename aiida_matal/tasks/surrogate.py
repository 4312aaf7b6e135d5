"""The task ``surrogate``: points and a model of the free energy in, labels out."""

from __future__ import annotations

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.surrogate import SurrogateSettings, surrogate_labels
from aiida_matal.science.registry import LANDSCAPE_LEARNERS
from aiida_matal.tasks.folder import Outcome, TaskFolder


def run(task: TaskFolder) -> Outcome:
    """Label the table ``candidates`` with the gradient of ``model``; write ``labels``.

    The values are ``n_labels`` and ``n_failed``.

    :raises InputError: for settings, points or a model that are refused.
    """
    settings = SurrogateSettings.parse(task.settings, where="settings")
    stored = task.optional_model("model", LANDSCAPE_LEARNERS)
    if stored is None:
        raise InputError("models", [], "'model' is missing", "Give 'model'.")
    model, card = stored
    if not isinstance(model, FreeEnergy):
        raise InputError("model", card.kind, "it is no free energy", "Give a model that a landscape learner fitted.")
    labels = surrogate_labels(task.table("candidates"), model, settings)
    values = {"n_labels": len(labels), "n_failed": int((labels["status"] != "ok").sum())}
    return Outcome(dict(values), task.write_table("labels", labels), {})
