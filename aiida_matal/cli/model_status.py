"""The command ``aiida-matal model status``."""

from __future__ import annotations

import json
import sys
import time

import click

from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.training_text import training_line, training_text
from aiida_matal.provenance.trainings import load_training, training_status

POLL_SECONDS = 2.0


@click.command(epilog="Example: aiida-matal model status 1234 --watch")
@click.argument("training", metavar="PK|UUID")
@click.option("--watch", is_flag=True, help="Follow the training until it ends; Ctrl-C stops watching, it goes on.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(training: str, watch: bool, as_json: bool) -> None:
    """Say how far a training is, and in the end how large the errors of its model are."""
    load_profile()
    node = load_training(training)
    if watch:
        watch_training(node.pk, quiet=as_json)
    show(node.pk, as_json)


def show(pk: int, as_json: bool) -> None:
    """Print how far a training is, or its results."""
    found = training_status(load_training(str(pk)))
    click.echo(json.dumps(found.as_dict(), indent=2) if as_json else training_text(found))


def watch_training(pk: int, quiet: bool) -> None:
    """Wait until a training has ended; in a terminal a bar shows how many jobs have, elsewhere lines do.

    :param quiet: whether nothing is printed meanwhile.
    """
    try:
        if sys.stdout.isatty() and not quiet:
            _show_bar(pk)
        else:
            _print_lines(pk, quiet)
    except KeyboardInterrupt:
        click.echo(f"\nStopped watching; the training goes on: aiida-matal model status {pk}")
        sys.exit(130)


def _show_bar(pk: int) -> None:
    found = training_status(load_training(str(pk)))
    with click.progressbar(length=found.n_jobs, label="jobs", show_pos=True) as bar:
        while not found.is_finished:
            bar.update(found.n_ended - bar.pos)
            time.sleep(POLL_SECONDS)
            found = training_status(load_training(str(pk)))
        bar.update(found.n_ended - bar.pos)


def _print_lines(pk: int, quiet: bool) -> None:
    shown = ""
    while True:
        found = training_status(load_training(str(pk)))
        line = training_line(found)
        if line != shown and not quiet:
            click.echo(line)
        if found.is_finished:
            return
        shown = line
        time.sleep(POLL_SECONDS)
