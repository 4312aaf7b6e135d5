"""The command ``aiida-matal landscape export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aiida_matal.cli.output_files import check_new_folder
from aiida_matal.cli.profile import load_checked, load_profile
from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from aiida.orm import Node

    from aiida_matal.data.model import ModelData
    from aiida_matal.science.landscape.system import System


@click.command(epilog="Example: aiida-matal landscape export 1234 -o free_energy")
@click.argument("node", metavar="PK|UUID")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="New folder for the files.  [default: free_energy_<pk>]",
)
@click.option(
    "--system",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of crystal, interactions and ordering, for a model that was imported.",
)
def export(node: str, output: Path | None, file: Path | None) -> None:
    """Write a free energy as arrays, a Python module and C source that need nothing of this package.

    PK|UUID is a model, or a free-energy campaign, of which the newest model is taken. README.md in the folder says what
    units, components and domain are. Of a committee the best network is written.
    """
    load_profile()
    from aiida.orm import Node

    from aiida_matal.provenance.landscape_models import read_free_energy
    from aiida_matal.science.landscape.export.export import export_free_energy

    found = load_checked(node, Node, "model or free-energy campaign")
    data = _model_of(found)
    system = _system(data, file)
    folder = output or Path(f"free_energy_{data.pk}")
    check_new_folder(folder)
    model, card = read_free_energy(data)
    folder.mkdir(parents=True, exist_ok=True)
    paths = export_free_energy(model, card, system, folder)
    click.echo("\n".join(f"Wrote {path}" for path in paths))


def _model_of(node: Node) -> ModelData:
    """Return a model, the newest one of a campaign, or that of a training.

    :raises InputError: if there is none.
    """
    from aiida.orm import ProcessNode

    from aiida_matal.data.model import ModelData
    from aiida_matal.provenance.campaigns import FREE_ENERGY
    from aiida_matal.provenance.landscape_campaigns import landscape_campaigns

    if isinstance(node, ModelData):
        return node
    if isinstance(node, ProcessNode) and node.process_type == f"aiida.workflows:{FREE_ENERGY}":
        return landscape_campaigns([node])[0].newest_model
    if isinstance(node, ProcessNode) and "model" in node.outputs:
        return node.outputs.model
    what = node.process_label if isinstance(node, ProcessNode) else type(node).__name__
    raise InputError("PK|UUID", node.pk, f"it is a {what} without a model", "Give a model or a free-energy campaign.")


def _system(model: ModelData, file: Path | None) -> System:
    """Return the system of a file or, without one, that with which the model was trained.

    :raises InputError: if neither tells it.
    """
    from aiida_matal.provenance.landscape_models import system_of
    from aiida_matal.science.landscape.system import read_system

    system = system_of(model) if file is None else read_system(file)
    if system is None:
        cure = "Give its file with --system."
        raise InputError("PK|UUID", model.pk, "the graph does not tell the system of this model", cure)
    return system
