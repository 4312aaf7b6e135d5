"""The oracle of campaign 1: enthalpy of mixing of binary liquids by molecular dynamics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from aiida.engine import ProcessSpec
from aiida.orm import Dict, Float, Int, ProcessNode, Str, load_node

from aiida_matal.calculations.validation import validator
from aiida_matal.science.failure_policy import ATTEMPT
from aiida_matal.science.mixing.mixtures import (
    QUANTITY,
    Outcome,
    Reference,
    check_candidates,
    has_liquid_references,
    missing_references,
    references_of,
)
from aiida_matal.science.mixing.settings import MixingSettings
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import ID, Table
from aiida_matal.workflows.md.engines import load_engine
from aiida_matal.workflows.md.liquid import LiquidStateWorkChain
from aiida_matal.workflows.md.reuse import find_liquid
from aiida_matal.workflows.oracles.mixing_steps import (
    KEY,
    label_mixtures,
    make_mixture_cells,
    make_reference_cells,
)
from aiida_matal.workflows.oracles.oracle import ParallelOracleWorkChain
from aiida_matal.workflows.ports import check_ports
from aiida_matal.workflows.processes import describe


class MixingEnthalpyWorkChain(ParallelOracleWorkChain):
    """Label binary liquids with their enthalpy of mixing, from liquids simulated at one temperature.

    The pure liquids are simulated once for all candidates that need them; those that the graph already holds are not
    simulated again. Candidates have the columns ``element_a``, ``element_b``, ``x_b`` and ``temperature``.
    """

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs."""
        super().define(spec)
        spec.input("engine_name", valid_type=Str, help="Entry point of the MD engine, such as `matal.md.lammps`.")
        spec.input_namespace("engine", dynamic=True, help="Inputs of the engine: code, potential, options ...")
        spec.inputs.validator = validator(_check_inputs, "candidates")

    @classmethod
    def check_inputs(cls, inputs: Mapping[str, Any], pool: Table) -> None:
        """Refuse settings that are wrong and an engine that cannot simulate the elements of the pool."""
        settings = MixingSettings.parse(inputs["settings"].get_dict(), "oracle.settings")
        check_candidates(pool, settings)
        engine = load_engine(inputs["engine_name"].value)
        check_ports("oracle.engine", engine.spec().inputs["engine"], inputs["engine"])
        elements = sorted({*pool["element_a"].tolist(), *pool["element_b"].tolist()})
        engine.check_engine(inputs["engine"], elements, settings.liquid.thermostat)

    @classmethod
    def get_quantity(cls, inputs: Mapping[str, Any]) -> str:  # noqa: ARG003
        """Return the enthalpy of mixing."""
        return QUANTITY

    def run_shared(self) -> None:
        """Find the pure liquids in the graph, submit those that are not there; at a new attempt with another seed."""
        self.ctx.found = []
        candidates, settings = self.inputs.candidates, self.inputs.settings
        metadata = {"call_link_label": "make_reference_cells"}
        cells = make_reference_cells(candidates, settings, metadata=metadata)
        attempt = int(max(candidates.table[ATTEMPT], default=0)) if ATTEMPT in candidates.table else 0
        liquids = {}
        for reference in references_of(candidates.table):
            tries = [self._reference_inputs(reference, cells[reference.name], index) for index in range(attempt + 1)]
            liquid = next((found for inputs in tries if (found := find_liquid(inputs)) is not None), None)
            if liquid is None:
                metadata = {"call_link_label": f"reference_{reference.name}"}
                liquid = self.submit(LiquidStateWorkChain, **tries[-1], metadata=metadata)
                self.to_context(**{f"reference_{reference.name}": liquid})
            else:
                self.ctx.found = [*self.ctx.found, reference.name]
            liquids[reference.name] = liquid.pk
        self.ctx.references = liquids
        new = len(liquids) - len(self.ctx.found)
        self.report(f"pure liquids: {new} to simulate, {len(self.ctx.found)} found in the graph")

    def inspect_shared(self) -> None:
        """Make the start structures of the candidates whose pure liquids are known, and are liquids."""
        self.ctx.outcomes = {name: asdict(self._reference_outcome(name)) for name in self.ctx.references}
        outcomes = {name: Outcome(**outcome) for name, outcome in self.ctx.outcomes.items()}
        states = {name: self._reference(name).outputs.state for name in outcomes if not outcomes[name].failure}
        candidates = list(self.inputs.candidates.table.rows())
        self.ctx.failures = {row[ID]: missing_references(row, outcomes) for row in candidates}
        rows = [index for index, row in enumerate(candidates) if has_liquid_references(row, states)]
        self.ctx.cells = {}
        if rows:
            metadata = {"call_link_label": "make_mixture_cells"}
            chosen = Dict({"rows": rows})
            self.ctx.cells = dict(
                make_mixture_cells(self.inputs.candidates, self.inputs.settings, chosen, **states, metadata=metadata)
            )

    def launch_child(self, position: int) -> ProcessNode | None:
        """Submit the liquid of a candidate, unless a pure liquid failed or is no liquid."""
        if KEY.format(position) not in self.ctx.cells:
            return None
        candidate = list(self.inputs.candidates.table.rows())[position]
        elements = [candidate["element_a"], candidate["element_b"]]
        parts = (candidate[ID], candidate.get(ATTEMPT, 0))
        inputs = self._liquid_inputs(self.ctx.cells[KEY.format(position)], elements, candidate["temperature"], *parts)
        label = re.sub("[^A-Za-z0-9]+", "_", f"mixture {candidate[ID].replace('.', 'p')}").strip("_")
        return self.submit(LiquidStateWorkChain, **inputs, metadata={"call_link_label": label})

    def collect(self) -> None:
        """Attach the labels."""
        states = {
            name: self._reference(name).outputs.state
            for name in self.ctx.references
            if not self.ctx.outcomes[name]["failure"]
        }
        outcomes = dict(self.ctx.outcomes)
        for row, identifier in enumerate(self.ctx.names):
            child = self.child(identifier)
            outcome = Outcome(failure=self.ctx.failures[identifier]) if child is None else outcome_of(child)
            outcomes[KEY.format(row)] = asdict(outcome)
            if not outcome.failure and child is not None:
                states[KEY.format(row)] = child.outputs.state
        labels = label_mixtures(
            self.inputs.candidates,
            self.inputs.settings,
            Dict(outcomes),
            **states,
            metadata={"call_link_label": "label_mixtures"},
        )
        self.out("labels", labels)

    def _reference_inputs(self, reference: Reference, cell: Any, attempt: int) -> dict[str, Any]:
        parts = ("reference", attempt) if attempt else ("reference",)
        return self._liquid_inputs(cell, [reference.element], reference.temperature, *parts)

    def _liquid_inputs(self, cell: Any, elements: list[str], temperature: float, *parts: str | int) -> dict[str, Any]:
        settings = MixingSettings.parse(self.inputs.settings.get_dict(), "settings")
        engine = load_engine(self.inputs.engine_name.value)
        return {
            "structure": cell,
            "settings": Dict(settings.liquid.as_dict()),
            "temperature": Float(temperature),
            "seed": Int(derive_seed(settings.seed, "velocities", *elements, *parts)),
            "engine_name": Str(self.inputs.engine_name.value),
            "engine": engine.restrict_engine_inputs(self.inputs.engine, elements),
        }

    def _reference(self, name: str) -> ProcessNode:
        return load_node(self.ctx.references[name])

    def _reference_outcome(self, name: str) -> Outcome:
        outcome = outcome_of(self._reference(name))
        return Outcome(outcome.evidence, outcome.failure, 0.0 if name in self.ctx.found else outcome.core_hours)


def outcome_of(liquid: ProcessNode) -> Outcome:
    """Return how the simulation of a liquid ended and what it cost, runs that failed included."""
    segments = [segment for run in liquid.called for segment in run.called]
    results = [segment.outputs.results for segment in segments if "results" in segment.outputs]
    core_hours = sum(result["core_hours"] for result in results)
    return Outcome(liquid.uuid, "" if liquid.is_finished_ok else describe(liquid), core_hours)


def _check_inputs(inputs: Mapping[str, Any]) -> None:
    MixingEnthalpyWorkChain.check_inputs(inputs, inputs["candidates"].table)
