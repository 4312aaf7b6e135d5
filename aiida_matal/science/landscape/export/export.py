"""Write a fitted free energy for phase-field codes: arrays, a Python module and C source."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.export.arrays import model_arrays
from aiida_matal.science.landscape.export.c_source import header, source
from aiida_matal.science.landscape.export.readme import readme
from aiida_matal.science.landscape.idnn.model import IdnnModel
from aiida_matal.science.landscape.system import System
from aiida_matal.science.learning.base import Model
from aiida_matal.science.learning.model_files import ModelCard

FILES = ("free_energy.npz", "free_energy.py", "free_energy.c", "free_energy.h", "README.md")


def export_free_energy(model: Model, card: ModelCard, system: System, folder: Path) -> list[Path]:
    """Write the files :data:`FILES` to a folder that exists, and return their paths.

    They hold all that is needed to evaluate the free energy, its gradient and its second derivatives: no network of a
    committee but the first.

    :param card: of the stored model.
    :raises InputError: if the model is no network, or has another number of coordinates than the system.
    """
    if not isinstance(model, IdnnModel):
        raise InputError("model", card.kind, "only networks can be exported", "Give a model of the learner idnn.")
    if model.d != system.d:
        reason = f"it has {model.d} coordinates, the system {system.d}"
        raise InputError("model", card.kind, reason, "Give the system that the model was fitted for.")
    arrays = model_arrays(model, system)
    paths = [folder / name for name in FILES]
    np.savez_compressed(paths[0], **arrays)  # type: ignore[arg-type]
    texts = (_module(), source(arrays), header(model.d), readme(card, system, model))
    for path, text in zip(paths[1:], texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def _module() -> str:
    """Return the text of the module that evaluates the arrays without this package."""
    folder = resources.files("aiida_matal.science.landscape.export")
    return folder.joinpath("standalone.py").read_text(encoding="utf-8")
