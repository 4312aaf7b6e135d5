"""The commands ``aiida-matal campaign extend`` and ``fork``."""

from __future__ import annotations

import click
from aiida.engine import ProcessBuilder

from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.submission import submit_campaign
from aiida_matal.provenance.campaigns import load_campaign
from aiida_matal.workflows.campaigns import continuation


@click.command(epilog="Example: aiida-matal campaign extend 1234 --rounds 2")
@click.argument("campaign", metavar="PK|UUID")
@click.option("--rounds", type=int, required=True, help="How many more rounds of labels.")
def extend(campaign: str, rounds: int) -> None:
    """Go on where a campaign ended, as a new campaign that begins with its dataset."""
    load_profile()
    _submit(continuation.extend(load_campaign(campaign), rounds))


@click.command(epilog="Example: aiida-matal campaign fork 1234 --round 2 --criterion random")
@click.argument("campaign", metavar="PK|UUID")
@click.option("--round", "number", type=int, required=True, help="First round that is repeated, from 0.")
@click.option("--criterion", help="Select by this criterion instead.")
@click.option("--seed", type=int, help="Use this seed instead.")
def fork(campaign: str, number: int, criterion: str | None, seed: int | None) -> None:
    """Repeat a campaign from a round on with another criterion or seed; the rounds before are shared."""
    load_profile()
    _submit(continuation.fork(load_campaign(campaign), number, criterion, seed))


def _submit(builder: ProcessBuilder) -> None:
    node = submit_campaign(builder)
    click.echo(f"campaign {node.pk} is submitted ({node.uuid})")
    click.echo(f"follow it with:  aiida-matal campaign watch {node.pk}")
