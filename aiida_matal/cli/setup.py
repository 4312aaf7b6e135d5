"""The command ``aiida-matal setup``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from aiida_matal.cli.local_setup import setup_local
from aiida_matal.cli.local_setup.codes import LAMMPS, PW, VASP
from aiida_matal.cli.local_setup.potcars import PotcarFamily, read_potcars, setup_potcars
from aiida_matal.cli.local_setup.pseudos import PseudoFamily, read_pseudos, setup_pseudos
from aiida_matal.cli.local_setup.step import SetupStep
from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.text import text_table
from aiida_matal.science.errors import InputError

_PATH = click.Path(path_type=Path)


@click.command(epilog="Example: aiida-matal setup --pw /opt/qe/bin/pw.x --pseudos ~/pseudos/lda")
@click.option("--lammps", type=_PATH, metavar="PATH", help="LAMMPS; by default `lmp` of this environment or the PATH.")
@click.option("--pw", type=_PATH, metavar="PATH", help="Quantum ESPRESSO; by default `pw.x` on the PATH.")
@click.option("--vasp", type=_PATH, metavar="PATH", help="VASP; by default `vasp_std`, or `vasp_gam`, on the PATH.")
@click.option(
    "--pseudos",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    metavar="PATH",
    help="Folder of UPF files, one an element; or a UPF file, once for each element.",
)
@click.option(
    "--potcars",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Folder of POTCAR files, as Cu_pv/POTCAR.",
)
@click.option("--family", metavar="LABEL", help="Label of the family of potentials; by default the folder's name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--no-caching", is_flag=True, help="Leave the caching of jobs as it is.")
def setup(
    lammps: Path | None,
    pw: Path | None,
    vasp: Path | None,
    pseudos: tuple[Path, ...],
    potcars: Path | None,
    family: str | None,
    as_json: bool,
    no_caching: bool,
) -> None:
    """Set up this computer, the codes that campaigns run on it, and potentials.

    Makes the computer `localhost` and the codes `matal-task`, `lammps`, `pw` and `vasp` on it where they are missing,
    and lets equal jobs be taken from the cache. `--pseudos` and `--potcars` store a family of potentials, for pw.x and
    for VASP. Everything is checked before anything is stored. Running it again changes nothing.
    """
    load_profile()
    read = _read_family(pseudos, potcars, family)
    steps = setup_local({LAMMPS: lammps, PW: pw, VASP: vasp}, caching=not no_caching)
    if isinstance(read, PseudoFamily):
        steps.append(setup_pseudos(read))
    elif read is not None:
        steps.append(setup_potcars(read))
    _show(steps, as_json)


def _read_family(
    pseudos: Sequence[Path], potcars: Path | None, label: str | None
) -> PseudoFamily | PotcarFamily | None:
    if pseudos and potcars:
        raise InputError("--potcars", str(potcars), "one command stores one family", "Run it again for the other one.")
    if pseudos:
        return read_pseudos(pseudos, label)
    if potcars:
        return read_potcars(potcars, label)
    if label:
        raise InputError("--family", label, "there is nothing to store", "Give --pseudos or --potcars, too.")
    return None


def _show(steps: Sequence[SetupStep], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(step) for step in steps], indent=2))
        return
    click.echo(text_table(["what", "", "detail"], [(step.name, step.outcome, step.detail) for step in steps]))
    if any(step.outcome == "missing" for step in steps):
        click.echo("\nWhat is missing is only needed by campaigns that use it. Then run `aiida-matal setup` again.")
