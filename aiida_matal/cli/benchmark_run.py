"""Find a benchmark of strategies, or submit one and wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from aiida.orm import WorkChainNode

from aiida_matal.cli.following import Jobs, follow
from aiida_matal.cli.profile import load_checked
from aiida_matal.cli.submission import submit_campaign
from aiida_matal.provenance.processes import STRATEGY_BENCHMARK, called
from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder


def load_benchmark(identifier: str) -> WorkChainNode:
    """Return the benchmark with this pk or uuid.

    :raises InputError: if there is no such node, it is no benchmark, or it has not ended.
    """
    node = load_checked(identifier, WorkChainNode, "benchmark")
    if node.process_type != STRATEGY_BENCHMARK:
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
    n_jobs = -(-builder.n_splits.value // builder.splits_per_job.value)
    if not quiet:
        click.echo(f"benchmark {node.pk} is submitted; stop waiting with Ctrl-C, it goes on")

    def read() -> Jobs:
        jobs = called([node.pk], "splits_%")
        return Jobs(sum(not job.is_active for job in jobs), n_jobs, node.is_terminated)

    goes_on = f"It goes on; when it has ended: aiida-matal campaign benchmark --show {node.pk}"
    follow(read, quiet, goes_on)
    return node
