"""The CalcJob of unbiased Monte Carlo along paths of temperature, chemical potential or composition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Dict

from aiida_matal.calculations.landscape.resumable import ResumableCalculation, ResumableParser
from aiida_matal.data.table import TableData
from aiida_matal.science.landscape.monte_carlo.settings import SweepSettings
from aiida_matal.science.landscape.monte_carlo.sweep import CONDITIONS_FILE
from aiida_matal.science.landscape.sweep_records import averages_so_far, n_conditions
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.table import Table


class SweepCalculation(ResumableCalculation):
    """Sample a system without bias along paths, forth and back, so that phase transitions and hysteresis show.

    If the job is killed, the averages at the conditions that were finished are an output all the same.
    """

    task_name = "sweep"
    retrieved = ("averages.npz", CONDITIONS_FILE)

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.sweep"
        spec.input("settings", valid_type=Dict, help="Ensemble, cell, conditions, length and seed (SweepSettings).")
        spec.output("averages", valid_type=TableData, help="Composition, order, energy, ... at each condition.")

    def settings(self) -> dict[str, Any]:
        """Return system, settings of the sweep and number of threads."""
        return {**super().settings(), "sweep": self.inputs.settings.get_dict()}


class SweepParser(ResumableParser):
    """Attach the averages."""

    table = "averages"
    role = "table"
    what = "conditions"

    def read_done(self, folder: Path) -> Table:
        """Return the averages at the conditions that were finished."""
        inputs = self.node.inputs
        system = System.from_settings(SystemSettings.parse(inputs.system.get_dict(), "system"))
        return averages_so_far(self._settings, system.d, folder / CONDITIONS_FILE)

    def n_wanted(self) -> int:
        """Return how many conditions there are."""
        return n_conditions(self._settings)

    @property
    def _settings(self) -> SweepSettings:
        return SweepSettings.parse(self.node.inputs.settings.get_dict(), "settings")
