"""The command ``aiida-matal campaign list``."""

from __future__ import annotations

import json

import click

from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.text import text_table
from aiida_matal.provenance.campaigns import CampaignStatus, campaign_status, find_campaigns


@click.command("list", epilog="Example: aiida-matal campaign list --limit 5")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(limit: int, as_json: bool) -> None:
    """List the campaigns of the profile, newest first."""
    load_profile()
    statuses = [campaign_status(node) for node in find_campaigns(limit)]
    if as_json:
        click.echo(json.dumps([status.as_dict() for status in statuses], indent=2))
    elif statuses:
        header = ["pk", "kind", "launched (UTC)", "state", "rounds", "labels", "failed", "core-hours"]
        click.echo(text_table(header, [_row(status) for status in statuses]))
    else:
        click.echo("There are no campaigns in this profile. Launch one: aiida-matal campaign launch --help")


def _row(status: CampaignStatus) -> tuple[object, ...]:
    state = status.state if status.exit_status is None else f"{status.state} [{status.exit_status}]"
    return (
        status.pk,
        status.kind,
        f"{status.created:%Y-%m-%d %H:%M}",
        state,
        len(status.rounds),
        status.n_labels,
        status.n_failed,
        status.core_hours,
    )
