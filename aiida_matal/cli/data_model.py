"""The commands ``verdi data matal model``."""

from __future__ import annotations

from pathlib import Path

import click
from aiida.common.exceptions import ValidationError
from aiida.orm import QueryBuilder

from aiida_matal.cli.output_files import check_new_folder
from aiida_matal.cli.profile import load_checked, load_profile
from aiida_matal.cli.text import text_table
from aiida_matal.data.model import ModelData


@click.group()
def model() -> None:
    """Show and export models: their card, scores, files and checksums."""


@model.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many, newest first.")
def list_(limit: int) -> None:
    """List the models of the profile, newest first."""
    load_profile()
    columns = ["attributes.kind", "attributes.target", "attributes.scores.cv_rmse", "attributes.unit"]
    query = QueryBuilder().append(ModelData, project=["id", *columns, "ctime"], tag="model")
    query.order_by({"model": {"id": "desc"}}).limit(limit)
    rows = [(*row[:-1], f"{row[-1]:%Y-%m-%d %H:%M}") for row in query.all()]
    click.echo(text_table(["pk", "kind", "target", "cv_rmse", "unit", "made (UTC)"], rows))


@model.command(epilog="Example: verdi data matal model show 1234")
@click.argument("node", metavar="PK|UUID")
def show(node: str) -> None:
    """Show the card of a model: what it predicts, features and their limits, settings, scores, sha256 of files."""
    found = _load(node)
    card = found.base.attributes.all
    what = ("kind", "target", "unit", "baseline", "n_labels")
    click.echo(text_table(["", ""], [(key, card[key]) for key in what if card.get(key) is not None]))
    domain = card.get("domain", {})
    features = [(name, *domain.get(name, ("", ""))) for name in found.features]
    click.echo("\n" + text_table(["feature", "from", "to"], features))
    if card.get("settings"):
        click.echo(
            "\n" + text_table(["setting", "value"], [(name, str(value)) for name, value in card["settings"].items()])
        )
    click.echo("\n" + text_table(["score", "value"], [(name, float(value)) for name, value in found.scores.items()]))
    click.echo("\n" + text_table(["file", "sha256"], list(card["sha256"].items())))


@model.command(epilog="Example: verdi data matal model export 1234 my_model")
@click.argument("node", metavar="PK|UUID")
@click.argument("folder", type=click.Path(path_type=Path))
def export(node: str, folder: Path) -> None:
    """Write the files of a model to FOLDER, after checking the sha256 of each."""
    found = _load(node)
    check_new_folder(folder)
    try:
        found.verify()
    except ValidationError as exception:
        raise click.ClickException(f"Nothing was written: {exception}") from None
    found.base.repository.copy_tree(folder.absolute())
    click.echo(f"Wrote model {found.kind} to {folder}")


def _load(node: str) -> ModelData:
    load_profile()
    return load_checked(node, ModelData, "model (verdi data matal model list)")
