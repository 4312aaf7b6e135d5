"""The command group ``aiida-matal campaign``."""

from __future__ import annotations

import click

from aiida_matal.cli.group import LazyCommand, LazyGroup

COMMANDS = {
    "launch": LazyCommand("aiida_matal.cli.launch:launch", "Launch a campaign."),
    "list": LazyCommand("aiida_matal.cli.campaign_list:list_", "List the campaigns of the profile."),
    "status": LazyCommand("aiida_matal.cli.campaign_status:status", "Say how far a campaign is."),
    "watch": LazyCommand("aiida_matal.cli.campaign_watch:watch", "Follow a campaign until it ends."),
    "extend": LazyCommand("aiida_matal.cli.campaign_continue:extend", "Go on where a campaign ended."),
    "fork": LazyCommand("aiida_matal.cli.campaign_continue:fork", "Repeat a campaign with another strategy."),
    "report": LazyCommand("aiida_matal.cli.campaign_report:report", "Write the report of a campaign."),
    "figures": LazyCommand("aiida_matal.cli.campaign_figures:figures", "Write the figures of a campaign to files."),
    "benchmark": LazyCommand("aiida_matal.cli.campaign_benchmark:benchmark", "Compare strategies on data that exist."),
}


@click.group(
    cls=LazyGroup, lazy=COMMANDS, epilog="Example: aiida-matal campaign list; aiida-matal campaign status 1234"
)
def campaign() -> None:
    """Launch, follow, extend, fork and report campaigns."""
