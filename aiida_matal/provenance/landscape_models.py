"""Free energies of the profile, read back, with the system that each belongs to."""

from __future__ import annotations

import tempfile
from pathlib import Path

from aiida.orm import Node, ProcessNode

from aiida_matal.data.model import ModelData
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.model import LandscapeModel
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.learning.model_files import ModelCard, read_model
from aiida_matal.science.registry import LANDSCAPE_LEARNERS


def read_free_energy(node: ModelData) -> tuple[LandscapeModel, ModelCard]:
    """Return the free energy that a node holds, and its card, after all checksums were found right.

    :raises InputError: if it is the model of something else.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "model"
        node.base.repository.copy_tree(folder)
        model, card = read_model(folder, LANDSCAPE_LEARNERS)
    if not isinstance(model, LandscapeModel):
        raise InputError("model", node.pk, "it is no free energy", "Give a model that a landscape learner fitted.")
    return model, card


def system_of(node: Node) -> System | None:
    """Return the system of a campaign, a training or the model that one made; None if the graph does not tell."""
    process = node if isinstance(node, ProcessNode) else node.creator
    if process is None or "system" not in process.inputs:
        return None
    return System.from_settings(SystemSettings.parse(process.inputs.system.get_dict(), "system"))
