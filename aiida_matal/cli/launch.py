"""`aiida-matal campaign launch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder

    from aiida_matal.science.mixing.forecast import Forecast


@click.command(epilog="Example: aiida-matal campaign launch examples/enthalpy/six_metals.yaml")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything and show the inputs, but submit nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: pk and uuid, or inputs and forecast of a dry run.")
def launch(file: Path, dry_run: bool, as_json: bool) -> None:
    """Launch the campaign that FILE describes.

    FILE is a YAML file: the kind of campaign, its protocol, elements, engine and overrides. Everything in it is checked
    before anything is submitted. A dry run also forecasts jobs, steps and core-hours, from what earlier liquids of the
    same engine took.
    """
    from aiida_matal.cli.profile import load_profile

    load_profile()
    from aiida_matal.cli.forecast import forecast_campaign
    from aiida_matal.cli.forecast_text import forecast_line
    from aiida_matal.cli.submission import announce, submit_campaign
    from aiida_matal.workflows.campaigns.campaign_file import campaign_builder, read_campaign_file

    builder = campaign_builder(read_campaign_file(file), file.resolve().parent)
    forecast = forecast_campaign(builder)
    if dry_run:
        click.echo(_dry_run_text(builder, forecast, as_json))
        return
    if not as_json:
        click.echo(forecast_line(forecast))
    announce(submit_campaign(builder), as_json)


def _dry_run_text(builder: ProcessBuilder, forecast: Forecast, as_json: bool) -> str:
    import json

    import yaml

    from aiida_matal.cli.forecast_text import forecast_text

    inputs = _plain(builder._inputs(prune=True))
    if as_json:
        return json.dumps({"inputs": inputs, "forecast": forecast.as_dict()}, indent=2)
    shown = yaml.safe_dump({"inputs": inputs}, sort_keys=False, allow_unicode=True)
    n_atoms = inputs["oracle"]["settings"]["liquid"]["n_atoms"]
    return f"{shown}\n{forecast_text(forecast, inputs['oracle']['engine_name'], n_atoms)}"


def _plain(value: Any) -> Any:
    from aiida.orm import Code, Data, Dict, SinglefileData
    from aiida.orm.nodes.data.base import BaseType

    if isinstance(value, Code):
        return value.full_label
    if isinstance(value, Dict):
        return value.get_dict()
    if isinstance(value, BaseType):
        return value.value
    if isinstance(value, SinglefileData):
        return value.filename
    if isinstance(value, Data):
        return value.base.attributes.get("full_name", str(value))  # that of a PotcarData
    return {name: _plain(entry) for name, entry in value.items() if name != "metadata"}
