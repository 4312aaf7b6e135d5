"""Phase diagrams: free energies at several temperatures, and the common tangents of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from aiida.engine import ExitCode, ProcessSpec, calcfunction, if_, while_
from aiida.orm import AbstractCode, Dict, Float, Int, List, ProcessNode, load_node

from aiida_matal.calculations.landscape.phase_boundaries import PhaseBoundariesCalculation
from aiida_matal.calculations.validation import validator
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.order_lines import order_lines
from aiida_matal.science.landscape.phase_diagram import PhaseSettings
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.table import Table
from aiida_matal.workflows.campaigns.free_energy import FreeEnergyCampaign
from aiida_matal.workflows.campaigns.landscape_checks import check_free_energy_campaign
from aiida_matal.workflows.children import ParallelWorkChain
from aiida_matal.workflows.ports import check_whole
from aiida_matal.workflows.processes import describe

CAMPAIGN, PHASES, MODEL = "campaign_{:02d}", "phases_{:02d}", "model_{:02d}"
_SHARED = ("code", "system")
#: Inputs of a campaign that hold what was learned at one temperature.
_OF_ONE_TEMPERATURE = ("dataset", "test_set", "learning_curve", "previous_model", "summary")
#: Exit statuses of a campaign whose model is complete: it ended well, or at a limit.
_COMPLETE = (0, 401)


@calcfunction
def join_phases(**tables: TableData) -> dict[str, TableData]:
    """Return boundaries and curves of all temperatures.

    :param tables: ``boundaries_00``, ``curve_00`` and so on, in the order of the temperatures.
    """
    joined = {
        output: Table.concatenate([tables[name].table for name in sorted(tables) if name.startswith(start)])
        for output, start in (("phase_diagram", "boundaries"), ("curves", "curve"))
    }
    return {output: TableData(table, role="table") for output, table in joined.items()}


class PhaseDiagramWorkChain(ParallelWorkChain):
    """Find phases at several temperatures, from models that exist or from a campaign at each temperature.

    Temperatures without a model, or whose phases could not be found, are left out, and the exit code says so.
    """

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs, outline, outputs and exit codes."""
        super().define(spec)
        spec.input("code", valid_type=AbstractCode, help="A code whose executable is `matal-task`.")
        spec.input("system", valid_type=Dict, help="Crystal, cluster expansion and ordering (SystemSettings).")
        spec.input("temperatures", valid_type=List, help="In K, each once, in ascending order.")
        spec.input("settings", valid_type=Dict, default=lambda: Dict({}), help="How phases are found (PhaseSettings).")
        spec.input_namespace(
            "models",
            valid_type=ModelData,
            required=False,
            dynamic=True,
            help="A free energy at each temperature: model_00, model_01, ...",
        )
        spec.expose_inputs(
            FreeEnergyCampaign,
            namespace="campaign",
            exclude=(*_SHARED, *_OF_ONE_TEMPERATURE),
            namespace_options={"required": False, "populate_defaults": False, "help": "Instead of models: a campaign."},
        )
        spec.inputs["campaign"].validator = None
        spec.input("max_concurrent", valid_type=Int, required=False, help="Children that run at once (all if absent).")
        spec.input("task_options", valid_type=Dict, required=False, help="Options of the jobs that find phases.")
        spec.inputs.validator = validator(check_phase_diagram, "campaign", "models")
        spec.outline(
            cls.setup,
            if_(cls.needs_campaigns)(cls.queue_campaigns, while_(cls.has_unfinished)(cls.launch), cls.take_models),
            cls.queue_phases,
            while_(cls.has_unfinished)(cls.launch),
            cls.join,
            cls.finish,
        )
        spec.output("phase_diagram", valid_type=TableData, required=False, help="Boundaries at all temperatures.")
        spec.output("curves", valid_type=TableData, required=False, help="Lowest free energies over the composition.")
        spec.exit_code(
            301, "ERROR_TEMPERATURES_FAILED", message="{failed} of {number} temperatures are left out: {reasons}"
        )

    def setup(self) -> None:
        """Take the models that are given."""
        given = self.inputs.models if "models" in self.inputs else {}
        self.ctx.models = {name: model.pk for name, model in given.items()}
        self.ctx.failed = {}

    def needs_campaigns(self) -> bool:
        """Return whether models have to be made."""
        return "campaign" in self.inputs

    def queue_campaigns(self) -> None:
        """Queue a campaign for each temperature."""
        self.queue([CAMPAIGN.format(place) for place in range(len(self._temperatures))], self._limit)

    def take_models(self) -> None:
        """Take the models of the campaigns."""
        for place, name in enumerate(self.ctx.names):
            campaign = self.child(name)
            if campaign is not None and campaign.exit_status in _COMPLETE and "model" in campaign.outputs:
                self.ctx.models[MODEL.format(place)] = campaign.outputs.model.pk
            elif campaign is not None:
                self.ctx.failed[name] = describe(campaign)

    def queue_phases(self) -> None:
        """Queue a job for each model."""
        places = range(len(self._temperatures))
        self.queue([PHASES.format(place) for place in places if MODEL.format(place) in self.ctx.models], self._limit)

    def launch_child(self, position: int) -> ProcessNode:
        """Submit the campaign at a temperature, or the job that finds its phases."""
        name = self.ctx.names[position]
        place = int(name[-2:])
        metadata: dict[str, Any] = {"call_link_label": name}
        shared = {port: self.inputs[port] for port in _SHARED}
        temperature = self._temperatures[place]
        if name == CAMPAIGN.format(place):
            inputs = at_temperature(self.inputs.campaign, temperature)
            return self.submit(FreeEnergyCampaign, **{**inputs, **shared, "metadata": metadata})
        metadata["options"] = self.inputs.task_options.get_dict() if "task_options" in self.inputs else {}
        return self.submit(
            PhaseBoundariesCalculation,
            **shared,
            model=load_node(self.ctx.models[MODEL.format(place)]),
            temperature=Float(temperature),
            settings=self.inputs.settings,
            metadata=metadata,
        )

    def join(self) -> None:
        """Attach the phases of all temperatures."""
        tables: dict[str, TableData] = {}
        for name in self.ctx.names:
            job, place = self.child(name), int(name[-2:])
            if job is not None and job.is_finished_ok:
                tables |= {f"{output}_{place:02d}": job.outputs[output] for output in ("boundaries", "curve")}
            elif job is not None:
                self.ctx.failed[name] = describe(job)
        if tables:
            self.out_many(join_phases(**tables, metadata={"call_link_label": "join"}))

    def finish(self) -> ExitCode | None:
        """Say which temperatures are left out."""
        if not self.ctx.failed:
            return None
        temperatures = self._temperatures
        reasons = "; ".join(f"{temperatures[int(name[-2:])]:g} K: {why}" for name, why in self.ctx.failed.items())
        return self.exit_codes.ERROR_TEMPERATURES_FAILED.format(
            failed=len(self.ctx.failed), number=len(temperatures), reasons=reasons
        )

    @property
    def _temperatures(self) -> list[float]:
        return list(self.inputs.temperatures.get_list())

    @property
    def _limit(self) -> int | None:
        return self.inputs.max_concurrent.value if "max_concurrent" in self.inputs else None


def at_temperature(campaign: Mapping[str, Any], temperature: float) -> dict[str, Any]:
    """Return the inputs of a campaign at another temperature in K: of its oracle, test set and ideal mixing.

    :raises InputError: if the oracle has no temperature, as a model in place of Monte Carlo has none.
    """
    settings = campaign["oracle"]["settings"].get_dict()
    if "temperature" not in settings:
        reason = "its oracle has no temperature"
        raise InputError("campaign.oracle", sorted(settings), reason, "Use matal.oracle.umbrella.")
    inputs = {**campaign, "oracle": {**campaign["oracle"], "settings": Dict({**settings, "temperature": temperature})}}
    if "test_design" in campaign:
        inputs["test_design"] = Dict({**campaign["test_design"].get_dict(), "temperature": temperature})
    learner = campaign["learner"].get_dict()
    if learner.get("settings", {}).get("ideal_mixing") is not None:
        learner["settings"] = {**learner["settings"], "ideal_mixing": temperature}
        inputs["learner"] = Dict(learner)
    return inputs


def check_phase_diagram(inputs: Mapping[str, Any]) -> None:
    """Check all inputs against one another.

    :raises InputError: naming the field, the value and the cure.
    """
    system = System.from_settings(SystemSettings.parse(inputs["system"].get_dict(), "system"))
    settings = PhaseSettings.parse(inputs["settings"].get_dict() if "settings" in inputs else {}, "settings")
    order_lines(system, settings.orders, "settings.orders")
    temperatures = inputs["temperatures"].get_list()
    _check_temperatures(temperatures)
    if "max_concurrent" in inputs:
        check_whole("max_concurrent", inputs["max_concurrent"].value, 1)
    campaign, models = (inputs.get(name) or {} for name in ("campaign", "models"))
    if bool(campaign) == bool(models):
        raise InputError("models", sorted(models), "either models or a campaign is needed", "Give one of the two.")
    expected = [MODEL.format(place) for place in range(len(temperatures))]
    if models and sorted(models) != expected:
        cure = f"Give {', '.join(expected)}, one for each temperature."
        raise InputError("models", sorted(models), f"there are {len(temperatures)} temperatures", cure)
    if campaign:
        shared = {port: inputs[port] for port in _SHARED}
        check_free_energy_campaign({**at_temperature(campaign, temperatures[0]), **shared})


def _check_temperatures(temperatures: Sequence[Any]) -> None:
    cure = "Give at most 100 temperatures in K, above 0, in ascending order."
    if not 1 <= len(temperatures) <= 100:
        raise InputError("temperatures", len(temperatures), "there are none, or too many", cure)
    if not all(isinstance(kelvin, int | float) and math.isfinite(kelvin) and kelvin > 0 for kelvin in temperatures):
        raise InputError("temperatures", temperatures, "one is no number above 0", cure)
    if any(second <= first for first, second in pairwise(temperatures)):
        raise InputError("temperatures", temperatures, "they do not ascend", cure)
