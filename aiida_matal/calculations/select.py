"""The CalcJob that decides which candidates to label next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Dict, Int

from aiida_matal.calculations.task import TaskCalculation, TaskParser
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData


class SelectCalculation(TaskCalculation):
    """Score every candidate that has no label yet, rank them and choose a batch."""

    task_name = "select"
    table_inputs = ("pool", "dataset")
    model_inputs = ("model",)
    retrieved = ("decision.npz", "candidates.npz")

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.select"
        spec.input("pool", valid_type=TableData, help="All candidates of the campaign.")
        spec.input("dataset", valid_type=TableData, required=False, help="All labels so far.")
        spec.input("model", valid_type=ModelData, required=False, help="The model that predicts the candidates.")
        spec.input("selection", valid_type=Dict, help="Criterion, features, target and batch size.")
        spec.input("seed", valid_type=Int, help="Seed of every random choice.")
        spec.output("decision", valid_type=TableData, help="Every candidate with its scores, rank, chosen or not, why.")
        spec.output("candidates", valid_type=TableData, help="The chosen rows of the pool, best first.")
        spec.output("summary", valid_type=Dict, help="Best score, disagreement and number of candidates left.")

    def settings(self) -> dict[str, Any]:
        """Return criterion and seed."""
        return {**self.inputs.selection.get_dict(), "seed": self.inputs.seed.value}


class SelectParser(TaskParser):
    """Attach decision, chosen candidates and summary."""

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the outputs."""
        self.out_table(result, folder, "decision", role="decision")
        self.out_table(result, folder, "candidates", role="candidates")
        self.out("summary", Dict(result["values"]))
