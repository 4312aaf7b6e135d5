"""The CalcJob that fits a model to a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Dict, Int

from aiida_matal.calculations.task import TaskCalculation, TaskParser
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData


class TrainCalculation(TaskCalculation):
    """Fit a learner to the labels of a dataset and measure its error by grouped cross-validation."""

    task_name = "train"
    table_inputs = ("dataset", "test_set")
    retrieved = ("model_out", "parity.npz")

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.train"
        spec.input("dataset", valid_type=TableData, help="All labels so far; rows with status `ok` are used.")
        spec.input("learner", valid_type=Dict, help="Name, features, target, group, folds and settings of the learner.")
        spec.input("seed", valid_type=Int, help="Seed of every random choice.")
        spec.input("test_set", valid_type=TableData, required=False, help="A dataset kept aside to measure the error.")
        spec.output("model", valid_type=ModelData, help="The fitted model.")
        spec.output("metrics", valid_type=Dict, help="Errors of the model in the unit of the target.")
        spec.output("parity", valid_type=TableData, help="Observed against cross-validated values.")

    def settings(self) -> dict[str, Any]:
        """Return learner and seed."""
        return {"learner": self.inputs.learner.get_dict(), "seed": self.inputs.seed.value}


class TrainParser(TaskParser):
    """Attach model, metrics and parity table."""

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the outputs."""
        self.out_model(result, folder)
        self.out("metrics", Dict(result["values"]))
        self.out_table(result, folder, "parity", role="parity")
