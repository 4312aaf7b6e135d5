"""The command ``aiida-matal landscape import-casm``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

from aiida_matal.cli.output_files import check_output_file
from aiida_matal.cli.text import split_names, text_table
from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from aiida_matal.science.landscape.casm.importer import CasmImport

_EPILOG = """\b
Examples:
  aiida-matal landscape import-casm --prim prim.json --basis eci.json --occupied-by Li -o system.yaml
  aiida-matal landscape import-casm --prim prim.json --basis basis.json --eci eci.json --k-point 1/2,1/4,3/4 -o s.yaml
"""
_FILE = click.Path(path_type=Path)


@click.command(epilog=_EPILOG)
@click.option("--prim", type=_FILE, required=True, help="prim.json of the CASM project.")
@click.option("--basis", type=_FILE, required=True, help="basis.json, or an eci.json that holds its orbits too.")
@click.option("--eci", type=_FILE, help="eci.json; not needed if --basis has the coefficients.")
@click.option(
    "--occupied-by", metavar="SPECIES", help="The species of x = 1.  [default: the second one that prim.json lists]"
)
@click.option("--k-point", metavar="K1,K2,K3", help="Wave vector of the ordering, such as 1/2,1/4,3/4.")
@click.option("-o", "--output", type=_FILE, required=True, help="System file to write, YAML.")
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def import_casm(
    prim: Path,
    basis: Path,
    eci: Path | None,
    occupied_by: str | None,
    k_point: str | None,
    output: Path,
    force: bool,
) -> None:
    """Write a system file with the cluster expansion of a CASM 1.x or 2.x project.

    The energy of every configuration stays what it is in CASM. Only occupations of sites that two species share can be
    imported, in clusters of up to four sites. Nothing of the project is run, and no profile is needed.
    """
    from aiida_matal.science.landscape.casm import importer

    check_output_file(output, force)
    found = importer.import_casm(prim, basis, eci, occupied_by)
    values: dict[str, Any] = {"crystal": found.crystal.as_dict(), "expansion": found.expansion.as_dict()}
    n_order = None
    if k_point is not None:
        values["ordering"] = {"k_point": split_names(k_point)}
        n_order = _n_order_parameters(values, k_point)
    sources = ", ".join(path.name for path in (prim, basis, eci) if path is not None)
    text = yaml.safe_dump(values, sort_keys=False, default_flow_style=None, width=120)
    output.write_text(f"# From {sources} of a CASM project; energies in eV.\n{text}", encoding="utf-8")
    for line in _lines(found, output, n_order):
        click.echo(line)


def _n_order_parameters(values: dict[str, Any], k_point: str) -> int:
    """Return how many order parameters the ordering has.

    :raises InputError: if the wave vector is none, or has no order parameters in this crystal.
    """
    from aiida_matal.science.landscape.system import System, SystemSettings

    if len(values["ordering"]["k_point"]) != 3:
        raise InputError("--k-point", k_point, "three numbers are needed", "Give for example 1/2,1/4,3/4.")
    return System.from_settings(SystemSettings.parse(values, where="--k-point")).d - 1


def _lines(found: CasmImport, output: Path, n_order: int | None) -> Iterator[str]:
    sites = found.crystal.sites
    variable = [site.occupants for site in sites if len(site.occupants) == 2]
    pairs = ", ".join(sorted({f"{zero} (x = 0) / {one} (x = 1)" for zero, one in variable}))
    yield f"Crystal: {len(variable)} of {len(sites)} sites of the unit cell variable: {pairs}"
    yield f"CASM: {found.n_coefficients} of {found.n_functions} functions have a coefficient"
    orbits = found.expansion.orbits
    rows = []
    for size in sorted({len(orbit.sites) for orbit in orbits}):
        of_size = [abs(orbit.eci) for orbit in orbits if len(orbit.sites) == size]
        rows.append([size, len(of_size), 1000 * max(of_size)])
    yield f"In occupations: {found.expansion.constant:.6g} eV a unit cell, and"
    yield text_table(["sites of a cluster", "orbits", "largest |eci| (meV)"], rows)
    if n_order is None:
        yield f"Wrote {output}, which has no ordering yet: add the key ordering, with k_point or variant."
    else:
        yield f"Ordering: {n_order} order parameters"
        yield f"Wrote {output}"
