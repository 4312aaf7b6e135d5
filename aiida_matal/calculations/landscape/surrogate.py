"""The CalcJob that labels points with a model of the free energy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Dict

from aiida_matal.calculations.task import TaskCalculation, TaskParser
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData


class SurrogateCalculation(TaskCalculation):
    """Label points with the gradient of a model of the free energy, in place of Monte Carlo."""

    task_name = "surrogate"
    table_inputs = ("candidates",)
    model_inputs = ("model",)
    retrieved = ("labels.npz",)

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.surrogate"
        spec.input("candidates", valid_type=TableData, help="The points to label, with `wanted_eta_0`, ...")
        spec.input("model", valid_type=ModelData, help="A fitted free energy.")
        spec.input("settings", valid_type=Dict, help="Noise and its seed (SurrogateSettings).")
        spec.output("labels", valid_type=TableData, help="One label a point.")

    def settings(self) -> dict[str, Any]:
        """Return the settings of the noise."""
        return dict(self.inputs.settings.get_dict())


class SurrogateParser(TaskParser):
    """Attach the labels."""

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the output."""
        self.out_table(result, folder, "labels", role="labels")
