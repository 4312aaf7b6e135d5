"""The oracle of free-energy landscapes: umbrella-sampled Monte Carlo on a lattice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ProcessSpec, while_
from aiida.orm import AbstractCode, CalcJobNode, Dict, Int, load_node
from pydantic import Field

from aiida_matal.calculations.landscape.umbrella import UmbrellaCalculation
from aiida_matal.calculations.validation import validator
from aiida_matal.science.landscape.columns import MU
from aiida_matal.science.landscape.labels import check_candidates
from aiida_matal.science.landscape.monte_carlo.settings import UmbrellaSettings
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.table import ID, Table
from aiida_matal.workflows.children import ParallelWorkChain
from aiida_matal.workflows.oracles.oracle import OracleWorkChain
from aiida_matal.workflows.oracles.umbrella_steps import collect_labels, cut_candidates, labelled, points_left
from aiida_matal.workflows.ports import check_ports
from aiida_matal.workflows.processes import describe


class UmbrellaOracleSettings(UmbrellaSettings):
    """Settings of the sampling, and how the points are shared out over jobs."""

    chunk_size: int = Field(16, ge=1, description="how many points one job samples, 1 or more")
    max_concurrent: int | None = Field(None, ge=1, description="how many jobs run at once, or null: all")
    max_restarts: int = Field(
        2, ge=0, description="how often a new job goes on with the points that one did not come to, 0 or more"
    )

    def sampling(self) -> dict[str, Any]:
        """Return the settings of the sampling alone."""
        return {name: value for name, value in self.as_dict().items() if name in UmbrellaSettings.model_fields}


class UmbrellaWorkChain(ParallelWorkChain, OracleWorkChain):
    """Label points with chemical potentials by Monte Carlo, held near each point by a bias on eta.

    Each job samples a chunk of the points. A job that ended early leaves the labels of the points that it came to;
    another job samples the rest. What is found at a point does not depend on the chunks.
    """

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs and outline."""
        super().define(spec)
        spec.input("code", valid_type=AbstractCode, help="A code whose executable is `matal-task`.")
        spec.input("system", valid_type=Dict, help="Crystal, cluster expansion and ordering (SystemSettings).")
        spec.input("options", valid_type=Dict, required=False, help="Options of the jobs: resources, queue_name, ...")
        spec.inputs.validator = validator(_check_inputs, "candidates")
        spec.outline(
            cls.setup,
            while_(cls.has_unfinished)(cls.launch, cls.go_on),
            cls.collect,
        )

    @classmethod
    def check_inputs(cls, inputs: Mapping[str, Any], pool: Table) -> None:
        """Refuse a system, settings, options or points that are wrong or do not fit one another."""
        system = System.from_settings(SystemSettings.parse(inputs["system"].get_dict(), "oracle.system"))
        settings = UmbrellaOracleSettings.parse(inputs["settings"].get_dict(), "oracle.settings")
        cell = system.order_parameters.sublattice_sites.repeat(settings.repeats)
        settings.check_width(cell.n_sites, "oracle.settings")
        options = inputs["options"].get_dict() if "options" in inputs else {}
        ports = UmbrellaCalculation.spec().inputs["metadata"]["options"]
        check_ports("oracle.options", ports, options, without={"resources"} - set(options))
        if len(pool):
            check_candidates(pool, system.d)

    @classmethod
    def get_quantity(cls, inputs: Mapping[str, Any]) -> str:  # noqa: ARG003
        """Return the name of the chemical potentials."""
        return MU

    def setup(self) -> None:
        """Cut the points in chunks."""
        settings = self._settings
        self.ctx.sampling = Dict(settings.sampling()).store().pk
        metadata = {"call_link_label": "cut_candidates"}
        chunks = cut_candidates(self.inputs.candidates, Int(settings.chunk_size), metadata=metadata)
        self.ctx.points = {name: node.pk for name, node in chunks.items()}
        self.ctx.seen = []
        self.queue(sorted(chunks), settings.max_concurrent)

    def launch_child(self, position: int) -> CalcJobNode:
        """Submit the job that samples the points of a name."""
        name = self.ctx.names[position]
        options = self.inputs.options.get_dict() if "options" in self.inputs else {}
        return self.submit(
            UmbrellaCalculation,
            code=self.inputs.code,
            system=self.inputs.system,
            settings=load_node(self.ctx.sampling),
            candidates=load_node(self.ctx.points[name]),
            metadata={"call_link_label": name, "options": options},
        )

    def go_on(self) -> None:
        """Queue what is left of the points of the jobs that have ended early."""
        for name in [name for name in self.ctx.children if name not in self.ctx.seen]:
            job = self._job(name)
            if not job.is_terminated:
                continue
            self.ctx.seen.append(name)
            chunk, restart = _parts(name)
            if restart < self._settings.max_restarts and _has_come_part_of_the_way(job):
                following = f"{chunk}_{restart + 1}"
                metadata = {"call_link_label": f"left_of_{name}"}
                left = points_left(job.inputs.candidates, job.outputs.labels, metadata=metadata)
                self.report(f"{describe(job)}; {following} goes on with {len(left)} points")
                self.ctx.points[following] = left.pk
                self.ctx.names.append(following)

    def collect(self) -> None:
        """Attach the labels of all points; those that no job came to are failed."""
        jobs = {name: self._job(name) for name in self.ctx.children}
        with_labels = {name: job for name, job in jobs.items() if "labels" in job.outputs}
        found = {name: job.outputs.labels for name, job in with_labels.items()}
        missing = self._missing(jobs, set().union(*(labelled(table) for table in found.values())))
        outcomes = {"evidence": {name: _ran(job) for name, job in with_labels.items()}, "missing": missing}
        metadata = {"call_link_label": "collect_labels"}
        self.out("labels", collect_labels(self.inputs.candidates, Dict(outcomes), **found, metadata=metadata))

    def _missing(self, jobs: Mapping[str, CalcJobNode], found: set[str]) -> dict[str, dict[str, str]]:
        """Return, for each point without a label, the job that was the last to have it, and how that ended."""
        missing: dict[str, dict[str, str]] = {}
        for job in jobs.values():
            ended = {"reason": describe(job), "evidence": _ran(job)}
            missing |= {name: ended for name in job.inputs.candidates.table[ID].tolist() if name not in found}
        return missing

    def _job(self, name: str) -> CalcJobNode:
        return load_node(self.ctx.children[name])

    @property
    def _settings(self) -> UmbrellaOracleSettings:
        return UmbrellaOracleSettings.parse(self.inputs.settings.get_dict(), "settings")


def _parts(name: str) -> tuple[str, int]:
    """Return the chunk that a job belongs to, and how many jobs of it came before."""
    chunk, number, *restart = name.split("_")
    return f"{chunk}_{number}", int(restart[0]) if restart else 0


def _has_come_part_of_the_way(job: CalcJobNode) -> bool:
    return "labels" in job.outputs and len(job.outputs.labels) < len(job.inputs.candidates)


def _check_inputs(inputs: Mapping[str, Any]) -> None:
    UmbrellaWorkChain.check_inputs(inputs, inputs["candidates"].table)


def _ran(job: CalcJobNode) -> str:
    """Return the uuid of the job that ran: of one taken from the cache that of the first, so that labels are equal."""
    return str(job.base.caching.get_cache_source() or job.uuid)
