"""The CalcJob that trains the model of one outer fold of nested cross-validation, or the final one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Dict, Int

from aiida_matal.calculations.task import TaskCalculation, TaskParser
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.learning.nested_summary import LEARNER_FILE


class TuneCalculation(TaskCalculation):
    """Choose features, tune the learner and fit it: without the rows of an outer fold, or on all rows."""

    task_name = "tune"
    table_inputs = ("dataset",)
    retrieved = ("model_out", LEARNER_FILE, "parity.npz", "elimination.npz", "trials.npz")

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.tune"
        spec.input("dataset", valid_type=TableData, help="Labels; rows with status `ok` are used.")
        spec.input("training", valid_type=Dict, help="Learner, folds, elimination and tuning (NestedSettings).")
        spec.input("fold", valid_type=Int, required=False, help="Number of the outer fold; the final model if absent.")
        spec.input("seed", valid_type=Int, help="Seed of every random choice, the same for all folds.")
        spec.output("model", valid_type=ModelData, help="The fitted model.")
        spec.output("learner", valid_type=Dict, help="The learner with the features chosen and the settings tuned.")
        spec.output("metrics", valid_type=Dict, help="Errors on the rows held out; none for the final model.")
        spec.output("elimination", valid_type=TableData, required=False, help="How the features were eliminated.")
        spec.output("trials", valid_type=TableData, required=False, help="Settings of the learner that were tried.")
        spec.output("parity", valid_type=TableData, required=False, help="Observed against predicted, rows held out.")

    def settings(self) -> dict[str, Any]:
        """Return settings of the training, fold and seed."""
        fold = self.inputs.fold.value if "fold" in self.inputs else None
        return {"training": self.inputs.training.get_dict(), "fold": fold, "seed": self.inputs.seed.value}


class TuneParser(TaskParser):
    """Attach model, learner, metrics and tables."""

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the outputs."""
        self.out_model(result, folder)
        self.out("learner", Dict(json.loads((folder / LEARNER_FILE).read_text(encoding="utf-8"))))
        self.out("metrics", Dict(result["values"]))
        for name, role in (("elimination", "table"), ("trials", "table"), ("parity", "parity")):
            if name in result["tables"]:
                self.out_table(result, folder, name, role=role)
