"""The command group ``verdi data matal``."""

from __future__ import annotations

import click

from aiida_matal.cli.group import LazyCommand, LazyGroup

COMMANDS = {
    "table": LazyCommand("aiida_matal.cli.data_table:table", "Show and export tables."),
    "model": LazyCommand("aiida_matal.cli.data_model:model", "Show and export models."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, epilog="Example: verdi data matal table show 1234 --rows 10")
def matal() -> None:
    """Show and export the tables and models of campaigns."""
