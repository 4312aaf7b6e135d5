"""The data node of a fitted model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from aiida.common.exceptions import ValidationError
from aiida.orm import FolderData

CARD = "card.json"


class ModelData(FolderData):
    """The files of a fitted model, its card and the sha256 of every file.

    The card (``card.json``, also in the attributes) says the kind of model, its features, its target and unit, and its
    scores. Files are only ever parsed in the worker, after their sha256 has been checked there; :meth:`verify` checks
    them in the profile.
    """

    @classmethod
    def from_folder(cls, folder: Path, scores: Mapping[str, float]) -> Self:
        """Return an unstored node of the model that a task wrote to ``folder``.

        :param scores: errors of the model, by name, in the unit of the target.
        :raises ValidationError: if the card is missing or a file is not the one the card names.
        """
        node = cls(tree=str(folder.resolve()))
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        node.base.attributes.set_many({**card, "scores": dict(scores)})
        node.verify()
        return node

    @property
    def kind(self) -> str:
        """Return the entry-point name of the learner that fitted the model."""
        return str(self.base.attributes.get("kind"))

    @property
    def features(self) -> list[str]:
        """Return the names of the model's inputs."""
        return list(self.base.attributes.get("features"))

    @property
    def scores(self) -> dict[str, Any]:
        """Return the errors of the model, by name, in the unit of the target."""
        return dict(self.base.attributes.get("scores"))

    def verify(self) -> None:
        """Check every file against its sha256.

        :raises ValidationError: naming the first file that is missing, changed or not on the card.
        """
        expected = self.base.attributes.get("sha256", None)
        if not expected:
            raise ValidationError("the model has no checksums: make it with ModelData.from_folder")
        present = set(self.base.repository.list_object_names()) - {CARD}
        if present != set(expected):
            raise ValidationError(f"files {sorted(present ^ set(expected))} and the model's card disagree")
        for name, checksum in expected.items():
            found = hashlib.sha256(self.base.repository.get_object_content(name, mode="rb")).hexdigest()
            if found != checksum:
                raise ValidationError(f"file {name} is not the one the model was made of: sha256 {found}")

    def _validate(self) -> bool:
        super()._validate()
        self.verify()
        return True
