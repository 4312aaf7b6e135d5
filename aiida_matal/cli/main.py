"""The command ``aiida-matal``."""

from __future__ import annotations

import click

from aiida_matal.cli.group import LazyCommand, LazyGroup
from aiida_matal.cli.profile import PROFILE

COMMANDS = {
    "quickstart": LazyCommand("aiida_matal.cli.quickstart:quickstart", "From nothing to a finished campaign."),
    "setup": LazyCommand("aiida_matal.cli.setup:setup", "Set up this computer and its codes."),
    "doctor": LazyCommand("aiida_matal.cli.doctor:doctor", "Find what is wrong, and how to cure it."),
    "campaign": LazyCommand("aiida_matal.cli.campaign:campaign", "Launch, follow, extend, fork and report campaigns."),
    "label": LazyCommand("aiida_matal.cli.label:label", "Look at a label and the simulations behind it."),
    "landscape": LazyCommand(
        "aiida_matal.cli.landscape:landscape", "Check, sweep, draw and export free-energy landscapes."
    ),
    "data": LazyCommand("aiida_matal.cli.data:data", "Import labels and export them for Calphad software."),
    "model": LazyCommand("aiida_matal.cli.model:model", "Train models with nested cross-validation; predict binaries."),
}


EPILOG = """
Begin with: aiida-matal quickstart

In a profile that exists already: aiida-matal setup, then aiida-matal campaign launch --help

Tables and models: verdi data matal --help
"""


@click.group(cls=LazyGroup, lazy=COMMANDS, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-p", "--profile", metavar="NAME", help="AiiDA profile to use instead of the default one.")
@click.version_option(package_name="aiida-matal")
@click.pass_context
def main(ctx: click.Context, profile: str | None) -> None:
    """Active-learning campaigns with full provenance."""
    ctx.meta[PROFILE] = profile
