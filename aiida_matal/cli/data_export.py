"""The command ``aiida-matal data export``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import click
from aiida.orm import Node

from aiida_matal import __version__
from aiida_matal.cli.export_tables import choose_systems, find_labels, find_polynomials, find_table, origin_of
from aiida_matal.cli.output_files import check_new_folder, check_output_file
from aiida_matal.cli.profile import load_checked, load_profile
from aiida_matal.cli.table_files import write_csv
from aiida_matal.cli.text import split_names
from aiida_matal.science.calphad.espei_writer import espei_datasets, write_espei
from aiida_matal.science.calphad.tdb_writer import missing_systems, tdb_text
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.redlich_kister import LARGEST_DEVIATION, polynomials_of, redlich_kister_table
from aiida_matal.science.table import Table

_MAX_LISTED = 10
_NODE = "prediction of binary systems, a campaign, or a table of one of them"
_EPILOG = """\b
Examples:
  aiida-matal data export 1234 --format tdb -o liquids.tdb
  aiida-matal data export 1234 --format tdb --elements Al,Cu,Mg -o al_cu_mg.tdb
  aiida-matal data export 1234 --format redlich-kister -o polynomials.csv
  aiida-matal data export 567 --format espei --systems Ir-Sc,Ir-Ti -o espei_data
  aiida-matal data export 567 --format csv -o labels.csv

1234 is a prediction of binary systems (aiida-matal model predict), 567 a campaign.
"""


@click.command(epilog=_EPILOG)
@click.argument("node", metavar="PK|UUID")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["tdb", "redlich-kister", "espei", "csv"]),
    required=True,
    help="tdb, redlich-kister: predictions as polynomials; espei: labels; csv: either, row by row.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="File to write; for espei, a new folder."
)
@click.option("--systems", metavar="A-B,...", default="", help="Only these binary systems.")
@click.option("--elements", metavar="A,B,...", default="", help="Only the binary systems between these elements.")
@click.option(
    "--tau", type=float, metavar="K", help="tdb: add the excess entropy H/tau; 3000 is usual.  [default: none]"
)
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
def export(node: str, kind: str, output: Path, systems: str, elements: str, tau: float | None, force: bool) -> None:
    """Write predictions or labels of the enthalpy of mixing for Calphad software.

    PK|UUID is a prediction of binary systems, its table of predictions or of Redlich-Kister polynomials; or a campaign
    or a dataset, whose labels are written. Energies are in J/mol in TDB and ESPEI files, and as the header says in CSV.

    tdb is a database of the phase LIQUID with the enthalpy of mixing only; put your own unary functions in place of its
    placeholders. redlich-kister is one CSV row a system, with how well the polynomial fits. espei is one JSON dataset
    a system and temperature, of labels that are ok.
    """
    if tau is not None and kind != "tdb":
        raise InputError("--tau", tau, f"the format {kind} has no entropy", "Leave it out, or use --format tdb.")
    if kind != "espei":
        check_output_file(output, force)
    elif not force or output.is_file():
        check_new_folder(output)
    load_profile()
    chosen = _Chosen(load_checked(node, Node, _NODE), split_names(systems), split_names(elements))
    if kind == "tdb":
        lines = _write_tdb(chosen, output, tau)
    else:
        lines = {"redlich-kister": _write_polynomials, "espei": _write_espei, "csv": _write_csv}[kind](chosen, output)
    for line in lines:
        click.echo(line)


class _Chosen(NamedTuple):
    """A node, and the systems of it to export; all if none is named."""

    node: Node
    systems: list[str]
    elements: list[str]

    def rows(self, table: Table) -> Table:
        return choose_systems(table, self.systems, self.elements)


def _write_tdb(chosen: _Chosen, output: Path, tau: float | None) -> Iterator[str]:
    table, origin = _polynomials(chosen)
    polynomials = polynomials_of(table)
    fits = f"{len(table)} systems; root mean square deviation of the fits up to {table['fit_rmse'].max():.3g} kJ/mol."
    output.write_text(tdb_text(polynomials, [*origin, fits, *_poor_fits(table)], tau), encoding="ascii")
    yield _wrote(table, output)
    yield from _poor_fits(table)
    missing = missing_systems(polynomials)
    if missing:
        yield f"Systems between these elements without a polynomial, which mix ideally: {_listed(missing)}."


def _write_polynomials(chosen: _Chosen, output: Path) -> Iterator[str]:
    table, _ = _polynomials(chosen)
    write_csv(table, output)
    yield _wrote(table, output)
    yield from _poor_fits(table)


def _write_espei(chosen: _Chosen, output: Path) -> Iterator[str]:
    table = chosen.rows(find_labels(chosen.node))
    datasets = espei_datasets(table, f"aiida-matal {chosen.node.uuid}")
    output.mkdir(parents=True, exist_ok=True)
    write_espei(datasets, output)
    good = table["status"] == "ok"
    yield f"{_wrote(table.take(good), output)}: {len(datasets)} files, {good.sum()} labels"
    if not good.all():
        yield f"Labels without a value, left out: {_listed(table['id'][~good].tolist())}."
    yield f"Check them with:  espei --check-datasets {output}"


def _write_csv(chosen: _Chosen, output: Path) -> Iterator[str]:
    table = chosen.rows(find_table(chosen.node))
    write_csv(table, output)
    yield f"Wrote {len(table)} rows to {output}"


def _polynomials(chosen: _Chosen) -> tuple[Table, list[str]]:
    """Return the polynomials, fitted now if the node has predictions only, and where they come from."""
    source = find_polynomials(chosen.node)
    table = chosen.rows(source.table)
    origin = [f"Enthalpies of mixing of binary liquids, written by aiida-matal {__version__}.", *origin_of(source)]
    return table if "order" in table else redlich_kister_table(table), origin


def _wrote(table: Table, output: Path) -> str:
    systems = set(table["system"].tolist())
    elements = set(chain(*(system.split("-") for system in systems)))
    return f"Wrote {len(systems)} systems of {len(elements)} elements to {output}"


def _poor_fits(table: Table) -> Iterator[str]:
    poor = table["system"][table["poor_fit"]].tolist()
    if poor:
        deviation = f"{LARGEST_DEVIATION:g} kJ/mol from a prediction (poor_fit)"
        yield f"{len(poor)} of {len(table)} polynomials deviate by more than {deviation}: {_listed(poor)}."


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return f"{', '.join(names[:_MAX_LISTED])}{more}"
