"""A liquid at zero pressure: volume search, production until the error target, liquid check."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from aiida.engine import ExitCode, ProcessSpec, WorkChain, while_
from aiida.orm import Dict, Float, Int, ProcessNode, SinglefileData, Str, StructureData

from aiida_matal.calculations.validation import validator
from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.seeds import derive_seed
from aiida_matal.workflows.md.engines import load_engine
from aiida_matal.workflows.md.liquid_steps import assess_run, plot_liquid, summarise_liquid
from aiida_matal.workflows.ports import check_ports
from aiida_matal.workflows.processes import describe


class LiquidStateWorkChain(WorkChain):
    """Simulate a liquid in NVT at the volume where its mean pressure is zero.

    Runs of the engine follow one another, each from the last state of the one before: the first after a hot start, then
    at rescaled volumes until mean pressure and its error lie within the tolerance, then longer until the error of the
    mean energy is small enough.
    """

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs, outline, outputs and exit codes."""
        super().define(spec)
        spec.input("structure", valid_type=StructureData, help="Start structure at the first volume to try.")
        spec.input("settings", valid_type=Dict, help="LiquidSettings.")
        spec.input("temperature", valid_type=Float, help="Temperature in K.")
        spec.input("seed", valid_type=Int, help="Seed of the velocities.")
        spec.input("engine_name", valid_type=Str, help="Entry point of the MD engine's work chain.")
        spec.input_namespace("engine", dynamic=True, help="Inputs of the engine: code, potential, options ...")
        spec.inputs.validator = validator(
            _check_inputs, "structure", "settings", "temperature", "engine_name", "engine"
        )
        spec.outline(
            cls.setup,
            while_(cls.is_unfinished)(cls.run_md, cls.inspect_md, cls.assess),
            cls.summarise,
        )
        spec.output("state", valid_type=Dict, help="Means with errors, diffusion coefficient, verdict.")
        spec.output("rdf", valid_type=TableData, help="Partial radial distribution functions.")
        spec.output("msd", valid_type=TableData, help="Mean square displacements.")
        spec.output("assessment", valid_type=Dict, required=False, help="The volumes tried and the last step.")
        spec.output(
            "figure",
            valid_type=SinglefileData,
            required=False,
            help="Energy, pressure, volumes tried, structure and diffusion as SVG; what there is if the liquid failed.",
        )
        spec.exit_code(302, "ERROR_RUN_FAILED", message="A run of the engine failed: {message}")
        spec.exit_code(410, "ERROR_NOT_CONVERGED", message="The liquid did not converge: {reason}")

    def setup(self) -> None:
        """Begin at the volume of the start structure."""
        self.ctx.structure = self.inputs.structure
        self.ctx.velocities = None
        self.ctx.n_steps = LiquidSettings.parse(self.inputs.settings.get_dict(), "settings").volume_steps
        self.ctx.n_runs = 0
        self.ctx.trajectories = []
        self.ctx.assessment = None
        self.ctx.previous = None

    def is_unfinished(self) -> bool:
        """Return whether another run is needed."""
        return self.ctx.assessment is None or self.ctx.assessment["action"] in ("rescale", "extend")

    def run_md(self) -> None:
        """Submit a run of the engine."""
        settings = LiquidSettings.parse(self.inputs.settings.get_dict(), "settings")
        seed = derive_seed(self.inputs.seed.value, "run", self.ctx.n_runs)
        md = settings.md(self.inputs.temperature.value, self.ctx.n_steps, seed, hot=self.ctx.n_runs == 0)
        inputs: dict[str, Any] = {"md": Dict(md.as_dict()), "engine": self.inputs.engine}
        inputs["structure"] = self.ctx.structure
        if self.ctx.velocities is not None:
            inputs["velocities"] = self.ctx.velocities
        engine = load_engine(self.inputs.engine_name.value)
        metadata = {"call_link_label": f"md_{self.ctx.n_runs:02d}"}
        self.to_context(md=self.submit(engine, **inputs, metadata=metadata))

    def inspect_md(self) -> ExitCode | None:
        """Keep the trajectory and the state from which a next run continues."""
        md = self.ctx.md
        self._keep_trajectory(md)
        if not md.is_finished_ok:
            self._attach_progress()
            return self.exit_codes.ERROR_RUN_FAILED.format(message=describe(md))
        self.ctx.n_runs += 1
        self.ctx.structure = md.outputs.final_structure
        self.ctx.velocities = md.outputs.final_velocities
        return None

    def assess(self) -> ExitCode | None:
        """Decide what to do next."""
        nodes = {**self._runs(), "structure": self.ctx.structure}
        if self.ctx.previous is not None:
            nodes["previous"] = self.ctx.previous
        metadata = {"call_link_label": f"assess_{self.ctx.n_runs - 1:02d}"}
        assessed = assess_run(self.inputs.settings, **nodes, metadata=metadata)
        assessment = self.ctx.assessment = assessed["assessment"]
        point = assessment["points"][-1]
        self.report(
            f"V = {point['volume_per_atom']:.2f} A^3/atom: P = {point['pressure']:.1f} +- {point['pressure_error']:.1f}"
            f" kbar after {point['n_steps']} steps: {assessment['action']} ({assessment['reason']})"
        )
        if assessment["action"] == "give_up":
            self._attach_progress()
            return self.exit_codes.ERROR_NOT_CONVERGED.format(reason=assessment["reason"])
        self.ctx.n_steps = assessment["n_steps"]
        if assessment["action"] == "rescale":
            self.ctx.structure = assessed["structure"]
            self.ctx.previous = assessment
        return None

    def summarise(self) -> None:
        """Attach the state of the liquid."""
        metadata = {"call_link_label": "summarise"}
        summary = summarise_liquid(self.inputs.settings, self.ctx.assessment, **self._runs(), metadata=metadata)
        self.out("assessment", self.ctx.assessment)
        self.out_many(summary)
        self.report(f"verdict: {summary['state']['verdict']}, {summary['state']['reason']}")

    def _keep_trajectory(self, md: ProcessNode) -> None:
        """Add a run to those at its volume, or let it take their place if the volume is new."""
        if "trajectory" not in md.outputs:
            return
        rescaled = self.ctx.assessment is not None and self.ctx.assessment["action"] == "rescale"
        self.ctx.trajectories = [*([] if rescaled else self.ctx.trajectories), md.outputs.trajectory]

    def _attach_progress(self) -> None:
        """Attach what there is of a liquid that did not end well."""
        nodes = self._runs()
        if self.ctx.assessment is not None:
            self.out("assessment", self.ctx.assessment)
            nodes["assessment"] = self.ctx.assessment
        if self.ctx.trajectories:
            self.out("figure", plot_liquid(self.inputs.settings, **nodes, metadata={"call_link_label": "plot"}))

    def _runs(self) -> dict[str, Any]:
        return {f"run_{index:02d}": trajectory for index, trajectory in enumerate(self.ctx.trajectories)}


def _check_inputs(inputs: Mapping[str, Any]) -> None:
    settings = LiquidSettings.parse(inputs["settings"].get_dict(), "settings")
    if not 0 < inputs["temperature"].value < inf:
        raise InputError("temperature", inputs["temperature"].value, "it is not positive", "Give it in K.")
    engine = load_engine(inputs["engine_name"].value)
    check_ports("engine", engine.spec().inputs["engine"], inputs["engine"])
    symbols = [kind.symbol for kind in inputs["structure"].kinds]
    engine.check_engine(inputs["engine"], symbols, settings.thermostat)
