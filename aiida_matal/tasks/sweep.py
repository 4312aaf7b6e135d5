"""The task ``sweep``: unbiased Monte Carlo along paths of temperature, chemical potential or composition."""

from __future__ import annotations

from pydantic import Field

from aiida_matal.science.landscape.monte_carlo.settings import SweepSettings
from aiida_matal.science.landscape.monte_carlo.sweep import run_sweep
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.settings import Settings
from aiida_matal.tasks.folder import Outcome, TaskFolder


class SweepTaskSettings(Settings):
    """Settings of the task ``sweep``."""

    system: SystemSettings = Field(description="crystal, cluster expansion and ordering")
    sweep: SweepSettings = Field(description="settings of the sweep")
    n_threads: int = Field(1, ge=1, description="how many paths are followed at once, 1 or more")


def run(task: TaskFolder) -> Outcome:
    """Follow the paths; write ``averages``, and those of each path and condition to files as soon as they are there.

    Paths that ``paths.jsonl`` holds already are not followed again. The values are ``n_conditions`` and
    ``n_drifting``, how many of them were not in equilibrium.

    :raises InputError: for settings that are refused.
    """
    settings = SweepTaskSettings.parse(task.settings, where="settings")
    system = System.from_settings(settings.system, "settings.system")
    averages = run_sweep(system, settings.sweep, task.path, settings.n_threads)
    values = {"n_conditions": len(averages), "n_drifting": int((~averages["equilibrated"]).sum())}
    return Outcome(dict(values), task.write_table("averages", averages), {})
