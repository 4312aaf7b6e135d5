"""The CalcJob that fits a model of a free energy to labelled points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Bool, Dict, Int

from aiida_matal.calculations.task import TaskCalculation, TaskParser
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData


class TrainLandscapeCalculation(TaskCalculation):
    """Fit a free energy to the chemical potentials of a dataset, with or without a search for hyper-parameters."""

    task_name = "train_landscape"
    table_inputs = ("dataset", "test_set")
    model_inputs = ("previous_model",)
    retrieved = ("model_out", "errors.npz", "history.npz", "trials.npz")

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.train_landscape"
        spec.input("dataset", valid_type=TableData, help="All labels so far; rows with status `ok` are used.")
        spec.input("test_set", valid_type=TableData, required=False, help="A dataset kept aside to measure the error.")
        spec.input(
            "previous_model", valid_type=ModelData, required=False, help="A model whose hyper-parameters are kept."
        )
        spec.input("system", valid_type=Dict, help="Crystal, cluster expansion and ordering (SystemSettings).")
        spec.input("learner", valid_type=Dict, help="Name and settings of the learner, and when it searches.")
        spec.input("search", valid_type=Bool, default=lambda: Bool(False), help="Whether to search now.")
        spec.input("seed", valid_type=Int, help="Seed of every random choice.")
        spec.output("model", valid_type=ModelData, help="The free energy.")
        spec.output("metrics", valid_type=Dict, help="Errors of the model, in eV a site.")
        spec.output("errors", valid_type=TableData, help="Errors by region of the test set and by criterion.")
        spec.output("history", valid_type=TableData, help="Loss by epoch.")
        spec.output("trials", valid_type=TableData, required=False, help="Hyper-parameters that were tried.")

    def settings(self) -> dict[str, Any]:
        """Return system, learner, whether to search, and seed."""
        return {
            "system": self.inputs.system.get_dict(),
            "learner": self.inputs.learner.get_dict(),
            "search": self.inputs.search.value,
            "seed": self.inputs.seed.value,
        }


class TrainLandscapeParser(TaskParser):
    """Attach model, metrics and tables."""

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the outputs."""
        self.out_model(result, folder)
        self.out("metrics", Dict(result["values"]))
        for name in ("errors", "history", "trials"):
            if name in result["tables"]:
                self.out_table(result, folder, name, role="table")
