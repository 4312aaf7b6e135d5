"""The interface of criteria: what they are given and what they answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science import settings as settings_module
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Floats, Prediction, refuse_not_finite

DECIMALS = 9


@dataclass(frozen=True)
class SelectionProblem:
    """The candidates to choose from, and what is known about the quantity so far.

    ``candidates`` (n, d) and ``labelled`` (m, d) hold the same features; ``target`` (m,) are the labels and
    ``target_error`` (m,) their standard errors, None if unknown. ``prediction`` is for the candidates, n rows.
    ``groups`` (n,) numbers the group of each candidate from 0; a criterion then chooses at most one of each group.

    :raises InputError: if there are no candidates, shapes do not match, a value is not finite, or ``batch_size`` is not
        within 1 .. n, or 1 .. the number of groups where there are any.
    """

    candidates: Floats
    labelled: Floats
    target: Floats
    target_error: Floats | None
    prediction: Prediction | None
    batch_size: int
    seed: int
    groups: NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        if self.candidates.ndim != 2 or len(self.candidates) == 0:
            raise InputError("candidates", self.candidates.shape, "there are none", "Give one row a candidate.")
        n_candidates, n_features = self.candidates.shape
        n_labels = len(self.labelled)
        _refuse_shape("labelled", self.labelled, (n_labels, n_features))
        _refuse_shape("target", self.target, (n_labels,))
        if self.target_error is not None:
            _refuse_shape("target_error", self.target_error, (n_labels,))
        if self.prediction is not None:
            _refuse_shape("prediction", self.prediction.mean, (n_candidates,))
        for field in ("candidates", "labelled", "target"):
            refuse_not_finite(field, getattr(self, field))
        if self.groups is not None:
            _refuse_shape("groups", self.groups, (n_candidates,))
        kind, largest = ("candidates", n_candidates) if self.groups is None else ("groups", len(np.unique(self.groups)))
        if not 1 <= self.batch_size <= largest:
            raise InputError("batch_size", self.batch_size, f"there are {largest} {kind}", f"Give 1 to {largest}.")

    def closed_by(self, choice: int) -> NDArray[np.bool_]:
        """Return which candidates may not be chosen any more after ``choice``, shape (n,): itself and its group."""
        if self.groups is None:
            return np.arange(len(self.candidates)) == choice
        return self.groups == self.groups[choice]


@dataclass(frozen=True)
class Selection:
    """All candidates, best first.

    ``ranking`` (n,) holds the index of each candidate once; the first ``batch_size`` are the chosen, in the order of
    the choice. ``scores`` holds dimensionless values, larger is better, shape (n,) each and in the order of the
    candidates, NaN where there is none. The first is the one that the criterion ranks by and has its registered name;
    a criterion that does not score gives no scores. ``reasons`` (n) has one phrase for each candidate in the order of
    the ranking: why it was chosen, or why not.
    """

    ranking: NDArray[np.intp]
    scores: dict[str, Floats]
    reasons: list[str]


class Criterion(ABC):
    """A rule that ranks candidates.

    ``needs_labels`` says whether it can only work with labelled points.

    :param settings: settings of the criterion, parsed by its class ``Settings``.
    :raises InputError: for settings that are unknown or refused.
    """

    Settings: ClassVar[type[settings_module.Settings]]
    needs_labels: ClassVar[bool]

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = self.Settings.parse(settings, where="criterion settings")

    @abstractmethod
    def select(self, problem: SelectionProblem) -> Selection:
        """Return the ranking of the candidates; the same problem gives the same answer, and ties go to the first."""

    def learned_settings(self, problem: SelectionProblem) -> dict[str, Any]:  # noqa: ARG002
        """Return settings with which what it learns from the labels of ``problem`` is given: by default its own."""
        return self.settings.as_dict()


def best_of(scores: Floats, taken: NDArray[np.bool_]) -> int:
    """Return the first index with the largest score, among those not taken.

    Scores are compared after rounding to nine decimals, so that rounding errors do not decide between equals.
    """
    return int(np.argmax(np.where(taken, -np.inf, np.round(scores, DECIMALS))))


def best_batch(scores: Floats, problem: SelectionProblem) -> list[int]:
    """Return the choices of a criterion whose scores do not change with the choices, best first."""
    closed = np.zeros(len(scores), dtype=bool)
    chosen: list[int] = []
    for _ in range(problem.batch_size):
        chosen.append(best_of(scores, closed))
        closed |= problem.closed_by(chosen[-1])
    return chosen


def ranking_after(chosen: list[int], scores: Floats) -> NDArray[np.intp]:
    """Return the chosen indices in their order, then the others by score, largest first, equals by index."""
    order = np.argsort(-np.round(scores, DECIMALS), kind="stable")
    others = order[~np.isin(order, chosen)]
    return np.concatenate([np.asarray(chosen, dtype=np.intp), others])


def _refuse_shape(field: str, array: NDArray[Any], expected: tuple[int, ...]) -> None:
    if array.shape != expected:
        raise InputError(field, array.shape, "the shape does not match the others", f"Give the shape {expected}.")
