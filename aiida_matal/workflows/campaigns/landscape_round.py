"""A round of a free-energy campaign."""

from __future__ import annotations

from typing import Any

from aiida.engine import ExitCode, ProcessSpec
from aiida.orm import Bool, Dict, ProcessNode

from aiida_matal.calculations.landscape.sample import SampleCalculation
from aiida_matal.calculations.landscape.train import TrainLandscapeCalculation
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.landscape.training import LandscapeLearnerSettings
from aiida_matal.science.progress import known_errors
from aiida_matal.workflows.campaigns.landscape_oracle import bias_of, complete_oracle_inputs
from aiida_matal.workflows.campaigns.round_base import BaseRoundWorkChain
from aiida_matal.workflows.campaigns.steps import judge_landscape

_COUNT = "n_"


class LandscapeRoundWorkChain(BaseRoundWorkChain):
    """Train a free energy on the dataset, choose points where more has to be known, sample them, collect the labels.

    The criteria make the points: there is no pool.
    """

    training_job = TrainLandscapeCalculation
    selection_job = SampleCalculation
    min_labels_to_train = 2

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define the system and how it is sampled."""
        super().define(spec)
        spec.inputs["learner"].help = "Name and settings of the learner, and when it searches for hyper-parameters."
        spec.input("system", valid_type=Dict, help="Crystal, cluster expansion and ordering (SystemSettings).")
        spec.input("sampling", valid_type=Dict, help="Criteria, novelty and reweighting (SamplingSettings).")
        spec.input("previous_model", valid_type=ModelData, required=False, help="The model of the round before.")
        spec.output("errors", valid_type=TableData, required=False)

    def training_inputs(self) -> dict[str, Any]:
        """Return the inputs of the training, which searches for hyper-parameters if that is due."""
        inputs = self.task_inputs("train", ("learner", "system", "dataset", "test_set"))
        plan = LandscapeLearnerSettings.parse(self.inputs.learner.get_dict(), "learner").search
        if plan is None:
            return inputs
        errors = known_errors(self.inputs.learning_curve.table) if "learning_curve" in self.inputs else []
        inputs["search"] = Bool(plan.is_due(self.inputs.number.value, errors))
        if "previous_model" in self.inputs:
            inputs["previous_model"] = self.inputs.previous_model
        return inputs

    def inspect_training(self) -> ExitCode | None:
        """Attach the model and its errors by region."""
        failed = super().inspect_training()
        if failed is None:
            self.out("errors", self.ctx.training.outputs.errors)
        return failed

    def judged(self, nodes: dict[str, Any]) -> dict[str, Any]:
        """Judge errors, labels and cost."""
        return judge_landscape(self.inputs.stopping, **nodes, metadata={"call_link_label": "judge"})

    def selection_inputs(self) -> dict[str, Any]:
        """Return the inputs of the sampling; without a model only some of the criteria propose points."""
        inputs = self.task_inputs("select", ("system", "sampling", "dataset", "number", "summary"))
        inputs["phi"] = Dict(bias_of(self.inputs.oracle))
        if "model" in self.outputs:
            inputs["model"] = self.outputs["model"]
            if "previous_model" in self.inputs:
                inputs["previous_model"] = self.inputs.previous_model
        return inputs

    def choice(self, selection: ProcessNode) -> str:
        """Say how many points each criterion asked for."""
        summary = selection.outputs.summary.get_dict()
        criteria = selection.inputs.sampling["criteria"]
        counts = ", ".join(f"{name} {summary.get(_COUNT + name, 0)}" for name in sorted(criteria))
        return f"{len(selection.outputs.candidates)} points to sample: {counts}"

    def all_candidates(self) -> TableData:
        """Return the points of the round."""
        return self.ctx.selection.outputs.candidates

    def oracle_inputs(self) -> dict[str, Any]:
        """Return the inputs of the oracle, among them the system and the worker where it takes them."""
        name, oracle = self.inputs.oracle_name.value, self.inputs.oracle
        return complete_oracle_inputs(name, oracle, system=self.inputs.system, code=self.inputs.code)
