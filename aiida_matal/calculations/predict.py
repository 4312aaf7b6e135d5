"""The CalcJob that predicts binary liquids."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Dict

from aiida_matal.calculations.task import TaskCalculation, TaskParser
from aiida_matal.calculations.validation import validator
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.predictions import PredictionSpace


class PredictCalculation(TaskCalculation):
    """Predict all binary liquids of a space, or the points of a table, with a model."""

    task_name = "predict"
    table_inputs = ("points",)
    model_inputs = ("model",)
    retrieved = ("predictions.npz", "redlich_kister.npz")

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.predict"
        spec.input("model", valid_type=ModelData, help="The model that predicts.")
        spec.input("space", valid_type=Dict, required=False, help="Elements and compositions (PredictionSpace).")
        spec.input(
            "points", valid_type=TableData, required=False, help="Points with all features, in place of a space."
        )
        spec.inputs.validator = validator(_check_inputs, "model", base=spec.inputs.validator)
        spec.output("predictions", valid_type=TableData, help="Each point: predicted, error, baseline, inside domain.")
        spec.output("redlich_kister", valid_type=TableData, required=False, help="A polynomial for each system.")
        spec.output("summary", valid_type=Dict, help="Numbers of points, systems, points outside and left out.")

    def settings(self) -> dict[str, Any]:
        """Return the space."""
        return {"space": self.inputs.space.get_dict() if "space" in self.inputs else None}


class PredictParser(TaskParser):
    """Attach predictions, polynomials and summary."""

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the outputs."""
        self.out_table(result, folder, "predictions", role="predictions")
        if "redlich_kister" in result["tables"]:
            self.out_table(result, folder, "redlich_kister", role="table")
        self.out("summary", Dict(result["values"]))


def _check_inputs(inputs: Mapping[str, Any]) -> None:
    if ("space" in inputs) == ("points" in inputs):
        given = [name for name in ("space", "points") if name in inputs]
        raise InputError("inputs", given, "one of space and points is needed", "Give one of them.")
    if "space" in inputs:
        PredictionSpace.parse(inputs["space"].get_dict(), "space")
