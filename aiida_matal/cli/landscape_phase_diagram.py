"""The command ``aiida-matal landscape phase-diagram``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aiida_matal.cli.following import Jobs, follow
from aiida_matal.cli.landscape_ranges import parse_orders, parse_range
from aiida_matal.cli.output_files import check_new_folder
from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.text import split_names, text_table
from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder
    from aiida.orm import WorkChainNode

_EPILOG = """\b
Examples:
  aiida-matal landscape phase-diagram --campaigns 1234,1300,1400 --watch
  aiida-matal landscape phase-diagram campaign.yaml --temperatures 240:400:20
  aiida-matal landscape phase-diagram fcc.yaml --temperatures 600:800:50 --order L1_2=1,1,1
  aiida-matal landscape phase-diagram --show 1500 -o diagram
"""
_SHOWN = ("temperature", "kind", "x_low", "x_high", "phase_low", "phase_high", "mu")


@click.command(epilog=_EPILOG)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--temperatures", metavar="K", help="START:STOP:STEP, or one temperature: a campaign at each.")
@click.option("--campaigns", metavar="PK,...", help="Instead of FILE: free-energy campaigns that were run.")
@click.option("--show", "finished", metavar="PK|UUID", help="Write the files of a phase diagram that was made.")
@click.option("--tolerance", type=float, metavar="EV", help="Noise of the models in eV per site.  [default: 1e-5]")
@click.option("--order", "orders", metavar="NAME=ETA_1,ETA_2,...", multiple=True, help="Look for this order too.")
@click.option("--max-concurrent", type=click.IntRange(min=1), help="Campaigns that run at once.  [default: all]")
@click.option("--code", default="matal-task@localhost", show_default=True, help="Code that runs matal-task.")
@click.option("--watch", is_flag=True, help="Wait until it has ended, and write its files.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="New folder for tables and figures.  [default: phase_diagram_<pk>]",
)
def phase_diagram(file: Path | None, finished: str | None, output: Path | None, watch: bool, **options: Any) -> None:
    """Find phases in equilibrium at several temperatures by common tangents, and draw the phase diagram.

    The free energies are the newest models of --campaigns, each at its own temperature, or those of a campaign at each
    of --temperatures, all as FILE describes it but for the temperature. Written are phase_diagram.csv, curves.csv and
    their figures.

    The lowest free energy is looked for along the ordering of the system. --order adds another order, by the ratios of
    its order parameters.
    """
    _check_options(file, finished, options)
    if output is not None:
        check_new_folder(output)
    load_profile()
    if finished is not None:
        from aiida_matal.provenance.landscape_figures import PHASE_DIAGRAM
        from aiida_matal.provenance.processes import load_work_chain

        cure = "Give the pk of a phase diagram."
        _write(load_work_chain("phase diagram", finished, PHASE_DIAGRAM, cure), output)
        return
    from aiida_matal.cli.submission import submit_campaign

    node = submit_campaign(_builder(file, options))
    click.echo(f"phase diagram {node.pk} is submitted ({node.uuid})")
    again = f"aiida-matal landscape phase-diagram --show {node.pk}"
    if not watch:
        click.echo(f"when it has ended:  {again}")
        return
    follow(lambda: _progress(node), False, f"It goes on; when it has ended: {again}")
    _write(node, output)


def _check_options(file: Path | None, finished: str | None, options: dict[str, Any]) -> None:
    if [file, options["campaigns"], finished].count(None) != 2:
        raise click.UsageError("Give FILE, --campaigns or --show.")
    if (file is None) != (options["temperatures"] is None):
        raise click.UsageError("Give --temperatures with FILE, and only with it.")


def _builder(file: Path | None, options: dict[str, Any]) -> ProcessBuilder:
    """Return the builder of the phase diagram.

    :raises InputError: if an input is refused.
    """
    from aiida.orm import Dict, Int, List

    from aiida_matal.workflows.codes import load_existing_code
    from aiida_matal.workflows.phase_diagram import PhaseDiagramWorkChain, check_phase_diagram

    builder = PhaseDiagramWorkChain.get_builder()
    if file is not None:
        inputs = _campaign_inputs(file)
        temperatures = sorted(parse_range("--temperatures", options["temperatures"]))
    else:
        inputs, temperatures = _inputs_of_campaigns(options["campaigns"])
        inputs["code"] = load_existing_code("--code", options["code"])
    for name, value in inputs.items():
        builder[name] = value
    builder.temperatures = List(temperatures)
    tolerance = {} if options["tolerance"] is None else {"tolerance": options["tolerance"]}
    builder.settings = Dict({**tolerance, "orders": parse_orders("--order", options["orders"])})
    if options["max_concurrent"] is not None:
        builder.max_concurrent = Int(options["max_concurrent"])
    check_phase_diagram(builder._inputs(prune=True))
    return builder


def _campaign_inputs(file: Path) -> dict[str, Any]:
    """Return code, system and campaign of a campaign file.

    :raises InputError: if the file is refused, or describes another kind of campaign.
    """
    from aiida_matal.workflows.campaigns.campaign_file import read_campaign_file
    from aiida_matal.workflows.campaigns.free_energy import FreeEnergyCampaign
    from aiida_matal.workflows.phase_diagram import PhaseDiagramWorkChain

    builder = read_campaign_file(file).builder(file.resolve().parent)
    if builder.process_class is not FreeEnergyCampaign:
        raise InputError(f"{file.name}.campaign", builder.process_class.__name__, "it is another kind", "free_energy")
    inputs = builder._inputs(prune=True)
    known = PhaseDiagramWorkChain.spec().inputs["campaign"]
    odd = sorted(set(inputs) - set(known) - {"code", "system"})
    if odd:
        raise InputError(file.name, odd, "they belong to one temperature", "Leave them out of the file.")
    return {
        "code": inputs["code"],
        "system": inputs["system"],
        "campaign": {name: inputs[name] for name in inputs if name in known},
    }


def _inputs_of_campaigns(text: str) -> tuple[dict[str, Any], list[float]]:
    """Return system and models of campaigns, in the order of their temperatures, and these.

    :raises InputError: if one is no free-energy campaign, or has another system or no model.
    """
    from aiida_matal.provenance.campaigns import load_campaign
    from aiida_matal.provenance.landscape_campaigns import landscape_campaigns
    from aiida_matal.workflows.campaigns.landscape_oracle import temperature_of
    from aiida_matal.workflows.phase_diagram import MODEL

    nodes = [load_campaign(name) for name in split_names(text)]
    if not nodes:
        raise InputError("--campaigns", text, "it names nothing", "Give pks of campaigns.")
    found = []
    for campaign in landscape_campaigns(nodes):
        inputs = campaign.node.inputs
        if inputs.system.get_dict() != nodes[0].inputs.system.get_dict():
            cure = "Give campaigns of one system."
            raise InputError("--campaigns", campaign.node.pk, "its system is not that of the first", cure)
        design = inputs.test_design.get_dict() if "test_design" in inputs else {}
        found.append((temperature_of(inputs.oracle, design), campaign.newest_model))
    found.sort(key=lambda pair: pair[0])
    models = {MODEL.format(place): model for place, (_, model) in enumerate(found)}
    return {"system": nodes[0].inputs.system, "models": models}, [temperature for temperature, _ in found]


def _progress(node: WorkChainNode) -> Jobs:
    from aiida_matal.provenance.processes import called

    jobs = called([node.pk], "phases%")
    n_ended = sum(not job.is_active for job in jobs)
    return Jobs(n_ended, len(node.inputs.temperatures.get_list()), node.is_terminated)


def _write(node: WorkChainNode, output: Path | None) -> None:
    """Write tables and figures, and print the boundaries."""
    from aiida_matal.cli.table_files import write_csv
    from aiida_matal.figures.landscape_phases import free_energy_curves_figure, phase_diagram_figure
    from aiida_matal.figures.svg import to_svg
    from aiida_matal.workflows.processes import describe

    if "phase_diagram" not in node.outputs:
        raise click.ClickException(f"There is no phase diagram: {describe(node)}")
    folder = output or Path(f"phase_diagram_{node.pk}")
    check_new_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    boundaries, curves = node.outputs.phase_diagram.table, node.outputs.curves.table
    figures = {
        "phase_diagram": phase_diagram_figure(boundaries),
        "free_energy_curves": free_energy_curves_figure(curves, boundaries),
    }
    for name, table in (("phase_diagram", boundaries), ("curves", curves)):
        write_csv(table, folder / f"{name}.csv")
    for name, figure in figures.items():
        (folder / f"{name}.svg").write_text(to_svg(figure), encoding="utf-8")
    rows = [
        [round(value, 4) if isinstance(value, float) else value for value in row.values()]
        for row in boundaries.select(_SHOWN).rows()
    ]
    click.echo(text_table(_SHOWN, rows) if rows else "One phase at every composition and temperature.")
    click.echo(f"Wrote phase_diagram.csv, curves.csv, phase_diagram.svg and free_energy_curves.svg to {folder}")
    if not node.is_finished_ok:
        raise click.ClickException(f"Some temperatures are missing: {describe(node)}")
