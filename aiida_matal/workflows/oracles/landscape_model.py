"""The oracle that asks a model of the free energy: campaigns tried out without Monte Carlo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ExitCode, ProcessSpec
from aiida.orm import AbstractCode, Dict

from aiida_matal.calculations.landscape.surrogate import SurrogateCalculation
from aiida_matal.calculations.validation import validator
from aiida_matal.data.model import ModelData
from aiida_matal.science.landscape.columns import MU, WANTED
from aiida_matal.science.landscape.labels import check_candidates
from aiida_matal.science.landscape.surrogate import SurrogateSettings
from aiida_matal.science.table import Table
from aiida_matal.workflows.oracles.oracle import OracleWorkChain
from aiida_matal.workflows.oracles.umbrella_steps import collect_labels
from aiida_matal.workflows.processes import describe


class LandscapeModelWorkChain(OracleWorkChain):
    """Label points with the gradient of a model of the free energy, at the points themselves.

    Holber and Garikipati (2025) chose their sampling criteria in this way before they ran Monte Carlo.
    """

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs, outline and exit codes."""
        super().define(spec)
        spec.input("code", valid_type=AbstractCode, help="A code whose executable is `matal-task`.")
        spec.input("model", valid_type=ModelData, help="The free energy that stands for the true one.")
        spec.inputs.validator = validator(_check_inputs, "candidates")
        spec.outline(cls.run_model, cls.collect)
        spec.exit_code(310, "ERROR_JOB_FAILED", message="The job that evaluates the model failed: {message}")

    @classmethod
    def check_inputs(cls, inputs: Mapping[str, Any], pool: Table) -> None:
        """Refuse settings that are wrong, and points with another number of components than the model."""
        SurrogateSettings.parse(inputs["settings"].get_dict(), "oracle.settings")
        if len(pool):
            check_candidates(pool, len(inputs["model"].features), WANTED)

    @classmethod
    def get_quantity(cls, inputs: Mapping[str, Any]) -> str:  # noqa: ARG003
        """Return the name of the chemical potentials."""
        return MU

    def run_model(self) -> None:
        """Submit the job."""
        inputs = {name: self.inputs[name] for name in ("code", "candidates", "model", "settings")}
        self.to_context(job=self.submit(SurrogateCalculation, **inputs, metadata={"call_link_label": "surrogate"}))

    def collect(self) -> ExitCode | None:
        """Attach the labels, with the job as their evidence."""
        job = self.ctx.job
        if not job.is_finished_ok:
            return self.exit_codes.ERROR_JOB_FAILED.format(message=describe(job))
        outcomes = Dict({"evidence": {"labels": job.uuid}, "missing": {}})
        metadata = {"call_link_label": "collect_labels"}
        labels = collect_labels(self.inputs.candidates, outcomes, labels=job.outputs.labels, metadata=metadata)
        self.out("labels", labels)
        return None


def _check_inputs(inputs: Mapping[str, Any]) -> None:
    LandscapeModelWorkChain.check_inputs(inputs, inputs["candidates"].table)
