"""The interface of every oracle, and the base of those that label a candidate by child processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ProcessSpec, WorkChain, while_
from aiida.orm import Dict, ProcessNode, load_node

from aiida_matal.data.table import TableData
from aiida_matal.science.table import ID, Table


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


class ParallelOracleWorkChain(OracleWorkChain):
    """An oracle that labels each candidate in a child process, several at a time.

    ``settings.max_concurrent`` says how many children run at once (all, if it is absent). A new child starts when the
    oldest running one has ended.
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
        self.ctx.ids = self.inputs.candidates.table[ID].tolist()
        self.ctx.children = {}
        limit = self.inputs.settings.get("max_concurrent", None)
        self.ctx.limit = limit or len(self.ctx.ids)

    def run_shared(self) -> None:
        """Run what several candidates need (nothing, unless overridden)."""

    def inspect_shared(self) -> Any:
        """Check what :meth:`run_shared` ran (nothing, unless overridden)."""

    def has_unfinished(self) -> bool:
        """Return whether a candidate waits or runs."""
        return len(self.ctx.children) < len(self.ctx.ids) or bool(self._running())

    def launch(self) -> None:
        """Fill the free places, then wait for the oldest running child."""
        for row in range(len(self.ctx.children), len(self.ctx.ids)):
            if len(self._running()) >= self.ctx.limit:
                break
            identifier = self.ctx.ids[row]
            node = self.launch_candidate(row)
            self.ctx.children[identifier] = node.pk if node is not None else None
            where = f"in process {node.pk}" if node is not None else "is not possible"
            self.report(f"labelling {identifier} ({row + 1} of {len(self.ctx.ids)}) {where}")
        running = self._running()
        if running:
            self.to_context(oldest=running[0])

    def launch_candidate(self, row: int) -> ProcessNode | None:
        """Submit and return the child process that labels the candidate in ``row``; None if it cannot be labelled."""
        raise NotImplementedError

    def collect(self) -> Any:
        """Attach the labels of all candidates, made by one calcfunction from the outputs of the children."""
        raise NotImplementedError

    def child(self, identifier: str) -> ProcessNode | None:
        """Return the child process that labelled a candidate, None if there was none."""
        pk = self.ctx.children[identifier]
        return None if pk is None else load_node(pk)

    def _running(self) -> list[ProcessNode]:
        nodes = [self.child(identifier) for identifier in self.ctx.children]
        return [node for node in nodes if node is not None and not node.is_terminated]
