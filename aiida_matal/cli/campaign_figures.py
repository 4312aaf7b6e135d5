"""The command ``aiida-matal campaign figures``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aiida_matal.cli.output_files import check_output_file
from aiida_matal.cli.profile import load_checked, load_profile
from aiida_matal.cli.text import split_names, text_table
from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from aiida_matal.provenance.figure_nodes import FigureNodes

_EPILOG = """\b
Example:
  aiida-matal campaign figures 1234
  aiida-matal campaign figures 1250 --before 1240 --elements Ir,Os,Re,W --format pdf
"""


@click.command(epilog=_EPILOG)
@click.argument("node", metavar="PK|UUID")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files.  [default: figures_<pk>]",
)
@click.option("--format", "suffix", type=click.Choice(["svg", "png", "pdf"]), default="svg", show_default=True)
@click.option("--only", metavar="NAME,...", help="Draw these figures and no others.")
@click.option("--elements", metavar="W,Re,...", help="Elements of trends and densities.  [default: the most labelled]")
@click.option("--before", metavar="PK|UUID", help="Predictions by an earlier model, to compare with.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
def figures(
    node: str, output: Path | None, suffix: str, only: str | None, elements: str | None, before: str | None, force: bool
) -> None:
    """Write the figures of binary liquids that a node has something for, one file each.

    PK|UUID is a campaign, a nested training, a benchmark of strategies, or predictions of binaries. Those that cannot
    be drawn are listed with the reason.
    """
    load_profile()
    from aiida.orm import Node

    from aiida_matal.provenance.figure_nodes import FIGURES, figure_nodes
    from aiida_matal.workflows.tables import load_table

    found = load_checked(node, Node, "campaign or predictions")
    names = list(FIGURES) if only is None else _known(only, "--only", list(FIGURES))
    nodes = figure_nodes(found)
    if elements is not None:
        from aiida_matal.science.mixing.elements import known_elements

        nodes = replace(nodes, elements=_known(elements, "--elements", known_elements()))
    if before is not None:
        nodes = replace(nodes, before=load_table("--before", before))
    folder = output or Path(f"figures_{found.pk}")
    paths = {name: folder / f"{name}.{suffix}" for name in names}
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths.values():
        check_output_file(path, force)
    reasons = {name: _write(name, nodes, path) for name, path in paths.items()}
    _report(paths, reasons)


def _known(text: str, option: str, known: Sequence[str]) -> list[str]:
    """Return the names in a list separated by commas.

    :raises InputError: if one is unknown.
    """
    names = split_names(text)
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        reason = "it is unknown" if unknown else "it names nothing"
        raise InputError(option, unknown[0] if unknown else text, reason, f"There are: {', '.join(known)}.")
    return list(dict.fromkeys(names))


def _write(name: str, nodes: FigureNodes, path: Path) -> str:
    """Write a figure, or return why it cannot be drawn."""
    from aiida_matal.figures.svg import write_figure
    from aiida_matal.provenance.figure_nodes import draw, missing

    reason = missing(name, nodes)
    if reason:
        return reason
    try:
        figure = draw(name, nodes)
    except InputError as exception:
        return exception.reason
    write_figure(figure, path)
    return ""


def _report(paths: dict[str, Path], reasons: dict[str, str]) -> None:
    written = [path for name, path in paths.items() if not reasons[name]]
    click.echo("\n".join(f"Wrote {path}" for path in written) or "No figure can be drawn.")
    left_out = [(name, reason) for name, reason in reasons.items() if reason]
    if left_out:
        click.echo(f"\n{text_table(['not drawn', 'why'], left_out)}")
