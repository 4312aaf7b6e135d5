"""The CalcJob that decides which points of a landscape to sample next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Dict, Int

from aiida_matal.calculations.task import TaskCalculation, TaskParser
from aiida_matal.calculations.validation import validator
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError

_WEIGHT = "weight_"


class SampleCalculation(TaskCalculation):
    """Ask the criteria for points, thin them out by novelty and centre the bias; or design a test set by regions."""

    task_name = "sample"
    table_inputs = ("dataset",)
    model_inputs = ("model", "previous_model")
    retrieved = ("decision.npz", "candidates.npz")

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.sample"
        spec.input("system", valid_type=Dict, help="Crystal, cluster expansion and ordering (SystemSettings).")
        spec.input("sampling", valid_type=Dict, required=False, help="Criteria of a round (SamplingSettings).")
        spec.input("test_design", valid_type=Dict, required=False, help="Regions of a test set (TestSetSettings).")
        spec.input("phi", valid_type=Dict, help="Curvatures of the bias: composition and order, in eV a site.")
        spec.input("number", valid_type=Int, default=lambda: Int(0), help="Number of the round, from 0.")
        spec.input("dataset", valid_type=TableData, required=False, help="All labels so far.")
        spec.input("model", valid_type=ModelData, required=False, help="The model trained on them.")
        spec.input("previous_model", valid_type=ModelData, required=False, help="The model of the round before.")
        spec.input("summary", valid_type=Dict, required=False, help="Summary of the decision of the round before.")
        spec.input("seed", valid_type=Int, help="Seed of every random choice.")
        spec.inputs.validator = validator(_check_mode, "sampling", "test_design", base=spec.inputs.validator)
        spec.output("decision", valid_type=TableData, required=False, help="Every point proposed, taken or not, why.")
        spec.output("candidates", valid_type=TableData, help="The points to sample, best first.")
        spec.output("summary", valid_type=Dict, help="Numbers of points and weights of the criteria.")

    def settings(self) -> dict[str, Any]:
        """Return system, sampling or design, bias, number of the round, weights of the criteria, seed and threads."""
        modes = {name: self.inputs[name].get_dict() for name in ("sampling", "test_design") if name in self.inputs}
        return {
            **modes,
            "system": self.inputs.system.get_dict(),
            "phi": self.inputs.phi.get_dict(),
            "round": self.inputs.number.value,
            "weights": _weights(self.inputs.summary.get_dict()) if "summary" in self.inputs else {},
            "seed": self.inputs.seed.value,
            "n_threads": self.options.resources.get("num_cores_per_mpiproc") or 1,
        }


class SampleParser(TaskParser):
    """Attach decision, points and summary."""

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the outputs."""
        for name in ("decision", "candidates"):
            if name in result["tables"]:
                self.out_table(result, folder, name, role=name)
        self.out("summary", Dict(result["values"]))


def _weights(summary: Mapping[str, Any]) -> dict[str, float]:
    return {name.removeprefix(_WEIGHT): value for name, value in summary.items() if name.startswith(_WEIGHT)}


def _check_mode(inputs: Mapping[str, Any]) -> None:
    if ("sampling" in inputs) == ("test_design" in inputs):
        given = [name for name in ("sampling", "test_design") if name in inputs]
        raise InputError("sampling", given, "it samples a round or designs a test set", "Give one of the two.")
