"""Find a benchmark of strategies, or submit one and wait for it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click
from aiida.orm import WorkChainNode

from aiida_matal.cli.profile import load_checked
from aiida_matal.cli.submission import submit_campaign
from aiida_matal.provenance.processes import called
from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder

PROCESS_TYPE = "aiida.workflows:matal.strategy_benchmark"
POLL_SECONDS = 2.0


def load_benchmark(identifier: str) -> WorkChainNode:
    """Return the benchmark with this pk or uuid.

    :raises InputError: if there is no such node, it is no benchmark, or it has not ended.
    """
    node = load_checked(identifier, WorkChainNode, "benchmark")
    if node.process_type != PROCESS_TYPE:
        raise InputError("--show", identifier, f"it is a {node.process_label}", "Give a benchmark of strategies.")
    if not node.is_terminated:
        raise InputError("--show", identifier, "it has not ended yet", f"See `verdi process status {node.pk}`.")
    return node


def submit_and_wait(builder: ProcessBuilder, quiet: bool) -> WorkChainNode:
    """Submit a benchmark and return it when it has ended; Ctrl-C stops waiting, the benchmark goes on.

    :param quiet: whether nothing is printed meanwhile.
    :raises click.ClickException: if no daemon runs.
    """
    node = submit_campaign(builder)
    if not quiet:
        click.echo(f"benchmark {node.pk} is submitted; stop waiting with Ctrl-C, it goes on")
    try:
        _wait(node, quiet)
    except KeyboardInterrupt:
        click.echo(f"\nIt goes on; when it has ended: aiida-matal campaign benchmark --show {node.pk}")
        sys.exit(130)
    return node


def _wait(node: WorkChainNode, quiet: bool) -> None:
    started, shown = time.monotonic(), ""
    while not node.is_terminated:
        jobs = called([node.pk], "splits_%")
        line = f"{sum(not job.is_active for job in jobs)} of {len(jobs)} jobs done" if jobs else "starting"
        if line != shown and not quiet:
            minutes, seconds = divmod(int(time.monotonic() - started), 60)
            click.echo(f"[{minutes}:{seconds:02d}] {line}")
            shown = line
        time.sleep(POLL_SECONDS)
