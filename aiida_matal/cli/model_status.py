"""The command ``aiida-matal model status``."""

from __future__ import annotations

import json

import click

from aiida_matal.cli.following import Jobs, follow
from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.training_text import training_text
from aiida_matal.provenance.trainings import load_training, training_status


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
    """Wait until a training has ended; Ctrl-C stops watching, the training goes on.

    :param quiet: whether nothing is printed meanwhile.
    """

    def read() -> Jobs:
        found = training_status(load_training(str(pk)))
        return Jobs(found.n_ended, found.n_jobs, found.is_finished)

    follow(read, quiet, f"Stopped watching; the training goes on: aiida-matal model status {pk}")
