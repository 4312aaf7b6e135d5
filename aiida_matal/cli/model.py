"""The command group ``aiida-matal model``."""

from __future__ import annotations

import click

from aiida_matal.cli.group import LazyCommand, LazyGroup

COMMANDS = {
    "train": LazyCommand("aiida_matal.cli.model_train:train", "Train a model with nested cross-validation."),
    "status": LazyCommand("aiida_matal.cli.model_status:status", "Say how far a training is, and how good its model."),
    "predict": LazyCommand("aiida_matal.cli.model_predict:predict", "Predict all binaries of some elements."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, epilog="Example: aiida-matal model train 1234 --protocol quick")
def model() -> None:
    """Train models with nested cross-validation; predict binaries."""
