"""The command group ``aiida-matal label``."""

from __future__ import annotations

import click

from aiida_matal.cli.group import LazyCommand, LazyGroup

COMMANDS = {
    "show": LazyCommand("aiida_matal.cli.label_show:show", "Show a label, its liquids and its figures."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, epilog="Example: aiida-matal label show 389")
def label() -> None:
    """Look at a label and the simulations behind it."""
