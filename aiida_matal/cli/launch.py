"""`aiida-matal campaign launch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
    from aiida_matal.workflows.campaigns.campaign_file import read_campaign_file

    builder = read_campaign_file(file).builder(file.resolve().parent)
    forecast = forecast_campaign(builder)
    if dry_run:
        click.echo(_dry_run_text(builder, forecast, as_json))
        return
    if not as_json and forecast is not None:
        click.echo(forecast_line(forecast))
    announce(submit_campaign(builder), as_json)


def _dry_run_text(builder: ProcessBuilder, forecast: Forecast | None, as_json: bool) -> str:
    import json

    import yaml

    from aiida_matal.cli.forecast_text import forecast_text
    from aiida_matal.cli.process_inputs import plain_inputs

    inputs = plain_inputs(builder._inputs(prune=True))
    if as_json:
        return json.dumps({"inputs": inputs, "forecast": forecast and forecast.as_dict()}, indent=2)
    shown = yaml.safe_dump({"inputs": inputs}, sort_keys=False, allow_unicode=True)
    if forecast is None:
        return shown
    n_atoms = inputs["oracle"]["settings"]["liquid"]["n_atoms"]
    return f"{shown}\n{forecast_text(forecast, inputs['oracle']['engine_name'], n_atoms)}"
