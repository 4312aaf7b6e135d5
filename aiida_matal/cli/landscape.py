"""The command group ``aiida-matal landscape``."""

from __future__ import annotations

import click

from aiida_matal.cli.group import LazyCommand, LazyGroup

COMMANDS = {
    "check": LazyCommand("aiida_matal.cli.landscape_check:check", "Say what follows from a crystal and an ordering."),
    "import-casm": LazyCommand("aiida_matal.cli.landscape_import_casm:import_casm", "Import a cluster expansion."),
    "sweep": LazyCommand("aiida_matal.cli.landscape_sweep:sweep", "Unbiased Monte Carlo over potentials or T."),
    "phase-diagram": LazyCommand("aiida_matal.cli.landscape_phase_diagram:phase_diagram", "Common tangents over T."),
    "export": LazyCommand("aiida_matal.cli.landscape_export:export", "Write a free energy for phase-field codes."),
    "figures": LazyCommand("aiida_matal.cli.landscape_figures:figures", "Draw slices of models and learning curves."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, epilog="Example: aiida-matal landscape check zigzag.yaml")
def landscape() -> None:
    """Check, sweep, draw and export free-energy landscapes."""
