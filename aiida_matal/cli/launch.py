"""`aiida-matal campaign launch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder


@click.command(epilog="Example: aiida-matal campaign launch examples/enthalpy/six_metals.yaml")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything and show the inputs, but submit nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print pk and uuid as JSON.")
def launch(file: Path, dry_run: bool, as_json: bool) -> None:
    """Launch the campaign that FILE describes.

    FILE is a YAML file: the kind of campaign, its protocol, elements, engine and overrides. Everything in it is checked
    before anything is submitted.
    """
    from aiida_matal.cli.profile import load_profile

    load_profile()
    from aiida_matal.workflows.campaigns.campaign_file import campaign_builder, read_campaign_file

    builder = campaign_builder(read_campaign_file(file), file.resolve().parent)
    if dry_run:
        click.echo(_describe(builder))
        return
    from aiida_matal.cli.submission import announce, submit_campaign

    announce(submit_campaign(builder), as_json)


def _describe(builder: ProcessBuilder) -> str:
    import yaml

    return yaml.safe_dump({"inputs": _plain(builder._inputs(prune=True))}, sort_keys=False, allow_unicode=True)


def _plain(value: Any) -> Any:
    from aiida.orm import Code, Dict, SinglefileData
    from aiida.orm.nodes.data.base import BaseType

    if isinstance(value, Code):
        return value.full_label
    if isinstance(value, Dict):
        return value.get_dict()
    if isinstance(value, BaseType):
        return value.value
    if isinstance(value, SinglefileData):
        return value.filename
    return {name: _plain(entry) for name, entry in value.items() if name != "metadata"}
