"""The oracle that looks labels up in data that exist: replays and benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ProcessSpec, calcfunction
from aiida.orm import Dict
from pydantic import Field

from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.reference import look_up
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import ID, Table
from aiida_matal.workflows.oracles.oracle import OracleWorkChain


class ReferenceSettings(Settings):
    """What to look up."""

    quantity: str = Field(description="the column of the reference data that holds the labels")


@calcfunction
def look_up_labels(candidates: TableData, reference: TableData, settings: Dict) -> TableData:
    """Return the labels that ``reference`` has for the candidates; those it does not have are failed."""
    quantity = ReferenceSettings.parse(settings.get_dict(), "settings").quantity
    labels = look_up(candidates.table[ID].tolist(), reference.table, quantity, reference.uuid)
    return TableData(labels, role="labels")


class ReferenceWorkChain(OracleWorkChain):
    """Label candidates with the values that a dataset node has for them; costs nothing."""

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs and outline."""
        super().define(spec)
        spec.input("reference", valid_type=TableData, help="The data to look labels up in, with a column `id`.")
        spec.outline(cls.look_up)

    @classmethod
    def check_inputs(cls, inputs: Mapping[str, Any], pool: Table) -> None:
        """Refuse a quantity, labels or a reference that do not fit."""
        quantity = cls.get_quantity(inputs)
        reference = inputs["reference"].table
        reference.matrix([quantity])
        look_up(reference[ID].tolist(), reference, quantity)
        if not set(pool[ID].tolist()) & set(reference[ID].tolist()):
            ids = reference[ID].tolist()
            raise InputError("oracle.reference", ids, "it knows no candidate of the pool", "Use the ids of the pool.")

    @classmethod
    def get_quantity(cls, inputs: Mapping[str, Any]) -> str:
        """Return the quantity that the settings name."""
        return ReferenceSettings.parse(inputs["settings"].get_dict(), "oracle.settings").quantity

    def look_up(self) -> None:
        """Attach the labels."""
        labels = look_up_labels(
            self.inputs.candidates,
            self.inputs.reference,
            self.inputs.settings,
            metadata={"call_link_label": "look_up_labels"},
        )
        self.out("labels", labels)
