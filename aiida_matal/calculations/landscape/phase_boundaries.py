"""The CalcJob that finds the phases of a free energy at one temperature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Dict, Float

from aiida_matal.calculations.task import TaskCalculation, TaskParser
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData


class PhaseBoundariesCalculation(TaskCalculation):
    """Find where a free energy orders and where two phases are in equilibrium, by common tangents."""

    task_name = "phase_boundaries"
    model_inputs = ("model",)
    retrieved = ("curve.npz", "boundaries.npz")

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.phase_boundaries"
        spec.input("model", valid_type=ModelData, help="A fitted free energy.")
        spec.input("system", valid_type=Dict, help="Crystal, cluster expansion and ordering (SystemSettings).")
        spec.input("temperature", valid_type=Float, help="The temperature of the model in K.")
        spec.input("settings", valid_type=Dict, default=lambda: Dict({}), help="Steps and tolerance (PhaseSettings).")
        spec.output("curve", valid_type=TableData, help="The lowest free energy at each composition, and its phase.")
        spec.output("boundaries", valid_type=TableData, help="Phases in equilibrium, and where order sets in.")

    def settings(self) -> dict[str, Any]:
        """Return system, temperature and settings."""
        return {
            "system": self.inputs.system.get_dict(),
            "temperature": self.inputs.temperature.value,
            "phases": self.inputs.settings.get_dict(),
        }


class PhaseBoundariesParser(TaskParser):
    """Attach curve and boundaries."""

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the outputs."""
        for name in ("curve", "boundaries"):
            self.out_table(result, folder, name, role="table")
