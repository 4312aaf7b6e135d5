"""The command ``aiida-matal label show``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from aiida_matal.cli.label_text import label_list, label_text, liquids_text
from aiida_matal.cli.output_files import check_same_content
from aiida_matal.cli.point_text import point_list, point_text
from aiida_matal.cli.profile import load_profile
from aiida_matal.provenance.label_records import label_record
from aiida_matal.provenance.label_tables import Labels, labels_of, load_evidence
from aiida_matal.provenance.landscape_labels import point_record
from aiida_matal.provenance.liquids import LiquidRecord, liquid_record
from aiida_matal.science.errors import InputError

_EPILOG = """\b
Examples:
  aiida-matal label show 389
  aiida-matal label show 20 --id Ag-Cu_x0.250
  aiida-matal label show 955 --id r01_high_error_00003
"""


@click.command(epilog=_EPILOG)
@click.argument("node", metavar="PK|UUID")
@click.option("--id", "identifier", metavar="CANDIDATE", help="Which label, where there are several.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the figures, one SVG a liquid.  [default: label_<candidate>]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(node: str, identifier: str | None, output: Path | None, as_json: bool) -> None:
    """Show a label: value, cost, where it comes from, and what its error comes from.

    PK|UUID is the process of a liquid (the evidence of a label), an oracle, a campaign, or a table of labels. Where it
    has several labels and no --id is given, they are listed. A label of an enthalpy of mixing is shown with its
    liquids, that of a point of a free-energy landscape with the bias that held it and the criterion that asked for it.
    """
    load_profile()
    found = load_evidence(node)
    labels = labels_of(found)
    if labels is None and identifier is not None:
        raise InputError("--id", identifier, "no label names this liquid as its evidence", "Leave --id out.")
    if labels is None:
        _show_liquid(found, output, as_json)
    elif identifier is None and len(labels.ids) != 1:
        listed = point_list(labels.table, node) if labels.are_points else label_list(labels, node)
        click.echo(json.dumps(labels.as_dicts(), indent=2) if as_json else listed)
    else:
        _show_label(labels, labels.ids[0] if identifier is None else labels.check_id(identifier), output, as_json)


def _show_label(labels: Labels, identifier: str, output: Path | None, as_json: bool) -> None:
    if labels.are_points:
        point = point_record(labels.table, identifier)
        click.echo(json.dumps({"label": point.as_dict()}, indent=2) if as_json else point_text(point))
        return
    record = label_record(labels.table, identifier, labels.quantity)
    name = re.sub("[^A-Za-z0-9.-]+", "_", identifier)
    files = _write_figures(record.liquids, output or Path(f"label_{name}"))
    _echo(label_text(record), {"label": record.as_dict()}, files, as_json)


def _show_liquid(node: Any, output: Path | None, as_json: bool) -> None:
    elements = sorted(node.inputs.structure.get_symbols_set())
    liquid = liquid_record(node, f"pure {elements[0]}" if len(elements) == 1 else "alloy")
    files = _write_figures([liquid], output or Path(f"liquid_{node.pk}"))
    text = f"Liquid {node.pk}, the evidence of no label\n\n{liquids_text([liquid], {})}"
    _echo(text, {"liquid": liquid.as_dict()}, files, as_json)


def _write_figures(liquids: Sequence[LiquidRecord], folder: Path) -> list[str]:
    texts = {folder / f"{liquid.name.replace(' ', '_')}.svg": liquid.figure for liquid in liquids if liquid.figure}
    for path, text in texts.items():
        check_same_content(path, text)
    for path, text in texts.items():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [str(path) for path in texts]


def _echo(text: str, values: Mapping[str, Any], files: list[str], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**values, "figures": files}, indent=2))
        return
    figures = "\n".join(f"  {path}" for path in files) or "  none is stored: no run has frames"
    click.echo(f"{text}\n\nFigures:\n{figures}")
