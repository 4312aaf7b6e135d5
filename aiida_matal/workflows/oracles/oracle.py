"""The interface of every oracle, and the base of those that label a candidate by child processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ProcessSpec, WorkChain, while_
from aiida.orm import Dict

from aiida_matal.data.table import TableData
from aiida_matal.science.table import ID, Table
from aiida_matal.workflows.children import ParallelWorkChain


class OracleWorkChain(WorkChain):
    """Turn candidates into labels.

    A candidate that cannot be labelled is a row with status ``failed`` or ``rejected`` and a reason; the oracle itself
    only fails when nothing can be said about any candidate.
    """

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define the ports every oracle has."""
        super().define(spec)
        spec.input("candidates", valid_type=TableData, help="The candidates to label, one a row, with a column `id`.")
        spec.input("settings", valid_type=Dict, help="Settings of the oracle.")
        spec.output("labels", valid_type=TableData, help="One label a candidate: value, error, status, reason, cost.")

    @classmethod
    def check_inputs(cls, inputs: Mapping[str, Any], pool: Table) -> None:
        """Refuse inputs with which no candidate of ``pool`` could be labelled. Called before a campaign is submitted.

        :param inputs: the inputs of the oracle other than the candidates, of the types that the ports ask for.
        :raises InputError: naming the field, the value and the cure.
        """

    @classmethod
    def get_quantity(cls, inputs: Mapping[str, Any]) -> str:
        """Return the name of the column of the labels that holds the values.

        :param inputs: the inputs of the oracle other than the candidates.
        """
        raise NotImplementedError


class ParallelOracleWorkChain(ParallelWorkChain, OracleWorkChain):
    """An oracle that labels each candidate in a child process, several at a time.

    ``settings.max_concurrent`` says how many children run at once (all, if it is absent).
    """

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define the outline."""
        super().define(spec)
        spec.outline(
            cls.setup,
            cls.run_shared,
            cls.inspect_shared,
            while_(cls.has_unfinished)(cls.launch),
            cls.collect,
        )

    def setup(self) -> None:
        """Queue the candidates."""
        self.queue(self.inputs.candidates.table[ID].tolist(), self.inputs.settings.get("max_concurrent", None))

    def run_shared(self) -> None:
        """Run what several candidates need (nothing, unless overridden)."""

    def inspect_shared(self) -> Any:
        """Check what :meth:`run_shared` ran (nothing, unless overridden)."""

    def collect(self) -> Any:
        """Attach the labels of all candidates, made by one calcfunction from the outputs of the children."""
        raise NotImplementedError
