"""The command ``aiida-matal campaign watch``."""

from __future__ import annotations

import sys
import time

import click

from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.status_text import status_line, status_text
from aiida_matal.provenance.campaigns import CampaignStatus, campaign_status, load_campaign


@click.command(epilog="Example: aiida-matal campaign watch 1234")
@click.argument("campaign", metavar="PK|UUID")
@click.option("--interval", type=click.FloatRange(min=0.1), default=3, show_default=True, help="Seconds in between.")
def watch(campaign: str, interval: float) -> None:
    """Follow a campaign until it ends; Ctrl-C stops watching, the campaign goes on.

    In a terminal the status is refreshed in place; otherwise a line is written whenever something changed.
    """
    load_profile()
    node = load_campaign(campaign)
    try:
        _follow(node.pk, interval)
    except KeyboardInterrupt:
        click.echo(f"\nStopped watching; the campaign goes on: aiida-matal campaign status {node.pk}")


def _follow(pk: int, interval: float) -> None:
    shown = ""
    while True:
        status = campaign_status(load_campaign(str(pk)))
        shown = _show(status, shown)
        if status.is_finished:
            return
        time.sleep(interval)


def _show(status: CampaignStatus, shown: str) -> str:
    """Print the status and return what was printed, to print nothing twice; moments between steps are passed over."""
    if sys.stdout.isatty():
        click.clear()
        click.echo(status_text(status))
        return ""
    line = status_line(status)
    if line == shown or not (":" in status.now or status.is_finished):
        return shown
    click.echo(line)
    return line
