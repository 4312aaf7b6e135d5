"""Compare strategies on data that exist, in many splits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ExitCode, ProcessBuilder, ProcessSpec, WorkChain, calcfunction
from aiida.orm import AbstractCode, Dict, Int, List, Str

from aiida_matal.calculations.benchmark import BenchmarkCalculation
from aiida_matal.calculations.validation import validator
from aiida_matal.data.table import TableData
from aiida_matal.science.acquisition.settings import SelectionSettings
from aiida_matal.science.benchmark.problem import Benchmark
from aiida_matal.science.benchmark.settings import BenchmarkSettings
from aiida_matal.science.benchmark.summary import mean_differences, summarise
from aiida_matal.science.benchmark.tables import SPLIT
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.training import LearnerSettings
from aiida_matal.science.mixing.features import FEATURES
from aiida_matal.science.mixing.mixtures import QUANTITY
from aiida_matal.science.table import Table
from aiida_matal.workflows.processes import describe
from aiida_matal.workflows.protocols.protocol import Protocols
from aiida_matal.workflows.protocols.strategies import strategy

RESULTS = ("curves", "choices", "summary", "metrics")
_PASSED_ON = ("code", "dataset", "learner", "strategies", "benchmark", "seed")


@calcfunction
def merge_jobs(reference_strategy: Str, seed: Int, **tables: TableData) -> dict[str, Any]:
    """Return the curves and choices of all jobs, and their summary.

    :param tables: ``curves_0000``, ``choices_0000`` and so on, in the order of the splits.
    """
    merged = {
        name: Table.concatenate([tables[key].table for key in sorted(tables) if key.startswith(name)])
        for name in ("curves", "choices")
    }
    curves, reference = merged["curves"], reference_strategy.value
    merged["summary"] = summarise(curves, reference, seed.value)
    nodes = {name: TableData(table, role="benchmark") for name, table in merged.items()}
    metrics = {
        "n_splits": len(set(curves[SPLIT].tolist())),
        "reference_strategy": reference,
        "strategies": mean_differences(curves, reference, seed.value),
    }
    return {**nodes, "metrics": Dict(metrics)}


def check_inputs(inputs: Mapping[str, Any]) -> None:
    """Check all inputs of a benchmark against one another and against the data.

    :raises InputError: naming the field, the value and the cure.
    """
    settings, learner, strategies = (inputs[name].get_dict() for name in ("benchmark", "learner", "strategies"))
    benchmark = Benchmark.parse(inputs["dataset"].table, settings, learner, strategies, inputs["seed"].value)
    if (reference := inputs["reference_strategy"].value) not in benchmark.strategies:
        cure = f"Strategies: {', '.join(benchmark.strategies)}."
        raise InputError("reference_strategy", reference, "it is not among the strategies", cure)
    for name, least in (("n_splits", 2), ("splits_per_job", 1)):
        if inputs[name].value < least:
            raise InputError(name, inputs[name].value, "it is too small", f"Give {least} or more.")


class StrategyBenchmarkWorkChain(WorkChain):
    """Replay strategies on the same splits of a dataset, and compare the errors that a learner comes to."""

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs, outline, outputs and exit codes."""
        super().define(spec)
        spec.expose_inputs(BenchmarkCalculation, include=_PASSED_ON)
        # Exposing makes the namespace dynamic, in which a misspelt input would pass.
        spec.inputs.dynamic = False
        spec.inputs.validator = validator(check_inputs)
        spec.input("n_splits", valid_type=Int, help="Number of splits, 2 or more.")
        spec.input("splits_per_job", valid_type=Int, help="Splits that one job runs; the results do not depend on it.")
        spec.input("reference_strategy", valid_type=Str, help="The strategy that the others are compared with.")
        spec.input("task_options", valid_type=Dict, required=False, help="Options of the jobs.")
        spec.outline(cls.run_jobs, cls.merge)
        spec.output("curves", valid_type=TableData, help="Errors by strategy, split and iteration.")
        spec.output("choices", valid_type=TableData, help="What was labelled, by strategy, split, iteration and rank.")
        spec.output("summary", valid_type=TableData, help="Means over the splits, and comparison, with intervals.")
        spec.output("metrics", valid_type=Dict, help="Mean error over the iterations, and its difference, by strategy.")
        spec.exit_code(310, "ERROR_JOB_FAILED", message="{failed} of {jobs} jobs failed; the first: {message}")

    @classmethod
    def get_protocols(cls) -> dict[str, str]:
        """Return what each protocol is for."""
        return Protocols("strategy_benchmark").descriptions()

    @classmethod
    def get_builder_from_protocol(
        cls,
        code: AbstractCode,
        dataset: TableData,
        protocol: str | None = None,
        overrides: Mapping[str, Any] | None = None,
        n_jobs: int | None = None,
    ) -> ProcessBuilder:
        """Return a builder with all inputs.

        :param code: a code whose executable is ``matal-task``.
        :param dataset: the labels of mixing enthalpies, such as an importer made.
        :param protocol: one of :meth:`get_protocols`; the default one if not given.
        :param overrides: values laid over those of the protocol.
        :param n_jobs: over how many jobs the splits are spread, instead of ``splits_per_job``.
        :raises InputError: naming the first field that is refused.
        """
        values = Protocols("strategy_benchmark").inputs(protocol, overrides)
        builder = cls.get_builder()
        builder.code = code
        builder.dataset = dataset
        learner = {"features": FEATURES, "target": QUANTITY, **values["learner"]}
        builder.learner = Dict(LearnerSettings.parse(learner, "learner").as_dict())
        common = {"target": QUANTITY, "batch_size": values["batch_size"]}
        strategies = {
            name: SelectionSettings.parse({**strategy(name), **common}, f"strategies.{name}").as_dict()
            for name in values["strategies"]
        }
        builder.strategies = Dict(strategies)
        builder.benchmark = Dict(BenchmarkSettings.parse(values["benchmark"], "benchmark").as_dict())
        for name in ("n_splits", "splits_per_job", "seed"):
            builder[name] = Int(_whole_number(name, values[name]))
        if n_jobs is not None:
            builder.splits_per_job = Int(-(-builder.n_splits.value // n_jobs))
        builder.reference_strategy = Str(values["reference_strategy"])
        check_inputs(builder)
        return builder

    def run_jobs(self) -> None:
        """Submit a job for each share of the splits."""
        options = self.inputs.task_options.get_dict() if "task_options" in self.inputs else {}
        n_splits, at_once = self.inputs.n_splits.value, self.inputs.splits_per_job.value
        for number, first in enumerate(range(0, n_splits, at_once)):
            splits = list(range(first, min(first + at_once, n_splits)))
            label = f"splits_{number:04d}"
            inputs = {name: self.inputs[name] for name in _PASSED_ON}
            metadata = {"call_link_label": label, "options": options}
            self.to_context(
                **{label: self.submit(BenchmarkCalculation, **inputs, splits=List(splits), metadata=metadata)}
            )
        self.ctx.n_jobs = number + 1

    def merge(self) -> ExitCode | None:
        """Attach the results of the jobs that ended well."""
        jobs = [self.ctx[f"splits_{number:04d}"] for number in range(self.ctx.n_jobs)]
        done = [job for job in jobs if job.is_finished_ok]
        failed = [job for job in jobs if not job.is_finished_ok]
        if sum(len(job.inputs.splits.get_list()) for job in done) > 1:
            tables = {
                f"{name}_{number:04d}": job.outputs[name]
                for number, job in enumerate(done)
                for name in ("curves", "choices")
            }
            merged = merge_jobs(
                self.inputs.reference_strategy, self.inputs.seed, **tables, metadata={"call_link_label": "merge"}
            )
            self.out_many({name: merged[name] for name in RESULTS})
        if failed:
            return self.exit_codes.ERROR_JOB_FAILED.format(
                failed=len(failed), jobs=len(jobs), message=describe(failed[0])
            )
        return None


def _whole_number(field: str, value: Any) -> int:
    if not isinstance(value, int):
        raise InputError(field, value, "it is not a whole number", "Give a whole number.")
    return value
