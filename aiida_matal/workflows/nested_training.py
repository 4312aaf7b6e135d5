"""Nested cross-validation and the final model, a job each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ExitCode, ProcessBuilder, ProcessSpec, while_
from aiida.orm import AbstractCode, Dict, Int, ProcessNode, load_node

from aiida_matal.calculations.tune import TuneCalculation
from aiida_matal.calculations.validation import validator
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Model
from aiida_matal.science.learning.nested import NestedSettings, number_of_folds
from aiida_matal.workflows.children import ParallelWorkChain
from aiida_matal.workflows.nested_training_steps import collect_folds, complete_model, error_groups
from aiida_matal.workflows.ports import check_ports, check_whole
from aiida_matal.workflows.processes import describe
from aiida_matal.workflows.protocols.protocol import Protocols

FINAL = "final"
FOLD = "fold_{:02d}"


class NestedTrainingWorkChain(ParallelWorkChain):
    """Train the final model on all labels, and measure by nested cross-validation how well models so made predict.

    Each fold chooses features and settings anew, from the labels that it does not hold out. A job that fails costs no
    other: their results are attached. A new run takes what ended well from the cache, where caching is on.
    """

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs, outline, outputs and exit codes."""
        super().define(spec)
        spec.input("code", valid_type=AbstractCode, help="A code whose executable is `matal-task`.")
        spec.input("dataset", valid_type=TableData, help="Labels; rows with status `ok` are used.")
        spec.input("training", valid_type=Dict, help="Learner, folds, elimination and tuning (NestedSettings).")
        spec.input("seed", valid_type=Int, help="Seed of every random choice.")
        spec.input("max_concurrent", valid_type=Int, required=False, help="How many jobs run at once (all if absent).")
        spec.input("task_options", valid_type=Dict, required=False, help="Options of the jobs.")
        spec.inputs.validator = validator(check_nested_training, "dataset", "training", "seed")
        spec.outline(cls.setup, while_(cls.has_unfinished)(cls.launch), cls.collect, cls.finish)
        spec.output("model", valid_type=ModelData, required=False, help="The model of all labels, with its errors.")
        spec.output("learner", valid_type=Dict, required=False, help="Its learner, as a campaign takes it.")
        spec.output("parity", valid_type=TableData, required=False, help="Observed against predicted, all labels.")
        spec.output("metrics", valid_type=Dict, required=False, help="Errors of the models and of the baseline.")
        spec.output("errors", valid_type=TableData, required=False, help="Errors by system, group and element.")
        spec.output("features", valid_type=TableData, required=False, help="In how many folds each feature was chosen.")
        spec.exit_code(301, "ERROR_JOBS_FAILED", message="{failed} of {number} jobs failed ({labels}). {message}")

    @classmethod
    def get_protocols(cls) -> dict[str, str]:
        """Return what each protocol is for."""
        return Protocols("nested_training").descriptions()

    @classmethod
    def get_builder_from_protocol(
        cls,
        code: AbstractCode,
        dataset: TableData,
        protocol: str | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> ProcessBuilder:
        """Return a builder with all inputs.

        :param code: a code whose executable is ``matal-task``.
        :param dataset: the labels to learn from.
        :param protocol: one of :meth:`get_protocols`; the default one if not given.
        :param overrides: values laid over those of the protocol. ``null`` leaves out elimination or tuning; another
            learner does not inherit the settings of the protocol's.
        :raises InputError: naming the first field that is refused.
        """
        values = _protocol_values(protocol, overrides or {})
        seed, max_concurrent = values.pop("seed"), values.pop("max_concurrent")
        check_whole("seed", seed, 0)
        builder = cls.get_builder()
        builder.code = code
        builder.dataset = dataset
        builder.training = Dict(NestedSettings.parse(values, "training").as_dict())
        builder.seed = Int(seed)
        if max_concurrent is not None:
            check_whole("max_concurrent", max_concurrent, 1)
            builder.max_concurrent = Int(max_concurrent)
        check_nested_training(builder)
        return builder

    def setup(self) -> None:
        """Name the jobs."""
        settings = NestedSettings.parse(self.inputs.training.get_dict(), "training")
        n_folds = number_of_folds(self.inputs.dataset.table, settings)
        limit = self.inputs.max_concurrent.value if "max_concurrent" in self.inputs else None
        self.queue([*(FOLD.format(fold) for fold in range(n_folds)), FINAL], limit)

    def launch_child(self, position: int) -> ProcessNode:
        """Submit the job of a fold, or the final one."""
        label = self.ctx.names[position]
        options = self.inputs.task_options.get_dict() if "task_options" in self.inputs else {}
        inputs = {name: self.inputs[name] for name in ("code", "dataset", "training", "seed")}
        if label != FINAL:
            inputs["fold"] = Int(position)
        return self.submit(TuneCalculation, **inputs, metadata={"call_link_label": label, "options": options})

    def collect(self) -> None:
        """Attach what the jobs that ended well have made."""
        jobs = {name: job for name, job in self._jobs().items() if job.is_finished_ok}
        final = jobs.pop(FINAL, None)
        if final is not None:
            self.out("learner", final.outputs.learner)
        if jobs:
            nodes = {f"parity_{label}": job.outputs.parity for label, job in jobs.items()}
            nodes |= {f"learner_{label}": job.outputs.learner for label, job in jobs.items()}
            metadata = {"call_link_label": "collect"}
            self.out_many(collect_folds(self.inputs.dataset, self.inputs.training, **nodes, metadata=metadata))
        if final is not None:
            model = final.outputs.model
            if "metrics" in self.outputs:
                metadata = {"call_link_label": "complete_model"}
                model = complete_model(model, self.outputs["metrics"], metadata=metadata)
            self.out("model", model)

    def finish(self) -> ExitCode | None:
        """Say how it ended."""
        failed = {name: job for name, job in self._jobs().items() if not job.is_finished_ok}
        if not failed:
            return None
        return self.exit_codes.ERROR_JOBS_FAILED.format(
            failed=len(failed),
            number=len(self.ctx.names),
            labels=", ".join(failed),
            message=describe(next(iter(failed.values()))),
        )

    def _jobs(self) -> dict[str, ProcessNode]:
        return {name: load_node(pk) for name, pk in self.ctx.children.items()}


def check_nested_training(inputs: Mapping[str, Any]) -> None:
    """Check all inputs of a nested training against one another.

    :raises InputError: naming the field, the value and the cure.
    """
    settings = NestedSettings.parse(inputs["training"].get_dict(), "training")
    learner = settings.learner.make()
    if settings.elimination is not None and type(learner.ranker()).model_class.importance is Model.importance:
        reason = "its models do not rank features"
        raise InputError("training.learner.name", settings.learner.name, reason, "Set training.elimination to null.")
    if settings.tuning is not None and not learner.search_space:
        reason = "it has no settings to tune"
        raise InputError("training.learner.name", settings.learner.name, reason, "Set training.tuning to null.")
    dataset = inputs["dataset"].table
    number_of_folds(dataset, settings)
    error_groups(dataset, str(settings.learner.group))
    check_whole("seed", inputs["seed"].value, 0)
    if "max_concurrent" in inputs:
        check_whole("max_concurrent", inputs["max_concurrent"].value, 1)
    if "task_options" in inputs:
        options = inputs["task_options"].get_dict()
        ports = TuneCalculation.spec().inputs["metadata"]["options"]
        check_ports("task_options", ports, options, without=set(ports) - set(options))


def _protocol_values(protocol: str | None, overrides: Mapping[str, Any]) -> dict[str, Any]:
    protocols = Protocols("nested_training")
    left_out = {name: None for name in ("elimination", "tuning") if name in overrides and overrides[name] is None}
    values = protocols.inputs(protocol, {name: overrides[name] for name in overrides if name not in left_out})
    if values["learner"]["name"] != protocols.inputs(protocol, None)["learner"]["name"]:
        values["learner"]["settings"] = overrides["learner"].get("settings", {})
    return values | left_out
