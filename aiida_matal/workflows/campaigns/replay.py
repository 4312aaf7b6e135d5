"""A campaign on labels that exist: some systems to begin with, some kept aside, the others to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ProcessBuilder, ProcessSpec, calcfunction
from aiida.orm import AbstractCode, Dict, Str

from aiida_matal.data.table import TableData
from aiida_matal.science.benchmark.parts import ReplayParts, ReplaySplit, replay_parts
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.binaries import MIEDEMA
from aiida_matal.science.mixing.features import FEATURES
from aiida_matal.science.mixing.mixtures import QUANTITY
from aiida_matal.workflows.campaigns.campaign import CampaignWorkChain
from aiida_matal.workflows.campaigns.checks import check_campaign
from aiida_matal.workflows.campaigns.protocol_inputs import fill_from_protocol
from aiida_matal.workflows.oracles.reference import ReferenceWorkChain
from aiida_matal.workflows.protocols.protocol import Protocols

ORACLE = "matal.oracle.reference"


@calcfunction
def split_reference(reference: TableData, settings: Dict, split: Dict) -> dict[str, TableData]:
    """Return the labels to begin with, those kept aside, and the candidates without their labels."""
    parts = _parts(reference, settings, split)
    return {
        "dataset": TableData(parts.dataset, role="dataset"),
        "test_set": TableData(parts.test_set, role="dataset"),
        "pool": TableData(parts.pool, role="pool"),
    }


class ReplayCampaign(CampaignWorkChain):
    """Let a strategy choose from labels that are known, to see what it would have learned from how many."""

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Replace the pool and the test set by the split that makes them of the reference data."""
        super().define(spec)
        del spec.inputs["pool"]
        del spec.inputs["test_set"]
        spec.input("split", valid_type=Dict, help="How much is known at the start and kept aside, by groups.")
        spec.inputs["oracle_name"].default = lambda: Str(ORACLE)
        spec.inputs.validator = validate_replay
        spec.output("pool", valid_type=TableData, help="All candidates.")
        spec.output("test_set", valid_type=TableData, help="The labels kept aside to measure the error.")

    def setup(self) -> None:
        """Begin with the labels that the split gives, unless an earlier campaign is continued."""
        super().setup()
        self.ctx.latest.setdefault("dataset", self.ctx.parts["dataset"])

    def get_pool(self) -> TableData:
        """Split the reference data and return the candidates."""
        oracle = self.inputs.oracle
        metadata = {"call_link_label": "split_reference"}
        parts = split_reference(oracle["reference"], oracle["settings"], self.inputs.split, metadata=metadata)
        self.ctx.parts = parts
        for name in ("pool", "test_set"):
            self.out(name, parts[name])
        return parts["pool"]

    def round_inputs(self) -> dict[str, Any]:
        """Return the candidates and the test set."""
        return {**super().round_inputs(), "test_set": self.ctx.parts["test_set"]}

    @classmethod
    def get_protocols(cls) -> dict[str, str]:
        """Return what each protocol is for."""
        return Protocols("replay").descriptions()

    @classmethod
    def get_builder_from_protocol(
        cls,
        code: AbstractCode,
        reference: TableData,
        protocol: str | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> ProcessBuilder:
        """Return a builder with all inputs.

        :param code: a code whose executable is ``matal-task``.
        :param reference: enthalpies of mixing with the features of their liquids, such as an importer makes.
        :param protocol: one of :meth:`get_protocols`; the default one if not given.
        :param overrides: values laid over those of the protocol.
        :raises InputError: naming the first field that is refused.
        """
        values = Protocols("replay").inputs(protocol, overrides)
        values["learner"] = {"features": [*FEATURES, MIEDEMA], **values["learner"]}
        builder = cls.get_builder()
        fill_from_protocol(builder, code, values, QUANTITY)
        builder.split = Dict(ReplaySplit.parse(values["split"], "split").as_dict())
        builder.oracle_name = Str(ORACLE)
        builder.oracle = {"reference": reference, "settings": Dict({"quantity": QUANTITY})}
        _check(builder)
        return builder


def validate_replay(inputs: Mapping[str, Any], _: Any) -> str | None:
    """Return why the inputs are refused, or None. Runs before anything is stored or submitted."""
    if "split" not in inputs:
        return None
    try:
        _check(inputs)
    except InputError as exception:
        return str(exception)
    return None


def _check(inputs: Mapping[str, Any]) -> None:
    oracle = inputs["oracle"]
    if "reference" not in oracle or "settings" not in oracle:
        cure = "Give a table of labels and the name of their quantity."
        raise InputError("oracle", sorted(oracle), "it needs `reference` and `settings`", cure)
    parts = _parts(oracle["reference"], oracle["settings"], inputs["split"])
    given = {name: inputs[name] for name in inputs}
    tables = {"dataset": TableData(parts.dataset), "test_set": TableData(parts.test_set)}
    check_campaign({**tables, **given}, parts.pool)


def _parts(reference: TableData, settings: Dict, split: Dict) -> ReplayParts:
    quantity = ReferenceWorkChain.get_quantity({"settings": settings})
    return replay_parts(reference.table, quantity, ReplaySplit.parse(split.get_dict(), "split"))
