"""The interface of stopping rules: what they are told and what they answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from aiida_matal.science import settings as settings_module


@dataclass(frozen=True)
class Progress:
    """How far a campaign has come.

    ``round`` is the number of rounds finished. ``n_labels`` and ``n_failed`` count the candidates with status ``ok``
    and those that failed or were rejected, and ``n_candidates_left`` those that could still be labelled, infinity
    where each round makes candidates of its own. ``core_hours`` is what all labels cost. ``errors`` holds the model
    error of each finished training, in the unit of the target, oldest first, NaN where unknown. ``top_score`` is the
    score of the best candidate of the last decision and ``disagreement`` the mean predicted error over its candidates,
    in the unit of the target; both None where unknown.
    """

    round: int
    n_labels: int
    n_failed: int
    n_candidates_left: float
    core_hours: float
    errors: list[float]
    top_score: float | None
    disagreement: float | None


class Answer(NamedTuple):
    """Whether a rule wants to stop, and why or why not, in one phrase."""

    stop: bool
    reason: str


class StoppingRule(ABC):
    """One reason to stop a campaign.

    ``is_goal`` is True if the campaign then reached what it was for, False if it ran into a limit. A goal is never
    reached on values that are unknown.

    :param settings: settings of the rule, parsed by its class ``Settings``.
    :raises InputError: for settings that are unknown or refused.
    """

    Settings: ClassVar[type[settings_module.Settings]]
    is_goal: ClassVar[bool]

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = self.Settings.parse(settings, where="stopping rule settings")

    @abstractmethod
    def check(self, progress: Progress) -> Answer:
        """Return whether to stop after this progress."""
