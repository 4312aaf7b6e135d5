"""The command ``aiida-matal campaign status``."""

from __future__ import annotations

import json

import click

from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.status_text import status_text
from aiida_matal.provenance.campaigns import campaign_status, load_campaign


@click.command(epilog="Example: aiida-matal campaign status 1234")
@click.argument("campaign", metavar="PK|UUID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(campaign: str, as_json: bool) -> None:
    """Say how far a campaign is: rounds, labels, model error, cost, what runs now, what to do next.

    The error in the row of a round is that of the model trained when the round began.
    """
    load_profile()
    found = campaign_status(load_campaign(campaign))
    click.echo(json.dumps(found.as_dict(), indent=2) if as_json else status_text(found))
