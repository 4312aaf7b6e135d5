"""Follow the jobs of a process until it has ended."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import click

POLL_SECONDS = 2.0


class Jobs(NamedTuple):
    """How many jobs of a process have ended, of how many, and whether the process has."""

    n_ended: int
    n_jobs: int
    is_finished: bool


def follow(read: Callable[[], Jobs], quiet: bool, goes_on: str) -> None:
    """Wait until a process has ended; in a terminal a bar shows how many jobs have, elsewhere lines do.

    :param read: returns how far the process is.
    :param quiet: whether nothing is printed meanwhile.
    :param goes_on: what is said after Ctrl-C, which ends the command and not the process.
    """
    try:
        if sys.stdout.isatty() and not quiet:
            _show_bar(read)
        else:
            _print_lines(read, quiet)
    except KeyboardInterrupt:
        click.echo(f"\n{goes_on}")
        sys.exit(130)


def _show_bar(read: Callable[[], Jobs]) -> None:
    jobs = read()
    with click.progressbar(length=jobs.n_jobs, label="jobs", show_pos=True) as bar:
        while not jobs.is_finished:
            bar.update(jobs.n_ended - bar.pos)
            time.sleep(POLL_SECONDS)
            jobs = read()
        bar.update(jobs.n_ended - bar.pos)


def _print_lines(read: Callable[[], Jobs], quiet: bool) -> None:
    started, shown = time.monotonic(), ""
    while True:
        jobs = read()
        line = f"{jobs.n_ended} of {jobs.n_jobs} jobs have ended"
        if line != shown and not quiet:
            minutes, seconds = divmod(int(time.monotonic() - started), 60)
            click.echo(f"[{minutes}:{seconds:02d}] {line}")
            shown = line
        if jobs.is_finished:
            return
        time.sleep(POLL_SECONDS)
