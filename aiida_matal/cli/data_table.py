"""The commands ``verdi data matal table``."""

from __future__ import annotations

from pathlib import Path

import click
from aiida.orm import QueryBuilder

from aiida_matal.cli.output_files import check_output_file
from aiida_matal.cli.profile import load_checked, load_profile
from aiida_matal.cli.table_files import WRITERS
from aiida_matal.cli.text import split_list, text_table
from aiida_matal.data.table import TableData
from aiida_matal.science.table import Table


@click.group()
def table() -> None:
    """Show and export tables: pools, datasets, decisions, learning curves."""


@table.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many, newest first.")
def list_(limit: int) -> None:
    """List the tables of the profile, newest first."""
    load_profile()
    query = QueryBuilder()
    query.append(TableData, project=["id", "attributes.role", "attributes.rows", "label", "ctime"], tag="table")
    query.order_by({"table": {"id": "desc"}}).limit(limit)
    rows = [(pk, role, n_rows, label, f"{made:%Y-%m-%d %H:%M}") for pk, role, n_rows, label, made in query.all()]
    click.echo(text_table(["pk", "role", "rows", "label", "made (UTC)"], rows))


@table.command(epilog="Example: verdi data matal table show 1234 --columns id,x_b,enthalpy_of_mixing")
@click.argument("node", metavar="PK|UUID")
@click.option("--columns", metavar="A,B,...", help="Show only these columns.")
@click.option("--rows", "n_rows", type=click.IntRange(min=1), default=20, show_default=True, help="How many rows.")
def show(node: str, columns: str | None, n_rows: int) -> None:
    """Show the rows of a table, under the names and units of its columns."""
    found = _load(node)
    shown = found if columns is None else found.select(split_list(columns))
    units = {name: column.unit for name, column in shown.columns.items()}
    header = [name if unit in ("", "1") else f"{name} ({unit})" for name, unit in units.items()]
    first = shown.take(range(min(n_rows, len(shown))))
    click.echo(text_table(header, [list(row.values()) for row in first.rows()]))
    if len(shown) > n_rows:
        click.echo(f"... {len(shown) - n_rows} more rows")


@table.command(epilog="Example: verdi data matal table export 1234 --format csv --output labels.csv")
@click.argument("node", metavar="PK|UUID")
@click.option("--format", "kind", type=click.Choice(sorted(WRITERS)), default="csv", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="File to write.")
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def export(node: str, kind: str, output: Path, force: bool) -> None:
    """Write a table to a file: CSV (names, units, rows), JSON, or NPZ (which this package reads back)."""
    found = _load(node)
    check_output_file(output, force)
    WRITERS[kind](found, output)
    click.echo(f"Wrote {len(found)} rows to {output}")


def _load(node: str) -> Table:
    load_profile()
    return load_checked(node, TableData, "table (verdi data matal table list)").table
