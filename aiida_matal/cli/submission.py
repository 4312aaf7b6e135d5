"""Hand campaigns to the daemon."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder
    from aiida.orm import WorkChainNode


def submit_campaign(builder: ProcessBuilder) -> WorkChainNode:
    """Submit a campaign after checking that a daemon runs that will take it.

    :raises click.ClickException: if the daemon does not run or has no workers.
    :raises InputError: if an input is refused.
    """
    from aiida.engine import submit

    from aiida_matal.science.errors import InputError

    require_daemon()
    try:
        return submit(builder)
    except ValueError as exception:
        raise InputError("inputs", builder.process_class.__name__, str(exception)) from exception


def announce(campaign: WorkChainNode, as_json: bool) -> None:
    """Print pk and uuid of a campaign that was submitted, and how to follow it."""
    if as_json:
        click.echo(json.dumps({"pk": campaign.pk, "uuid": campaign.uuid}))
        return
    click.echo(f"campaign {campaign.pk} is submitted ({campaign.uuid})")
    click.echo(f"follow it with:  aiida-matal campaign watch {campaign.pk}")


def require_daemon() -> None:
    """Check that the daemon runs and answers.

    :raises click.ClickException: if it does not.
    """
    from aiida.common.exceptions import ConfigurationError
    from aiida.engine.daemon.client import DaemonException, get_daemon_client

    try:
        workers = get_daemon_client().get_number_of_workers()
    except (DaemonException, ConfigurationError) as exception:
        cure = "Start the daemon with `verdi daemon start`; if that does not help, run `aiida-matal doctor`."
        raise click.ClickException(f"Nothing was submitted: {exception} {cure}") from None
    if workers == 0:
        raise click.ClickException("Nothing was submitted: the daemon has no workers. Run `verdi daemon incr`.")
