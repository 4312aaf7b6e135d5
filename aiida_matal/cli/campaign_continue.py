"""The commands ``aiida-matal campaign extend`` and ``fork``."""

from __future__ import annotations

from pathlib import Path

import click

from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.submission import announce, submit_campaign
from aiida_matal.provenance.campaigns import load_campaign
from aiida_matal.workflows.campaigns import continuation
from aiida_matal.workflows.yaml_files import read_mapping

_FORK_EPILOG = """\b
Examples:
  aiida-matal campaign fork 1234 --round 2 --criterion random
  aiida-matal campaign fork 955 --round 1 --sampling novelty.yaml
"""
_SAMPLING_CURE = "Write YAML such as `novelty: {threshold: r2}`."


@click.command(epilog="Example: aiida-matal campaign extend 1234 --rounds 2")
@click.argument("campaign", metavar="PK|UUID")
@click.option("--rounds", type=int, required=True, help="How many more rounds of labels.")
@click.option("--json", "as_json", is_flag=True, help="Print pk and uuid as JSON.")
def extend(campaign: str, rounds: int, as_json: bool) -> None:
    """Go on where a campaign ended, as a new campaign that begins with its dataset."""
    load_profile()
    announce(submit_campaign(continuation.extend(load_campaign(campaign), rounds)), as_json)


@click.command(epilog=_FORK_EPILOG)
@click.argument("campaign", metavar="PK|UUID")
@click.option("--round", "number", type=int, required=True, help="First round that is repeated, from 0.")
@click.option("--strategy", metavar="NAME", help="Select by this strategy instead, such as tree_systems.")
@click.option("--criterion", metavar="NAME", help="Select by this criterion instead, with its default settings.")
@click.option(
    "--sampling",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file with changes to the sampling of a free-energy campaign, as under `sampling` of a campaign file.",
)
@click.option("--seed", type=int, help="Use this seed instead.")
@click.option("--json", "as_json", is_flag=True, help="Print pk and uuid as JSON.")
def fork(
    campaign: str,
    number: int,
    strategy: str | None,
    criterion: str | None,
    sampling: Path | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Repeat a campaign from a round on with another strategy or seed; the rounds before are shared."""
    load_profile()
    changes = None if sampling is None else read_mapping("--sampling", sampling, _SAMPLING_CURE)
    builder = continuation.fork(load_campaign(campaign), number, criterion, strategy, seed, changes)
    announce(submit_campaign(builder), as_json)
