"""The command ``aiida-matal model train``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from aiida_matal.cli.model_status import show, watch_training
from aiida_matal.cli.process_inputs import inputs_text, read_overrides
from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.submission import submit_campaign


@click.command(epilog="Example: aiida-matal model train 1234 --protocol quick --watch")
@click.argument("dataset", metavar="DATASET")
@click.option("--protocol", help="Where the defaults come from: quick or paper.")
@click.option(
    "--overrides",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file of values laid over those of the protocol.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of every random choice.")
@click.option("--code", default="matal-task@localhost", show_default=True, help="Code that runs matal-task.")
@click.option("--watch", is_flag=True, help="Follow the training until it ends, and show the errors of the model.")
@click.option("--dry-run", is_flag=True, help="Check everything and show the inputs, but submit nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def train(dataset: str, watch: bool, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Train a model on labels, and measure its error by nested cross-validation.

    DATASET is a table of labels, such as `aiida-matal data import` or a campaign makes: its pk, uuid or label. Each
    fold chooses features and settings anew, from the labels that it does not hold out; the final model is made in the
    same way from all labels. The folds are jobs that run side by side.
    """
    load_profile()
    from aiida_matal.workflows.codes import load_existing_code
    from aiida_matal.workflows.nested_training import NestedTrainingWorkChain
    from aiida_matal.workflows.tables import load_table

    overrides = read_overrides(options["overrides"])
    if options["seed"] is not None:
        overrides["seed"] = options["seed"]
    code, table = load_existing_code("--code", options["code"]), load_table("DATASET", dataset)
    builder = NestedTrainingWorkChain.get_builder_from_protocol(code, table, options["protocol"], overrides)
    if dry_run:
        click.echo(inputs_text(builder, as_json))
        return
    training = submit_campaign(builder)
    if watch:
        if not as_json:
            click.echo(f"training {training.pk} is submitted; stop watching with Ctrl-C, it goes on")
        watch_training(training.pk, quiet=as_json)
        show(training.pk, as_json)
    elif as_json:
        click.echo(json.dumps({"pk": training.pk, "uuid": training.uuid}))
    else:
        click.echo(f"training {training.pk} is submitted ({training.uuid})")
        click.echo(f"follow it with:  aiida-matal model status {training.pk} --watch")
