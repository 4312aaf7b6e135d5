"""Child processes, so many of them at once."""

from __future__ import annotations

from collections.abc import Sequence

from aiida.engine import WorkChain
from aiida.orm import ProcessNode, load_node


class ParallelWorkChain(WorkChain):
    """A work chain with one child process for each of some names, of which a limited number run at once.

    A new child starts when the oldest running one has ended. The outline has :meth:`launch` in a loop over
    :meth:`has_unfinished`, after a step that calls :meth:`queue`.
    """

    def queue(self, names: Sequence[str], limit: int | None) -> None:
        """Queue a child for each name.

        :param limit: how many children run at once, None for all.
        """
        self.ctx.names = list(names)
        self.ctx.children = {}
        self.ctx.limit = limit or len(self.ctx.names)

    def has_unfinished(self) -> bool:
        """Return whether a child waits or runs."""
        return len(self.ctx.children) < len(self.ctx.names) or bool(self._running())

    def launch(self) -> None:
        """Fill the free places, then wait for the oldest running child."""
        for position in range(len(self.ctx.children), len(self.ctx.names)):
            if len(self._running()) >= self.ctx.limit:
                break
            name = self.ctx.names[position]
            node = self.launch_child(position)
            self.ctx.children[name] = node.pk if node is not None else None
            where = f"in process {node.pk}" if node is not None else "is not possible"
            self.report(f"{name} ({position + 1} of {len(self.ctx.names)}) {where}")
        running = self._running()
        if running:
            self.to_context(oldest=running[0])

    def launch_child(self, position: int) -> ProcessNode | None:
        """Submit and return the child process of the name at ``position``; None if there can be none."""
        raise NotImplementedError

    def child(self, name: str) -> ProcessNode | None:
        """Return the child process of a name, None if there was none."""
        pk = self.ctx.children[name]
        return None if pk is None else load_node(pk)

    def _running(self) -> list[ProcessNode]:
        nodes = [self.child(name) for name in self.ctx.children]
        return [node for node in nodes if node is not None and not node.is_terminated]
