"""The command group ``aiida-matal data``."""

from __future__ import annotations

import click

from aiida_matal.cli.group import LazyCommand, LazyGroup

COMMANDS = {
    "import": LazyCommand("aiida_matal.cli.data_import:import_", "Import labels from CSV, TDB and ESPEI files."),
    "export": LazyCommand("aiida_matal.cli.data_export:export", "Export labels and predictions for Calphad software."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, epilog="Example: aiida-matal data import tdb my.tdb")
def data() -> None:
    """Import labels and export them for Calphad software."""
