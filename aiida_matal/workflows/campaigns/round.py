"""A round of a campaign that chooses from a pool."""

from __future__ import annotations

from typing import Any

from aiida.engine import ProcessSpec
from aiida.orm import Dict, ProcessNode

from aiida_matal.calculations.select import SelectCalculation
from aiida_matal.calculations.train import TrainCalculation
from aiida_matal.data.table import TableData
from aiida_matal.science.table import ID
from aiida_matal.workflows.campaigns.round_base import BaseRoundWorkChain
from aiida_matal.workflows.campaigns.steps import judge_progress

MIN_LABELS_TO_TRAIN = 2


class RoundWorkChain(BaseRoundWorkChain):
    """Train a model on the dataset, choose candidates of the pool, have them labelled and collect the labels.

    Without enough labels to train on, the round selects by the start design.
    """

    training_job = TrainCalculation
    selection_job = SelectCalculation
    min_labels_to_train = MIN_LABELS_TO_TRAIN

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define the pool and how to select from it."""
        super().define(spec)
        spec.input("start_design", valid_type=Dict, help="How to select while there is no model.")
        spec.input("selection", valid_type=Dict, help="Criterion, features, target and batch size.")
        spec.input("pool", valid_type=TableData, help="All candidates.")

    def training_inputs(self) -> dict[str, Any]:
        """Return the inputs of the training."""
        return self.task_inputs("train", ("learner", "dataset", "test_set"))

    def judged(self, nodes: dict[str, Any]) -> dict[str, Any]:
        """Judge how much of the pool is left, and all else."""
        metadata = {"call_link_label": "judge"}
        inputs = (self.inputs.stopping, self.inputs.learner, self._selection(), self.inputs.pool)
        return judge_progress(*inputs, **nodes, metadata=metadata)

    def selection_inputs(self) -> dict[str, Any]:
        """Return the inputs of the selection."""
        inputs = self.task_inputs("select", ("pool", "dataset"))
        inputs["selection"] = self._selection()
        if "model" in self.outputs:
            inputs["model"] = self.outputs["model"]
        return inputs

    def choice(self, selection: ProcessNode) -> str:
        """Name the criterion and the candidates that were chosen."""
        chosen = selection.outputs.candidates.table[ID].tolist()
        criterion = selection.inputs.selection["criterion"]["name"]
        return f"{criterion} chose {len(chosen)} of {len(selection.outputs.decision)}: {', '.join(chosen)}"

    def all_candidates(self) -> TableData:
        """Return the pool."""
        return self.inputs.pool

    def _selection(self) -> Dict:
        return self.inputs.selection if "model" in self.outputs else self.inputs.start_design
