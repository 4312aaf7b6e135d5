"""A committee: learners of different kinds that learn the same and predict their mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, field_validator

from aiida_matal.science.learning.base import Floats, Learner, Model, Prediction
from aiida_matal.science.registry import LEARNERS, load_class
from aiida_matal.science.settings import Settings

FILE_NAME = "committee.json"
COMMITTEE = "committee"


class CommitteeSettings(Settings):
    """Settings of the learner ``committee``."""

    members: dict[str, dict[str, Any]] = Field(
        {"lightgbm": {}, "gaussian_process": {}}, description="settings of each member, by the name of the learner"
    )

    @field_validator("members")
    @classmethod
    def _refuse_few_and_nested(cls, members: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        if len(members) < 2 or COMMITTEE in members:
            raise ValueError("a committee has two members or more, none of them a committee")
        # Databases do not keep the order of keys, and results depend on that of the settings that tuning varies.
        return dict(sorted(members.items()))


class CommitteeModel(Model):
    """The models of the members, by the name of the learner."""

    def __init__(self, members: Mapping[str, Model]) -> None:
        self.members = dict(members)

    def predict(self, features: ArrayLike) -> Prediction:
        """Return the mean of the members and its standard error.

        The variance is that of a mixture: the mean of the members' own variances, over those that have one, plus the
        variance between the means.

        :raises InputError: if the number of columns is not d or a value is not finite.
        """
        predictions = [model.predict(features) for model in self.members.values()]
        means = np.array([prediction.mean for prediction in predictions])
        own = [prediction.error**2 for prediction in predictions if prediction.error is not None]
        variance = means.var(axis=0) + (np.mean(own, axis=0) if own else 0.0)
        return Prediction(means.mean(axis=0), np.sqrt(variance))

    def importance(self) -> Floats | None:
        """Return the importance of the first member that can tell it."""
        return next((found for model in self.members.values() if (found := model.importance()) is not None), None)

    def write(self, folder: Path) -> None:
        """Write the names of the members and the files of each; no two kinds of model share a file name."""
        (folder / FILE_NAME).write_text(json.dumps(list(self.members)) + "\n", encoding="utf-8")
        for model in self.members.values():
            model.write(folder)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a model written by :meth:`write`."""
        names = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return cls({name: load_class(LEARNERS, name).model_class.read(folder) for name in names})


class CommitteeLearner(Learner):
    """Fits every member to the same data with the same seed.

    Errors of learners that work differently are partly independent, and cancel in the mean. Features are eliminated for
    the first member, whose models should rank them and be quickly trained.
    """

    Settings = CommitteeSettings
    model_class = CommitteeModel
    settings: CommitteeSettings

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        self.members: dict[str, Learner] = {
            name: load_class(LEARNERS, name)(values) for name, values in self.settings.members.items()
        }
        complete = {name: member.settings.as_dict() for name, member in self.members.items()}
        self.settings = self.settings.model_copy(update={"members": complete})
        self.search_space = {
            f"members.{name}.{setting}": limits
            for name, member in self.members.items()
            for setting, limits in member.search_space.items()
        }

    def ranker(self) -> Learner:
        """Return the first member whose models rank features, or the first of all."""
        members = list(self.members.values())
        return next((member for member in members if member.model_class.importance is not Model.importance), members[0])

    def fit(
        self, features: ArrayLike, target: ArrayLike, *, target_error: ArrayLike | None, seed: int
    ) -> CommitteeModel:
        """Return the models fitted to ``features``, shape (n, d), and ``target``, shape (n,).

        :raises InputError: if the shapes do not match or a value is not finite.
        """
        return CommitteeModel(
            {
                name: member.fit(features, target, target_error=target_error, seed=seed)
                for name, member in self.members.items()
            }
        )
