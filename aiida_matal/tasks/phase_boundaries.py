"""The task ``phase_boundaries``: a model of the free energy at one temperature in, its phases out."""

from __future__ import annotations

from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.phase_diagram import PhaseSettings, find_phases
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.registry import LANDSCAPE_LEARNERS
from aiida_matal.science.settings import Settings
from aiida_matal.tasks.folder import Outcome, TaskFolder


class PhaseBoundariesSettings(Settings):
    """Settings of the task ``phase_boundaries``."""

    system: SystemSettings = Field(description="crystal, cluster expansion and ordering")
    temperature: float = Field(gt=0, description="the temperature of the model in K")
    phases: PhaseSettings = Field(default_factory=PhaseSettings, description="how phases are found")


def run(task: TaskFolder) -> Outcome:
    """Find the phases of ``model``; write ``curve`` and ``boundaries``. The value is ``n_boundaries``.

    :raises InputError: for settings or a model that are refused.
    """
    settings = PhaseBoundariesSettings.parse(task.settings, where="settings")
    stored = task.optional_model("model", LANDSCAPE_LEARNERS)
    if stored is None:
        raise InputError("models", [], "'model' is missing", "Give 'model'.")
    model, card = stored
    if not isinstance(model, FreeEnergy):
        raise InputError("model", card.kind, "it is no free energy", "Give a model that a landscape learner fitted.")
    system = System.from_settings(settings.system, "settings.system")
    if model.d != system.d:
        reason = f"it has {model.d} coordinates, the system {system.d}"
        raise InputError("model", card.kind, reason, "Give a model of this system.")
    found = find_phases(model, system, settings.temperature, settings.phases)
    tables = task.write_table("curve", found.curve) | task.write_table("boundaries", found.boundaries)
    return Outcome({"n_boundaries": len(found.boundaries)}, tables, {})
