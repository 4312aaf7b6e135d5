"""One pass of any campaign: train, judge, select, label, collect."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from aiida.engine import CalcJob, ExitCode, ProcessSpec, WorkChain, if_, while_
from aiida.orm import AbstractCode, Dict, Int, ProcessNode, Str
from aiida.plugins import WorkflowFactory

from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.failure_policy import FailurePolicy, failed_share, final_statuses, next_batch
from aiida_matal.science.seeds import derive_seed
from aiida_matal.workflows.campaigns.steps import choose_next_batch, collect_labels
from aiida_matal.workflows.processes import describe


class BaseRoundWorkChain(WorkChain):
    """Train a model on the dataset, decide whether and what to label, have it labelled and collect the labels.

    When the verdict is to stop, the round ends after it: its model is the campaign's last. A subclass names the jobs
    that train and select, gives them their inputs, judges, and says which candidates there are.
    """

    training_job: ClassVar[type[CalcJob]]
    selection_job: ClassVar[type[CalcJob]]
    min_labels_to_train: ClassVar[int]

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs, outline, outputs and exit codes."""
        super().define(spec)
        spec.input("code", valid_type=AbstractCode, help="A code whose executable is `matal-task`.")
        spec.input("task_options", valid_type=Dict, required=False, help="Options of the train and select jobs.")
        spec.input("learner", valid_type=Dict, help="Name, features, target, group, folds and settings of the learner.")
        spec.input("failure_policy", valid_type=Dict, help="What to do about labels that failed.")
        spec.input("stopping", valid_type=Dict, help="Stopping rules by name, each with its settings.")
        spec.input("seed", valid_type=Int, help="Seed of the campaign.")
        spec.input("oracle_name", valid_type=Str, help="Entry point of the oracle.")
        spec.input_namespace("oracle", dynamic=True, help="Inputs of the oracle other than the candidates.")
        spec.input("dataset", valid_type=TableData, required=False, help="Labels to begin with.")
        spec.input("test_set", valid_type=TableData, required=False, help="A dataset kept aside to measure the error.")
        spec.input("learning_curve", valid_type=TableData, required=False, help="Learning curve of the rounds before.")
        spec.input("summary", valid_type=Dict, required=False, help="Summary of the decision of the round before.")
        spec.input("number", valid_type=Int, help="Number of the round, from 0.")
        spec.outline(
            cls.setup,
            if_(cls.can_train)(cls.train, cls.inspect_training),
            cls.judge,
            if_(cls.goes_on)(
                cls.select,
                cls.inspect_selection,
                while_(cls.has_candidates)(cls.label, cls.inspect_labels),
                cls.collect,
            ),
        )
        spec.output("model", valid_type=ModelData, required=False)
        spec.output("metrics", valid_type=Dict, required=False)
        spec.output("verdict", valid_type=Dict)
        spec.output("learning_curve", valid_type=TableData)
        spec.output("decision", valid_type=TableData, required=False)
        spec.output("summary", valid_type=Dict, required=False)
        spec.output("dataset", valid_type=TableData, required=False)
        spec.exit_code(301, "ERROR_TRAINING_FAILED", message="Training failed: {message}")
        spec.exit_code(302, "ERROR_SELECTION_FAILED", message="The selection failed: {message}")
        spec.exit_code(303, "ERROR_ORACLE_FAILED", message="The oracle failed: {message}")
        spec.exit_code(304, "ERROR_TOO_MANY_FAILED", message="{share} of the labels failed, {allowed} may.")

    def training_inputs(self) -> dict[str, Any]:
        """Return the inputs of the training."""
        raise NotImplementedError

    def selection_inputs(self) -> dict[str, Any]:
        """Return the inputs of the selection."""
        raise NotImplementedError

    def judged(self, nodes: dict[str, Any]) -> dict[str, Any]:
        """Return ``verdict`` and ``learning_curve``, made by a calcfunction whose call link is ``judge``.

        :param nodes: ``dataset``, ``metrics``, ``learning_curve`` and ``summary`` of the decision before, where they
            exist.
        """
        raise NotImplementedError

    def choice(self, selection: ProcessNode) -> str:
        """Return in one line what a selection chose."""
        raise NotImplementedError

    def all_candidates(self) -> TableData:
        """Return the table that has a row for every candidate of the round."""
        raise NotImplementedError

    def oracle_inputs(self) -> dict[str, Any]:
        """Return the inputs of the oracle other than the candidates."""
        return dict(self.inputs.oracle)

    def setup(self) -> None:
        """Derive the seed of the round."""
        self.ctx.seed = derive_seed(self.inputs.seed.value, "round", self.inputs.number.value)
        self.ctx.batches = []

    def can_train(self) -> bool:
        """Return whether the dataset has labels enough."""
        if "dataset" not in self.inputs:
            return False
        return int((self.inputs.dataset.table["status"] == "ok").sum()) >= self.min_labels_to_train

    def train(self) -> None:
        """Submit the training."""
        self.to_context(training=self.submit(self.training_job, **self.training_inputs()))

    def inspect_training(self) -> ExitCode | None:
        """Attach the model."""
        training = self.ctx.training
        if not training.is_finished_ok:
            return self.exit_codes.ERROR_TRAINING_FAILED.format(message=describe(training))
        self.out("model", training.outputs.model)
        self.out("metrics", training.outputs.metrics)
        scores = ", ".join(f"{name} {value:.4g}" for name, value in training.outputs.metrics.get_dict().items())
        self.report(f"trained {self.inputs.learner['name']}: {scores or 'no error known yet'}")
        return None

    def judge(self) -> None:
        """Attach verdict and learning curve."""
        nodes = {name: self.inputs[name] for name in ("dataset", "learning_curve", "summary") if name in self.inputs}
        if "metrics" in self.outputs:
            nodes["metrics"] = self.outputs["metrics"]
        judged = self.judged(nodes)
        self.out("verdict", judged["verdict"])
        self.out("learning_curve", judged["learning_curve"])
        verdict = judged["verdict"]
        self.report(f"verdict: {'stop' if verdict['stop'] else 'go on'} ({'; '.join(verdict['reasons'])})")

    def goes_on(self) -> bool:
        """Return whether the verdict is to go on."""
        return not self.outputs["verdict"]["stop"]

    def select(self) -> None:
        """Submit the selection."""
        self.to_context(selection=self.submit(self.selection_job, **self.selection_inputs()))

    def inspect_selection(self) -> ExitCode | None:
        """Attach the decision."""
        selection = self.ctx.selection
        if not selection.is_finished_ok:
            return self.exit_codes.ERROR_SELECTION_FAILED.format(message=describe(selection))
        self.out("decision", selection.outputs.decision)
        self.out("summary", selection.outputs.summary)
        self.ctx.candidates = selection.outputs.candidates
        self.report(self.choice(selection))
        return None

    def has_candidates(self) -> bool:
        """Return whether candidates wait to be labelled."""
        return self.ctx.candidates is not None

    def label(self) -> None:
        """Submit the oracle."""
        tried = len(self.ctx.batches)
        inputs = {**self.oracle_inputs(), "candidates": self.ctx.candidates}
        metadata = {"call_link_label": f"label_{tried}" if tried else "label"}
        oracle = WorkflowFactory(self.inputs.oracle_name.value)
        self.to_context(oracle=self.submit(oracle, **inputs, metadata=metadata))

    def inspect_labels(self) -> None:
        """Keep the labels, and see what the failure policy asks for."""
        self.ctx.candidates = None
        if "labels" not in self.ctx.oracle.outputs:
            return
        self.ctx.batches = [*self.ctx.batches, self.ctx.oracle.outputs.labels]
        batches = {f"labels_{index}": node for index, node in enumerate(self.ctx.batches)}
        tables = [node.table for node in self.ctx.batches]
        policy, pool, decision = self.inputs.failure_policy, self.all_candidates(), self.outputs["decision"]
        if next_batch(self._policy(), pool.table, decision.table, tables) is None:
            return
        metadata = {"call_link_label": f"choose_next_batch_{len(batches)}"}
        self.ctx.candidates = choose_next_batch(policy, pool, decision, **batches, metadata=metadata)
        self.report(f"failure policy {policy['on_failure']}: {len(self.ctx.candidates)} more to label")

    def collect(self) -> ExitCode | None:
        """Attach the new dataset; every label made is in it, also when the round ends with an error."""
        nodes = {f"labels_{index}": node for index, node in enumerate(self.ctx.batches)}
        if nodes:
            if "dataset" in self.inputs:
                nodes["dataset"] = self.inputs.dataset
            metadata = {"call_link_label": "collect"}
            dataset = collect_labels(self.all_candidates(), self.inputs.number, **nodes, metadata=metadata)
            self.out("dataset", dataset)
        if "labels" not in self.ctx.oracle.outputs:
            return self.exit_codes.ERROR_ORACLE_FAILED.format(message=describe(self.ctx.oracle))
        tables = [node.table for node in self.ctx.batches]
        allowed, share = self._policy().max_failed_share, failed_share(tables)
        counts = Counter(final_statuses(tables))
        self.report(f"labelled: {', '.join(f'{number} {status}' for status, number in counts.items())}")
        if share > allowed:
            return self.exit_codes.ERROR_TOO_MANY_FAILED.format(share=f"{share:.0%}", allowed=f"{allowed:.0%}")
        return None

    def task_inputs(self, label: str, names: tuple[str, ...]) -> dict[str, Any]:
        """Return the inputs of a job that runs the worker: those of the round with these names, code and seed.

        :param label: of the call link.
        """
        inputs = {name: self.inputs[name] for name in names if name in self.inputs}
        options = self.inputs.task_options.get_dict() if "task_options" in self.inputs else {}
        metadata = {"call_link_label": label, "options": options}
        return {**inputs, "code": self.inputs.code, "seed": Int(self.ctx.seed), "metadata": metadata}

    def _policy(self) -> FailurePolicy:
        return FailurePolicy.parse(self.inputs.failure_policy.get_dict(), "failure_policy")
