"""Campaign 1: enthalpy of mixing of binary liquids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiida.engine import ProcessBuilder, ProcessSpec, calcfunction
from aiida.orm import AbstractCode, Dict, Str

from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.mixtures import QUANTITY
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
from aiida_matal.science.mixing.settings import MixingSettings
from aiida_matal.workflows.campaigns.campaign import CampaignWorkChain
from aiida_matal.workflows.campaigns.checks import check_campaign
from aiida_matal.workflows.campaigns.protocol_inputs import fill_from_protocol
from aiida_matal.workflows.protocols.protocol import Protocols

ORACLE = "matal.oracle.mixing_enthalpy"


@calcfunction
def make_pool(space: Dict) -> TableData:
    """Return the pool of all binaries and compositions of a space, with their features."""
    return TableData(mixing_pool(MixingSpace.parse(space.get_dict(), "space")), role="pool")


class EnthalpyCampaign(CampaignWorkChain):
    """Choose binary liquids, simulate them, and learn their enthalpy of mixing."""

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Replace the pool by the space that it is made of."""
        super().define(spec)
        del spec.inputs["pool"]
        spec.input("space", valid_type=Dict, help="Elements, compositions and temperature of the candidates.")
        spec.inputs["oracle_name"].default = lambda: Str(ORACLE)
        spec.inputs.validator = validate_enthalpy_campaign
        spec.output("pool", valid_type=TableData, help="All candidates.")

    def get_pool(self) -> TableData:
        """Return the candidates that the space holds."""
        pool = make_pool(self.inputs.space, metadata={"call_link_label": "make_pool"})
        self.out("pool", pool)
        return pool

    @classmethod
    def get_protocols(cls) -> dict[str, str]:
        """Return what each protocol is for."""
        return Protocols("enthalpy").descriptions()

    @classmethod
    def get_builder_from_protocol(
        cls,
        code: AbstractCode,
        engine: Mapping[str, Any],
        elements: Sequence[str],
        protocol: str | None = None,
        overrides: Mapping[str, Any] | None = None,
        dataset: TableData | None = None,
        test_set: TableData | None = None,
    ) -> ProcessBuilder:
        """Return a builder with all inputs.

        :param code: a code whose executable is ``matal-task``.
        :param engine: the inputs of the MD engine: code, potential, options.
        :param elements: the elements whose binaries are the candidates.
        :param protocol: one of :meth:`get_protocols`; the default one if not given.
        :param overrides: values laid over those of the protocol.
        :param dataset: labels to begin with, such as those that an importer read.
        :param test_set: labels kept aside to measure the error.
        :raises InputError: naming the first field that is refused.
        """
        values = Protocols("enthalpy").inputs(protocol, overrides)
        space = MixingSpace.parse({**values["space"], "elements": list(elements)}, "space")
        builder = cls.get_builder()
        fill_from_protocol(builder, code, values, QUANTITY)
        builder.space = Dict(space.as_dict())
        oracle = MixingSettings.parse({"seed": values["seed"], **values["oracle"]}, "oracle.settings")
        for name, table in (("dataset", dataset), ("test_set", test_set)):
            if table is not None:
                builder[name] = table
        builder.oracle_name = Str(ORACLE)
        builder.oracle = {
            "settings": Dict(oracle.as_dict()),
            "engine_name": Str(values["engine_name"]),
            "engine": dict(engine),
        }
        check_campaign(builder, mixing_pool(space))
        return builder


def validate_enthalpy_campaign(inputs: Mapping[str, Any], _: Any) -> str | None:
    """Return why the inputs are refused, or None. Runs before anything is stored or submitted."""
    if "space" not in inputs:
        return None
    try:
        check_campaign(inputs, mixing_pool(MixingSpace.parse(inputs["space"].get_dict(), "space")))
    except InputError as exception:
        return str(exception)
    return None
