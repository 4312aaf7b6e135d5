"""How a finished process is described in messages."""

from __future__ import annotations

from aiida.orm import ProcessNode


def describe(node: ProcessNode) -> str:
    """Return one line that says how a process ended and how to look at it."""
    ended = node.exit_message or node.exception or (node.process_state.value if node.process_state else "no state")
    return f"{node.process_label}<{node.pk}>: {ended.strip()} (verdi process report {node.pk})"
