"""The CalcJob that replays strategies in some splits of data that exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Dict, Int, List

from aiida_matal.calculations.task import TaskCalculation, TaskParser
from aiida_matal.data.table import TableData


class BenchmarkCalculation(TaskCalculation):
    """Let every strategy choose from the pool of every split, and measure the error after each batch."""

    task_name = "benchmark"
    table_inputs = ("dataset",)
    retrieved = ("curves.npz", "choices.npz")

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.benchmark"
        spec.input("dataset", valid_type=TableData, help="The candidates with their labels.")
        spec.input("learner", valid_type=Dict, help="Name, features, target, baseline and settings of the learner.")
        spec.input("strategies", valid_type=Dict, help="By name: criterion, features, target and batch size.")
        spec.input("benchmark", valid_type=Dict, help="How each split is made, and the number of iterations.")
        spec.input("splits", valid_type=List, help="Numbers of the splits, from 0.")
        spec.input("seed", valid_type=Int, help="Seed of every random choice.")
        spec.output("curves", valid_type=TableData, help="Errors by strategy, split and iteration.")
        spec.output("choices", valid_type=TableData, help="What was labelled, by strategy, split, iteration and rank.")

    def settings(self) -> dict[str, Any]:
        """Return what is compared, in which splits, and the seed."""
        return {
            **{name: self.inputs[name].get_dict() for name in ("benchmark", "learner", "strategies")},
            "splits": self.inputs.splits.get_list(),
            "seed": self.inputs.seed.value,
        }


class BenchmarkParser(TaskParser):
    """Attach curves and choices."""

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the outputs."""
        for name in ("curves", "choices"):
            self.out_table(result, folder, name, role="benchmark")
