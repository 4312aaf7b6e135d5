"""The interface of free energies, of models of them that can be stored, and of what fits such a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from aiida_matal.science import settings as settings_module
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import ETA, MU, dimension, numbered
from aiida_matal.science.learning.base import Floats, Model, Prediction
from aiida_matal.science.table import ID, Table

if TYPE_CHECKING:
    from aiida_matal.science.landscape.system import System

#: Takes a line of text that tells how far a long computation is.
Report = Callable[[str], None]


def silent(line: str) -> None:
    """Drop a line of a report."""


class FreeEnergy(ABC):
    """A free energy g a variable site, in eV, of d coordinates: the composition and the order parameters.

    Every method takes points eta of shape (n, d).
    """

    #: Number of coordinates.
    d: int

    @abstractmethod
    def g(self, eta: ArrayLike) -> Floats:
        """Return the free energy, shape (n,), in eV a site."""

    @abstractmethod
    def mu(self, eta: ArrayLike) -> Floats:
        """Return its gradient, shape (n, d): the chemical potentials, in eV a site."""

    @abstractmethod
    def hessian(self, eta: ArrayLike) -> Floats:
        """Return its second derivatives, shape (n, d, d), in eV a site."""

    def derivatives(self, eta: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Return the free energy (n,), its gradient (n, d) and its second derivatives (n, d, d), in eV a site."""
        return self.g(eta), self.mu(eta), self.hessian(eta)


class LandscapeModel(FreeEnergy, Model):
    """A fitted free energy, stored as every :class:`aiida_matal.science.learning.base.Model` is.

    A gradient leaves the free energy open but for a constant, which is such that g is 0 at the origin.
    """

    @property
    def members(self) -> Sequence[FreeEnergy]:
        """Return the models of the committee that this one belongs to, itself first; none if it stands alone."""
        return ()

    def predict(self, features: ArrayLike) -> Prediction:
        """Return g of each row of ``features``, shape (n, d), in eV a site.

        The error is the standard deviation over the members of the committee, or None if there is none.

        :raises InputError: if the number of columns is not d or a value is not finite.
        """
        if not self.members:
            return Prediction(self.g(features))
        own, *others = (member.g(features) for member in self.members)
        return Prediction(own, np.std([own, *others], axis=0))


@dataclass(frozen=True, eq=False)
class TrainingPoints:
    """Labelled points: ids (n), ``eta`` (n, d), ``mu`` (n, d) in eV a site and how much each point weighs, (n,).

    :raises InputError: if there are none, shapes do not match, a value is not finite (naming point and column) or a
        weight is negative.
    """

    ids: Sequence[str]
    eta: Floats
    mu: Floats
    weights: Floats

    def __post_init__(self) -> None:
        n, d = len(self.ids), self.eta.shape[-1]
        if n == 0:
            cure = "Give points with status ok."
            raise InputError("training points", n, "there is nothing to learn from", cure)
        shapes = {"eta": self.eta.shape, "mu": self.mu.shape, "weights": self.weights.shape}
        if shapes != {"eta": (n, d), "mu": (n, d), "weights": (n,)}:
            raise InputError("training points", shapes, f"there are {n} ids", "Give each point d values and a weight.")
        for name, values in ((ETA, self.eta), (MU, self.mu)):
            _refuse_not_finite(self.ids, numbered(name, d), values)
        _refuse_not_finite(self.ids, ["weight"], self.weights[:, np.newaxis])
        if (self.weights < 0).any() or not self.weights.any():
            cure = "Give weights >= 0."
            raise InputError("weights", float(self.weights.min()), "weights are 0 or more, and not all 0", cure)

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def read(cls, dataset: Table, *, favour_recent: bool = False) -> Self:
        """Return the points of a dataset whose status is ok.

        :param favour_recent: whether each of the m points of the newest round weighs max(1, (n - m) / m), where n is
            the number of all points, so that the newest count as much as the older together; all others weigh 1.
        :raises InputError: if there are none, or a coordinate or label is not finite.
        """
        labelled = dataset.take(dataset["status"] == "ok")
        d = dimension(labelled, ETA)
        eta, mu = labelled.matrix(numbered(ETA, d)), labelled.matrix(numbered(MU, d))
        weights = recency_weights(labelled["round"]) if favour_recent and len(labelled) else np.ones(len(labelled))
        return cls(labelled[ID].tolist(), eta, mu, weights)


def recency_weights(rounds: ArrayLike) -> Floats:
    """Return the weights that make the points of the newest round count as much as all older ones.

    :param rounds: the round of each point, shape (n,), n >= 1.
    """
    array = np.asarray(rounds)
    newest = array == array.max()
    recent = int(newest.sum())
    return np.where(newest, max(1.0, (len(array) - recent) / recent), 1.0)


@dataclass(frozen=True, eq=False)
class FitResult:
    """What a fit or a search returns.

    ``history`` has a row for each epoch. ``scores`` are errors of the model by name. ``settings`` are those of the
    learner that fitted it: what a search chose. ``trials`` has a row for each set of hyper-parameters of a search.
    """

    model: LandscapeModel
    history: Table
    scores: Mapping[str, float]
    settings: Mapping[str, Any]
    trials: Table | None = None


class LandscapeLearner(ABC):
    """Fits a free energy to its gradient at labelled points.

    :param settings: settings of the learner, parsed by its class ``Settings``.
    :raises InputError: for settings that are unknown or refused.
    """

    Settings: ClassVar[type[settings_module.Settings]]
    #: Settings of :meth:`search`.
    SearchSettings: ClassVar[type[settings_module.Settings]]
    model_class: ClassVar[type[LandscapeModel]]

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = self.Settings.parse(settings, where="learner settings")

    @abstractmethod
    def fit(self, points: TrainingPoints, system: System, seed: int, report: Report = silent) -> FitResult:
        """Return the model fitted to ``points``; the same arguments give the same model.

        :param system: what the coordinates are, and which of them are equivalent by symmetry.
        :param report: called with a line of text every some seconds.
        :raises InputError: if the points have another number of coordinates than the system.
        """

    @abstractmethod
    def search(
        self,
        points: TrainingPoints,
        system: System,
        seed: int,
        settings: Mapping[str, Any],
        report: Report = silent,
    ) -> FitResult:
        """Return the best of the models fitted with hyper-parameters drawn at random, the others as its committee.

        :param settings: settings of the search, parsed by the class ``SearchSettings``.
        :raises InputError: for settings that are refused, or points that do not fit the system.
        """


def _refuse_not_finite(ids: Sequence[str], columns: Sequence[str], values: Floats) -> None:
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0].tolist()
        cure = "Leave the point out, or give it another status than ok."
        what = f"the value of point {ids[row]!r} is not finite"
        raise InputError(f"dataset.{columns[column]}", float(values[row, column]), what, cure)
