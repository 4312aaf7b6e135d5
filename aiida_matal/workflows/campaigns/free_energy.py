"""Campaign 2: free-energy landscapes from lattice Monte Carlo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ExitCode, ProcessBuilder, ProcessSpec, if_, while_
from aiida.orm import AbstractCode, Dict, Int, ProcessNode, Str
from aiida.plugins import WorkflowFactory

from aiida_matal.calculations.landscape.sample import SampleCalculation
from aiida_matal.calculations.validation import validator
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.labels import NO_ROUND
from aiida_matal.science.seeds import derive_seed
from aiida_matal.workflows.campaigns.campaign_base import BaseCampaignWorkChain
from aiida_matal.workflows.campaigns.free_energy_inputs import fill_builder
from aiida_matal.workflows.campaigns.landscape_checks import check_free_energy_campaign, complete_test_design
from aiida_matal.workflows.campaigns.landscape_oracle import bias_of, complete_oracle_inputs
from aiida_matal.workflows.campaigns.landscape_round import LandscapeRoundWorkChain
from aiida_matal.workflows.campaigns.steps import collect_labels
from aiida_matal.workflows.processes import describe
from aiida_matal.workflows.protocols.protocol import Protocols

ORACLE = "matal.oracle.umbrella"


class FreeEnergyCampaign(BaseCampaignWorkChain):
    """Choose points in the space of composition and order parameters, sample them, and learn the free energy.

    A test set is sampled once, before the rounds, unless it is given or not asked for.
    """

    round_class = LandscapeRoundWorkChain
    passed_on = {**BaseCampaignWorkChain.passed_on, "model": "previous_model"}
    results = (*BaseCampaignWorkChain.results, "errors")

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define the design of the test set."""
        super().define(spec)
        spec.input("test_design", valid_type=Dict, required=False, help="Points of a test set (TestSetSettings).")
        spec.inputs["oracle_name"].default = lambda: Str(ORACLE)
        needed = ("system", "learner", "sampling", "oracle")
        spec.inputs.validator = validator(check_free_energy_campaign, *needed)
        spec.outline(
            cls.setup,
            if_(cls.needs_test_set)(
                cls.design_test_set,
                cls.label_test_set,
                cls.collect_test_set,
            ),
            while_(cls.goes_on)(cls.run_round, cls.inspect_round),
            cls.finish,
        )
        spec.output("test_set", valid_type=TableData, required=False, help="Labels kept aside to measure the error.")
        spec.output("errors", valid_type=TableData, required=False, help="Errors of the model by region and criterion.")
        spec.exit_code(311, "ERROR_TEST_SET_FAILED", message="The test set could not be made: {message}")

    @classmethod
    def continued_from(cls, round_: ProcessNode, *, after: bool) -> dict[str, Any]:
        """Return the inputs with which a campaign goes on; the test set is not sampled again."""
        test_set = {"test_set": round_.inputs.test_set} if "test_set" in round_.inputs else {}
        return {**super().continued_from(round_, after=after), **test_set}

    def setup(self) -> None:
        """Take the labels to begin with, and the test set if there is one."""
        super().setup()
        self.ctx.test_set = self.inputs.test_set if "test_set" in self.inputs else None

    def needs_test_set(self) -> bool:
        """Return whether a test set is asked for and has to be made."""
        return self.ctx.test_set is None and "test_design" in self.inputs

    def design_test_set(self) -> None:
        """Submit the job that chooses the points of the test set."""
        options = self.inputs.task_options.get_dict() if "task_options" in self.inputs else {}
        points = self.submit(
            SampleCalculation,
            code=self.inputs.code,
            system=self.inputs.system,
            test_design=Dict(complete_test_design(self.inputs.test_design.get_dict(), self.inputs.oracle)),
            phi=Dict(bias_of(self.inputs.oracle)),
            seed=Int(derive_seed(self.inputs.seed.value, "test set")),
            metadata={"call_link_label": "test_points", "options": options},
        )
        self.to_context(test_points=points)

    def label_test_set(self) -> ExitCode | None:
        """Submit the oracle for the points of the test set."""
        points = self.ctx.test_points
        if not points.is_finished_ok:
            return self.exit_codes.ERROR_TEST_SET_FAILED.format(message=describe(points))
        name = self.inputs.oracle_name.value
        inputs = complete_oracle_inputs(name, self.inputs.oracle, system=self.inputs.system, code=self.inputs.code)
        metadata = {"call_link_label": "label_test_set"}
        oracle = self.submit(WorkflowFactory(name), **inputs, candidates=points.outputs.candidates, metadata=metadata)
        self.report(f"test set: {len(points.outputs.candidates)} points in process {oracle.pk}")
        self.to_context(test_oracle=oracle)
        return None

    def collect_test_set(self) -> ExitCode | None:
        """Attach the test set."""
        oracle = self.ctx.test_oracle
        if "labels" not in oracle.outputs:
            return self.exit_codes.ERROR_TEST_SET_FAILED.format(message=describe(oracle))
        points, labels = self.ctx.test_points.outputs.candidates, oracle.outputs.labels
        metadata = {"call_link_label": "collect_test_set"}
        self.ctx.test_set = collect_labels(points, Int(NO_ROUND), labels_0=labels, metadata=metadata)
        self.out("test_set", self.ctx.test_set)
        n_known = int((labels.table["status"] == "ok").sum())
        if n_known == 0:
            reason = labels.table["reason"][0] if len(labels) else "it has no points"
            return self.exit_codes.ERROR_TEST_SET_FAILED.format(message=f"no point could be labelled: {reason}")
        self.report(f"test set: {n_known} of {len(labels)} points labelled")
        return None

    def round_inputs(self) -> dict[str, Any]:
        """Return the test set."""
        return {} if self.ctx.test_set is None else {"test_set": self.ctx.test_set}

    @classmethod
    def get_protocols(cls) -> dict[str, str]:
        """Return what each protocol is for."""
        return Protocols("free_energy").descriptions()

    @classmethod
    def get_builder_from_protocol(
        cls,
        code: AbstractCode,
        system: Mapping[str, Any],
        protocol: str | None = None,
        overrides: Mapping[str, Any] | None = None,
        *,
        dataset: TableData | None = None,
        test_set: TableData | None = None,
        surrogate: ModelData | None = None,
        oracle: Mapping[str, Any] | None = None,
    ) -> ProcessBuilder:
        """Return a builder with all inputs.

        :param code: a code whose executable is ``matal-task``.
        :param system: crystal, cluster expansion and ordering (SystemSettings).
        :param protocol: one of :meth:`get_protocols`; the default one if not given.
        :param overrides: values laid over those of the protocol.
        :param dataset: labels to begin with.
        :param test_set: labels kept aside to measure the error; without them the test design of the protocol is
            sampled.
        :param surrogate: a model of a free energy that labels the points in place of Monte Carlo.
        :param oracle: inputs of the oracle other than its settings: ``code`` and ``options`` of the Monte Carlo jobs.
        :raises InputError: naming the first field that is refused.
        """
        values = Protocols("free_energy").inputs(protocol, overrides)
        builder = cls.get_builder()
        fill_builder(builder, code, system, values, surrogate, oracle or {})
        for name, table in (("dataset", dataset), ("test_set", test_set)):
            if table is not None:
                builder[name] = table
        check_free_energy_campaign(builder)
        return builder
