"""The command ``aiida-matal landscape figures``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aiida_matal.cli.output_files import check_output_file
from aiida_matal.cli.profile import load_checked, load_profile
from aiida_matal.cli.text import split_names, text_table
from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from aiida_matal.provenance.landscape_figures import LandscapeNodes
    from aiida_matal.science.table import Table

_EPILOG = """\b
Examples:
  aiida-matal landscape figures 1234
  aiida-matal landscape figures 1234 1300 1400 --names error_by_round,slice_orders -o comparison
  aiida-matal landscape figures 1234 1500 --names composition_potential --format pdf
"""


@click.command(epilog=_EPILOG)
@click.argument("nodes", metavar="PK|UUID...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files.  [default: landscape_<first pk>]",
)
@click.option("--format", "suffix", type=click.Choice(["svg", "png", "pdf"]), default="svg", show_default=True)
@click.option("--names", metavar="NAME,...", help="Draw these figures and no others.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
def figures(nodes: tuple[str, ...], output: Path | None, suffix: str, names: str | None, force: bool) -> None:
    """Write the figures of free-energy landscapes, and print errors by region.

    PK|UUID are free-energy campaigns, which are compared with one another, phase diagrams and sweeps. The figures are
    slices through the newest models, errors by round and by region, points by criterion, phase diagrams with their free
    energies, and, for a campaign and a sweep, compositions with and without a bias. errors.csv holds the errors, in
    (0.01 eV)^2, of the model of each campaign that is best on its final training set. Figures that cannot be drawn are
    listed with the reason.
    """
    load_profile()
    from aiida.orm import Node

    from aiida_matal.provenance.landscape_figures import FIGURES, LandscapeNodes

    chosen = list(FIGURES) if names is None else _known(names, list(FIGURES))
    loaded = [load_checked(node, Node, "free-energy campaign, phase diagram or sweep") for node in nodes]
    found = LandscapeNodes.of(loaded)
    folder = output or Path(f"landscape_{loaded[0].pk}")
    drawn, reasons = _draw(chosen, found)
    errors = _errors(found)
    paths = {folder / f"{name}.{suffix}": figure for name, figure in drawn.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for path in (*paths, folder / "errors.csv"):
        check_output_file(path, force)
    _write(paths, errors, folder / "errors.csv")
    _tell(errors, reasons)


def _known(text: str, known: list[str]) -> list[str]:
    """Return the names in a list separated by commas.

    :raises InputError: if one is unknown.
    """
    names = split_names(text)
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        reason = "it is unknown" if unknown else "it names nothing"
        raise InputError("--names", unknown[0] if unknown else text, reason, f"There are: {', '.join(known)}.")
    return list(dict.fromkeys(names))


def _draw(names: list[str], nodes: LandscapeNodes) -> tuple[dict[str, Figure], list[tuple[str, str]]]:
    """Return the figures by name, and the names of the others with the reason."""
    from aiida_matal.provenance.landscape_figures import draw

    drawn: dict[str, Figure] = {}
    reasons = []
    for name in names:
        try:
            drawn |= draw(name, nodes)
        except InputError as error:
            reasons.append((name, error.reason))
    return drawn, reasons


def _errors(nodes: LandscapeNodes) -> Table | None:
    from aiida_matal.provenance.landscape_campaigns import error_table

    return error_table(nodes.campaigns) if any(campaign.models for campaign in nodes.campaigns) else None


def _write(paths: dict[Path, Figure], errors: Table | None, csv: Path) -> None:
    from aiida_matal.cli.table_files import write_csv
    from aiida_matal.figures.svg import write_figure

    for path, figure in paths.items():
        write_figure(figure, path)
    if errors is not None:
        write_csv(errors, csv)
    written = [*paths, *([csv] if errors is not None else [])]
    click.echo("\n".join(f"Wrote {path}" for path in written) or "Nothing can be drawn.")


def _tell(errors: Table | None, reasons: list[tuple[str, str]]) -> None:
    if errors is not None:
        rows = [
            [float(f"{value:.4g}") if isinstance(value, float) else value for value in row.values()]
            for row in errors.rows()
        ]
        click.echo(f"\nMean squared errors of mu in (0.01 eV)^2:\n{text_table(errors.names, rows)}")
    if reasons:
        click.echo(f"\n{text_table(['not drawn', 'why'], reasons)}")
