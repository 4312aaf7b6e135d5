"""A campaign that chooses from a pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ProcessSpec

from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.workflows.campaigns.campaign_base import BaseCampaignWorkChain
from aiida_matal.workflows.campaigns.checks import check_campaign
from aiida_matal.workflows.campaigns.round import RoundWorkChain


class CampaignWorkChain(BaseCampaignWorkChain):
    """Run rounds that choose from a pool until a stopping rule says stop.

    A campaign of an own science is a subclass that makes the pool; this class takes any pool and any oracle.
    """

    round_class = RoundWorkChain

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define how the inputs are checked."""
        super().define(spec)
        spec.inputs.validator = validate_campaign

    def setup(self) -> None:
        """Take the pool, and the labels to begin with."""
        self.ctx.pool = self.get_pool()
        super().setup()

    def get_pool(self) -> TableData:
        """Return the candidates."""
        return self.inputs.pool

    def round_inputs(self) -> dict[str, Any]:
        """Return the inputs of a round that the campaign makes."""
        return {"pool": self.ctx.pool}


def validate_campaign(inputs: Mapping[str, Any], _: Any) -> str | None:
    """Return why the inputs are refused, or None. Runs before anything is stored or submitted."""
    if "pool" not in inputs:
        return None
    try:
        check_campaign(inputs, inputs["pool"].table)
    except InputError as exception:
        return str(exception)
    return None
