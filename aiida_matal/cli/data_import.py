"""The commands ``aiida-matal data import``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from aiida_matal.cli.text import split_list
from aiida_matal.science.errors import InputError

_CSV_EPILOG = """\b
Example of a file:
  system,x_b,enthalpy_of_mixing (kJ/mol),temperature (K)
  Al-Cu,0.25,-9.6,1400

\b
Examples:
  aiida-matal data import csv calorimetry.csv --dry-run
  aiida-matal data import csv mendeley.csv -c system=liquid -c x_b=x -c "enthalpy_of_mixing=dH (kJ/mol)"
"""
_TDB_EPILOG = """\b
Examples:
  aiida-matal data import tdb --cost507
  aiida-matal data import tdb steel.tdb --elements Al,Cu,Fe --compositions 0.25,0.5,0.75 --dry-run
"""
_ESPEI_EPILOG = """\b
Examples:
  aiida-matal data import espei Cu-Mg-HM_MIX.json
  aiida-matal data import espei input-data --skip-bad
"""

Command = Callable[..., Any]
_EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_skip_bad = click.option("--skip-bad", is_flag=True, help="Leave bad rows out, list them, and import the good ones.")


def _common_options(command: Command) -> Command:
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON: pk and uuid, and what was read.")
    dry_run = click.option("--dry-run", is_flag=True, help="Check the file and show what it holds, but store nothing.")
    return dry_run(as_json(command))


@click.group("import", epilog="Example: aiida-matal data import csv calorimetry.csv --dry-run")
def import_() -> None:
    """Import enthalpies of mixing as a dataset: from CSV, TDB and ESPEI files, or from a paper.

    All values become kJ per mole of atoms. Everything is checked before anything is stored. The file itself is stored
    too. Take the dataset as dataset or test set of a campaign, as reference of the reference oracle, to train a model.
    """


@import_.command("csv", epilog=_CSV_EPILOG, short_help="A CSV file with units.")
@click.argument("file", type=_EXISTING_FILE)
@click.option(
    "-c", "--column", "columns", multiple=True, metavar="NAME=HEADER", help="Header that stands for a column."
)
@_skip_bad
@_common_options
def csv_(file: Path, columns: tuple[str, ...], skip_bad: bool, dry_run: bool, as_json: bool) -> None:
    """Import labels from a CSV FILE in UTF-8.

    The first line names the columns. Needed are system (such as Al-Cu), or element_a and element_b; x_b, the mole
    fraction of the second element; and enthalpy_of_mixing. Known are enthalpy_of_mixing_error, temperature, status (ok,
    failed, pending or rejected), reason and source too; other columns are not read.

    Units stand in the header: enthalpy_of_mixing (kJ/mol), likewise J/mol, kcal/mol, eV/atom and meV/atom, all of them
    for a mole of atoms; temperature (K) or (degC); x_b or x_b (at.%).

    NAME=HEADER says which header of the file a column has; NAME may bring the unit that the header lacks.
    """
    settings = {"format": "csv", "columns": _renamed(columns), "skip_bad": skip_bad}
    _import(file.name, {file.name: _content(file)}, settings, dry_run, as_json)


@import_.command(epilog=_TDB_EPILOG, short_help="The liquid of a thermodynamic database.")
@click.argument("file", type=_EXISTING_FILE, required=False)
@click.option("--cost507", is_flag=True, help="Take the COST 507 database of light alloys, which pycalphad carries.")
@click.option("--phase", default="LIQUID", show_default=True, help="Name of the liquid phase.")
@click.option("--elements", metavar="A,B,...", help="Only systems of these elements.  [default: all]")
@click.option("--compositions", metavar="X,Y,...", help="Mole fractions.  [default: 0.05 to 0.95 in steps of 0.05]")
@click.option(
    "--temperature",
    type=float,
    metavar="K",
    help="Of all liquids.  [default: 50 K above the higher melting temperature]",
)
@_common_options
def tdb(file: Path | None, cost507: bool, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Import the enthalpy of mixing of the liquid of a TDB FILE, for all its binary systems.

    It is evaluated by pycalphad (pip install aiida-matal[calphad]). Systems that the database does not assess are left
    out; systems that cannot be evaluated are listed with the reason. The default temperature is at most 3900 K.
    """
    from aiida_matal.science.calphad import tdb_text

    if (file is None) is not cost507:
        raise InputError("FILE", file and str(file), "one of FILE and --cost507 is needed", "Give one of them.")
    name, content = (tdb_text.COST507, tdb_text.cost507()) if file is None else (file.name, _content(file))
    settings = {"format": "tdb", **{key: value for key, value in given.items() if value is not None}}
    if "elements" in settings:
        settings["elements"] = split_list(settings["elements"])
    if "compositions" in settings:
        settings["compositions"] = [_number("--compositions", part) for part in split_list(settings["compositions"])]
    _import(name, {name: content}, settings, dry_run, as_json)


@import_.command(epilog=_ESPEI_EPILOG, short_help="Datasets of ESPEI.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--phase", default="LIQUID", show_default=True, help="Name of the liquid phase.")
@_skip_bad
@_common_options
def espei(path: Path, phase: str, skip_bad: bool, dry_run: bool, as_json: bool) -> None:
    """Import HM_MIX of binary liquids from a dataset of ESPEI (a JSON file), or from all in a folder.

    Datasets of other properties and phases are listed and left out. The reference of a dataset becomes the source.
    """
    paths = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    if not paths:
        raise InputError("PATH", str(path), "the folder holds no JSON files", "Give a dataset of ESPEI.")
    base = path if path.is_dir() else path.parent
    files = {found.relative_to(base).as_posix(): _content(found) for found in paths}
    settings = {"format": "espei", "phase": phase, "skip_bad": skip_bad}
    _import(path.resolve().name, files, settings, dry_run, as_json)


@import_.command(epilog="Example: aiida-matal data import bizot2025", short_help="Table 1 of Bizot et al., 2025.")
@_common_options
def bizot2025(dry_run: bool, as_json: bool) -> None:
    """Import Table 1 of Bizot, Tamura and Deffrennes (2025): equimolar liquids of Ir, Os, Re and W.

    40 systems by ab initio molecular dynamics. Those that separated into two phases are rejected, those without a value
    pending, each with its reason.
    """
    from aiida_matal.science.calphad import published

    files = {published.BIZOT2025: published.bizot2025()}
    _import(published.BIZOT2025, files, {"format": "csv"}, dry_run, as_json)


def _import(name: str, files: Mapping[str, bytes], settings: Mapping[str, Any], dry_run: bool, as_json: bool) -> None:
    from aiida_matal.cli.import_text import import_dict, import_text
    from aiida_matal.science.calphad.importing import read_labels

    imported = read_labels(files, settings)
    if not as_json:
        click.echo(import_text(name, imported))
    node = None if dry_run else _store(name, files, settings)
    if as_json:
        stored = {} if node is None else {"pk": node.pk, "uuid": node.uuid}
        click.echo(json.dumps({**stored, **import_dict(name, imported)}, indent=2))
    elif node is None:
        click.echo("\nNothing was stored: this was a dry run.")
    else:
        click.echo(f"\ndataset {node.pk} is stored ({node.uuid})")
        click.echo(f"look at it with:  verdi data matal table show {node.pk}")


def _store(name: str, files: Mapping[str, bytes], settings: Mapping[str, Any]) -> Any:
    from aiida_matal.cli.profile import load_profile

    load_profile()
    from aiida_matal.workflows.imports import store_labels

    return store_labels(name, files, settings)


def _content(path: Path) -> bytes:
    from aiida_matal.science.calphad.importing import MAX_BYTES

    if path.stat().st_size > MAX_BYTES:
        raise InputError("FILE", str(path), f"it is larger than {MAX_BYTES // 10**6} MB", "Split it.")
    return path.read_bytes()


def _renamed(columns: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in columns]
    for text, (name, _, header) in zip(columns, pairs, strict=True):
        if not name.strip() or not header.strip():
            raise InputError("--column", text, "it is not NAME=HEADER", "Write it as in --column x_b=x.")
    return {name.strip(): header.strip() for name, _, header in pairs}


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(option, text, "it is not a number", "Write it as in 0.25,0.5,0.75.") from None
