"""The command ``aiida-matal landscape check``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from aiida_matal.cli.landscape_text import system_text, system_values

_EPILOG = """\b
Example:
  aiida-matal landscape check zigzag.yaml
"""


@click.command(epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(file: Path, as_json: bool) -> None:
    """Say what follows from a crystal, its cluster expansion and an ordering.

    FILE is YAML or JSON with the keys crystal, expansion and ordering, as a campaign takes them. Nothing is run, and no
    profile is needed.
    """
    from aiida_matal.science.landscape.system import read_system

    values = system_values(read_system(file))
    click.echo(json.dumps(values, indent=2) if as_json else system_text(values))
