"""The command ``aiida-matal landscape sweep``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aiida_matal.cli.following import Jobs, follow
from aiida_matal.cli.landscape_ranges import parse_range, parse_repeats
from aiida_matal.cli.output_files import check_new_folder
from aiida_matal.cli.profile import load_checked, load_profile
from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder
    from aiida.orm import CalcJobNode

    from aiida_matal.science.landscape.monte_carlo.settings import SweepSettings
    from aiida_matal.science.landscape.system import SystemSettings

_EPILOG = """\b
Examples:
  aiida-matal landscape sweep zigzag.yaml --temperature 300 --mu -0.1:0.1:0.005 --watch
  aiida-matal landscape sweep zigzag.yaml --temperature 250:450:10 --mu 0 --repeats 6,6,6
  aiida-matal landscape sweep zigzag.yaml --temperature 300 --canonical 0.3:0.7:0.02
  aiida-matal landscape sweep --show 1234 -o sweep_1234
"""


@click.command(epilog=_EPILOG)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--show", "finished", metavar="PK|UUID", help="Write the files of a sweep that was run, and run none.")
@click.option("--temperature", metavar="K", help="A temperature, or START:STOP:STEP.")
@click.option("--mu", metavar="EV", help="A chemical potential in eV per site, or START:STOP:STEP.")
@click.option("--canonical", metavar="X", help="Instead of --mu: a composition that is held, or START:STOP:STEP.")
@click.option("--repeats", default="4,4,4", show_default=True, help="Repeats of the commensurate cell.")
@click.option("--passes", default=5000, show_default=True, help="Passes that are averaged at each condition.")
@click.option("--equilibration", default=1000, show_default=True, help="Passes before them.")
@click.option("--seed", default=1, show_default=True, help="Seed of the random numbers.")
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Paths followed at once.")
@click.option("--code", default="matal-task@localhost", show_default=True, help="Code that runs matal-task.")
@click.option("--watch", is_flag=True, help="Wait until the sweep has ended, and write its files.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="New folder for averages.csv and sweep.svg.  [default: sweep_<pk>]",
)
def sweep(file: Path | None, finished: str | None, watch: bool, output: Path | None, **options: Any) -> None:
    """Run Monte Carlo without bias over chemical potentials, compositions or temperatures, forth and back.

    FILE describes crystal, cluster expansion and ordering in YAML or JSON; see `aiida-matal landscape check`. The path
    follows --mu or --canonical at each temperature, or the temperature if only that is a range. Each condition starts
    where the one before ended, so that first-order transitions show as hysteresis.
    """
    if (file is None) == (finished is None):
        raise click.UsageError("Give either FILE or --show PK.")
    if output is not None:
        check_new_folder(output)
    if finished is not None:
        load_profile()
        _write(_load_sweep(finished), output)
        return
    system, settings = _checked(file or Path(), options)
    load_profile()
    node = _submit(_builder(system, settings, options))
    click.echo(f"sweep {node.pk} is submitted ({node.uuid})")
    again = f"aiida-matal landscape sweep --show {node.pk}"
    if not watch:
        click.echo(f"when it has ended:  {again}")
        return
    follow(
        lambda: Jobs(int(node.is_terminated), 1, node.is_terminated), False, f"It goes on; when it has ended: {again}"
    )
    _write(node, output)


def _checked(file: Path, options: Mapping[str, Any]) -> tuple[SystemSettings, SweepSettings]:
    """Return the settings of system and sweep.

    :raises InputError: if the file or an option is refused.
    """
    from aiida_matal.science.landscape.monte_carlo.settings import SweepSettings
    from aiida_matal.science.landscape.system import read_system

    system = read_system(file)
    system.order_parameters  # noqa: B018  that an ordering has none is found here
    if options["temperature"] is None or (options["mu"] is None) == (options["canonical"] is None):
        raise click.UsageError("Give --temperature, and either --mu or --canonical.")
    field = "--canonical" if options["mu"] is None else "--mu"
    temperatures = parse_range("--temperature", options["temperature"])
    fields = parse_range(field, options[field.removeprefix("--")])
    values = {
        "ensemble": "canonical" if field == "--canonical" else "semi_grand_canonical",
        "repeats": parse_repeats("--repeats", options["repeats"]),
        "temperatures": temperatures,
        "fields": fields,
        "along": "temperature" if len(temperatures) > 1 and len(fields) == 1 else "field",
        "passes": options["passes"],
        "equilibration_passes": options["equilibration"],
        "seed": options["seed"],
    }
    return system.settings, SweepSettings.parse(values, "sweep")


def _builder(system: SystemSettings, settings: SweepSettings, options: Mapping[str, Any]) -> ProcessBuilder:
    from aiida.orm import Dict

    from aiida_matal.calculations.landscape.sweep import SweepCalculation
    from aiida_matal.workflows.codes import load_existing_code

    builder = SweepCalculation.get_builder()
    builder.code = load_existing_code("--code", options["code"])
    builder.system = Dict(system.as_dict())
    builder.settings = Dict(settings.as_dict())
    if options["threads"] > 1:
        resources = {"num_machines": 1, "num_mpiprocs_per_machine": 1, "num_cores_per_mpiproc": options["threads"]}
        builder.metadata.options.resources = resources
    return builder


def _submit(builder: ProcessBuilder) -> CalcJobNode:
    from aiida_matal.cli.submission import submit_campaign

    return submit_campaign(builder)


def _load_sweep(identifier: str) -> CalcJobNode:
    from aiida.orm import CalcJobNode

    node = load_checked(identifier, CalcJobNode, "sweep")
    if node.process_label != "SweepCalculation":
        raise InputError("--show", identifier, f"it is a {node.process_label}", "Give a sweep.")
    if not node.is_terminated:
        raise InputError("--show", identifier, "it has not ended yet", f"See `verdi process status {node.pk}`.")
    return node


def _write(node: CalcJobNode, output: Path | None) -> None:
    """Write table and figure, and say what they hold."""
    from aiida_matal.cli.table_files import write_csv
    from aiida_matal.figures.landscape_sweep import sweep_figure
    from aiida_matal.figures.svg import to_svg
    from aiida_matal.workflows.processes import describe

    if "averages" not in node.outputs:
        raise click.ClickException(f"There are no averages: {describe(node)}")
    folder = output or Path(f"sweep_{node.pk}")
    check_new_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    averages = node.outputs.averages.table
    write_csv(averages, folder / "averages.csv")
    (folder / "sweep.svg").write_text(to_svg(sweep_figure(averages)), encoding="utf-8")
    drifting = int((~averages["equilibrated"]).sum())
    click.echo(f"{len(averages)} conditions, {drifting} of them not in equilibrium")
    click.echo(f"Wrote {folder / 'averages.csv'} and {folder / 'sweep.svg'}")
    if not node.is_finished_ok:
        raise click.ClickException(f"Only the paths that were finished are written: {describe(node)}")
