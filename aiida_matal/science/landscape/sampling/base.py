"""The interface of sampling criteria: what they are given and what they propose."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from aiida_matal.science import settings as settings_module
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.sampling.explored import Explored
from aiida_matal.science.landscape.sampling.labelled import Labelled
from aiida_matal.science.landscape.sampling.perturbation import replicate
from aiida_matal.science.landscape.system import System

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SamplingProblem:
    """What a criterion may look at.

    ``n_points`` is how many points it is to look for: its own setting, unless weights of the criteria change it.
    ``labelled`` are the points known so far, which may be none. ``model`` and ``explored`` (points with predictions of
    the model) are None where there is no model yet. ``members`` is the committee of the model, the model itself first,
    or empty.
    """

    system: System
    round_number: int
    n_points: int
    labelled: Labelled
    model: FreeEnergy | None = None
    members: Sequence[FreeEnergy] = ()
    explored: Explored | None = None

    def known_model(self) -> FreeEnergy:
        """Return the model.

        :raises InputError: if there is none.
        """
        if self.model is None:
            raise InputError("model", None, "the criterion needs a model", "Give one, or leave the criterion out.")
        return self.model

    def known_explored(self) -> Explored:
        """Return the explored points.

        :raises InputError: if there are none, because there is no model.
        """
        if self.explored is None:
            raise InputError("model", None, "the criterion needs a model", "Give one, or leave the criterion out.")
        return self.explored


@dataclass(frozen=True)
class Proposals:
    """Points that a criterion asks for, in the order of preference: ``eta`` (n, d) and ``score`` (n,).

    All points are inside the polytope. A larger score is better; it is NaN where a criterion does not score.
    """

    eta: Floats
    score: Floats

    def __post_init__(self) -> None:
        if self.eta.ndim != 2 or self.score.shape != (len(self.eta),):
            shapes = (self.eta.shape, self.score.shape)
            raise InputError("proposals", shapes, "the shapes do not match", "Give d coordinates and a score a point.")

    def __len__(self) -> int:
        return len(self.eta)


class CriterionSettings(settings_module.Settings):
    """Settings that every criterion has."""

    n_points: int = Field(20, ge=1, description="the number of points that the criterion looks for (1 or more)")


class SamplingCriterion(ABC):
    """A rule that proposes points to sample.

    ``needs_model``, ``needs_committee`` and ``needs_labels`` say without what it can propose nothing; it is not asked
    then. ``reweighted`` says whether the weights of the criteria change its number of points. ``score_of`` says what
    its score is, in ``score_unit``, and is empty if it does not score.

    :param settings: settings of the criterion, parsed by its class ``Settings``.
    :param where: name of the settings in error messages.
    :raises InputError: for settings that are unknown or refused.
    """

    Settings: ClassVar[type[CriterionSettings]]
    needs_model: ClassVar[bool] = False
    needs_committee: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False
    reweighted: ClassVar[bool] = True
    score_of: ClassVar[str] = ""
    score_unit: ClassVar[str] = ""

    def __init__(self, settings: Mapping[str, Any], where: str = "criterion settings") -> None:
        self.settings = self.Settings.parse(settings, where=where)

    @abstractmethod
    def propose(self, problem: SamplingProblem, rng: np.random.Generator) -> Proposals:
        """Return the points to sample; the same problem and the same state of ``rng`` give the same answer."""

    def missing(self, problem: SamplingProblem) -> str:
        """Return what the criterion needs and ``problem`` does not have, empty if it has all."""
        if self.needs_model and problem.model is None:
            return "a model"
        if self.needs_committee and len(problem.members) < 2:
            return "a committee of two models or more"
        if self.needs_labels and len(problem.labelled) == 0:
            return "labelled points"
        return ""


class ReplicatedSettings(CriterionSettings):
    """Settings of a criterion whose points are replicated by symmetry and perturbed."""

    replicas: int = Field(1, ge=1, description="how many symmetric images of each point are asked for (1 or more)")
    perturbation: float = Field(
        0.05, ge=0, le=0.5, description="the half-width within which each coordinate is perturbed (0 to 0.5)"
    )


class ReplicatedCriterion(SamplingCriterion):
    """A criterion that finds points and asks for perturbed symmetric images of them."""

    Settings = ReplicatedSettings
    settings: ReplicatedSettings

    @abstractmethod
    def find(self, problem: SamplingProblem) -> Proposals:
        """Return ``problem.n_points`` points, best first, or as many as there are."""

    def propose(self, problem: SamplingProblem, rng: np.random.Generator) -> Proposals:
        """Return ``replicas`` points for each point found, of the same score."""
        found = self.find(problem)
        eta = replicate(problem.system, found.eta, self.settings.replicas, self.settings.perturbation, rng)
        return Proposals(eta, np.repeat(found.score, self.settings.replicas))


def best(eta: Floats, score: Floats, n_points: int) -> Proposals:
    """Return the ``n_points`` of ``eta`` (n, d) with the largest finite ``score`` (n,), equals in their order.

    Points close to each other are not thinned out, as published; novelty does that.
    """
    order = np.argsort(-score, kind="stable")
    chosen = order[np.isfinite(score[order])][:n_points]
    return Proposals(eta[chosen], score[chosen])
