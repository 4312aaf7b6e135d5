"""A model in a folder: the files of the model, and a card with their sha256 that is checked before they are read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Learner, Model
from aiida_matal.science.registry import LEARNERS, load_class
from aiida_matal.science.settings import Settings

CARD_NAME = "card.json"
LARGEST_CARD = 1_000_000


class ModelCard(Settings):
    """What a stored model is."""

    kind: str = Field(description="name of the registered learner that fitted the model")
    features: list[str] = Field(min_length=1, description="names of the feature columns, in order")
    target: str = Field(description="name of the predicted column")
    unit: str = Field(min_length=1, description="unit of the target")
    baseline: str | None = Field(
        None, description="column that is added to what the model predicts, or null if it predicts the target itself"
    )
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the learner")
    n_labels: int | None = Field(None, ge=1, description="number of labels it learned from, or null if unknown")
    domain: dict[str, tuple[float, float]] = Field(
        default_factory=dict, description="smallest and largest value of each feature among these labels"
    )
    sha256: dict[str, str] = Field(default_factory=dict, description="sha256 of each file of the model")

    @field_validator("sha256")
    @classmethod
    def _refuse_paths(cls, sha256: dict[str, str]) -> dict[str, str]:
        for name in sha256:
            if name in ("", ".", "..", CARD_NAME) or any(sign in name for sign in "/\\\0"):
                raise ValueError(f"{name!r} is not the name of a file beside the card")
        return sha256


def write_model(folder: Path, model: Model, card: ModelCard) -> ModelCard:
    """Write ``model`` and its card to ``folder``, which is made here, and return the card with the sha256 of each file.

    :raises InputError: if ``folder`` exists and is not empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InputError("model folder", str(folder), "it is not empty", "Write each model to a folder of its own.")
    model.write(folder)
    complete = card.model_copy(update={"sha256": {path.name: _sha256(path) for path in sorted(folder.iterdir())}})
    (folder / CARD_NAME).write_text(json.dumps(complete.as_dict(), indent=2) + "\n", encoding="utf-8")
    return complete


def read_model(folder: Path, group: str = LEARNERS) -> tuple[Model, ModelCard]:
    """Return the model in ``folder`` and its card.

    Nothing but the card is read before the names and the sha256 of all files have been found right.

    :param group: the entry-point group in which the learner is registered.
    :raises InputError: if the card is missing or refused, a file is missing, changed or not in the card, or the learner
        is not registered here.
    """
    card = _read_card(folder)
    files = {path.name: path for path in folder.iterdir() if path.name != CARD_NAME}
    odd = sorted(set(files) ^ set(card.sha256))
    if odd or not files:
        cure = "Use the folder as it was written."
        raise InputError("model folder", odd, "the files are not those of the card", cure)
    for name, path in files.items():
        if path.is_symlink() or not path.is_file() or _sha256(path) != card.sha256[name]:
            raise InputError(
                "model file", name, "the sha256 is not that of the card", "The file was changed: restore it."
            )
    learner: type[Learner] = load_class(group, card.kind)
    return learner.model_class.read(folder), card


def _read_card(folder: Path) -> ModelCard:
    path = folder / CARD_NAME
    if not path.is_file() or path.stat().st_size > LARGEST_CARD:
        raise InputError("model folder", str(folder), f"it has no {CARD_NAME}", "Give the folder of a stored model.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise InputError(CARD_NAME, str(path), "it is not a JSON object", "The file was changed: restore it.")
    return ModelCard.parse(content, where=CARD_NAME)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
