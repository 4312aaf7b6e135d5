"""A sampling criterion and a learner of free energies for aiida-matal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.invariants import Invariants
from aiida_matal.science.landscape.model import (
    FitResult,
    LandscapeLearner,
    LandscapeModel,
    Report,
    TrainingPoints,
    silent,
)
from aiida_matal.science.landscape.sampling.base import Proposals, ReplicatedCriterion, SamplingProblem, best
from aiida_matal.science.landscape.system import System
from aiida_matal.science.learning.base import as_features
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Column, Table

Floats = NDArray[np.float64]


class SaddlePointsCriterion(ReplicatedCriterion):
    """Points next to saddle points of g, the barriers between wells: one negative eigenvalue, smallest gradient."""

    needs_model = True
    score_of = "minus the norm of mu"
    score_unit = "eV"

    def find(self, problem: SamplingProblem) -> Proposals:
        """Return the explored points with the smallest gradients; there may be fewer than asked for."""
        explored = problem.known_explored()
        curvature = explored.curvature
        saddle = (curvature.eigenvalues[:, 0] < 0) & (curvature.eigenvalues[:, 1] > 0)
        score = np.where(saddle, -np.linalg.norm(curvature.mu, axis=1), -np.inf)
        return best(explored.points, score, problem.n_points)


class LandauSettings(Settings):
    """Settings of the learner ``landau``."""

    powers: int = Field(4, ge=1, le=12, description="the highest power of the composition (1 to 12)")
    ridge: float = Field(1e-8, gt=0, description="the penalty of large coefficients (above 0)")


class LandauSearchSettings(Settings):
    """Settings of its search."""

    powers: list[int] = Field([3, 4, 5, 6], min_length=2, description="two or more highest powers of the composition")


@dataclass(frozen=True)
class LandauModel(LandscapeModel):
    """A Landau expansion: g is a sum of powers of the composition times invariants of the order parameters.

    :param factors: of each power, from 0, times each invariant, the first of them 1; one array a member, own first.
    """

    invariants: Invariants
    factors: Sequence[Floats]

    @property
    def d(self) -> int:  # type: ignore[override]
        """Return the number of coordinates."""
        return self.invariants.d

    @property
    def members(self) -> Sequence[LandauModel]:
        """Return the models of the committee, this one first; none if it stands alone."""
        return [type(self)(self.invariants, [own]) for own in self.factors] if len(self.factors) > 1 else ()

    def g(self, eta: ArrayLike) -> Floats:
        """Return the free energy, shape (n,), in eV a site."""
        points = as_features(eta, self.d)
        return np.einsum("np,pk,nk->n", self._powers(points, 0), self.factors[0], values(self.invariants, points))

    def mu(self, eta: ArrayLike) -> Floats:
        """Return its gradient, shape (n, d), in eV a site."""
        points = as_features(eta, self.d)
        gradient = np.einsum("np,pk,nkd->nd", self._powers(points, 0), self.factors[0], self._jacobian(points))
        h = values(self.invariants, points)
        gradient[:, 0] += np.einsum("np,pk,nk->n", self._powers(points, 1), self.factors[0], h)
        return gradient

    def hessian(self, eta: ArrayLike) -> Floats:
        """Return its second derivatives, shape (n, d, d), in eV a site."""
        points = as_features(eta, self.d)
        own, h, bends = self.factors[0], values(self.invariants, points), self.invariants.hessian(points)
        hessian = np.einsum("np,pk,nkde->nde", self._powers(points, 0), own, bends)
        mixed = np.einsum("np,pk,nkd->nd", self._powers(points, 1), own, self._jacobian(points))
        hessian[:, 0] += mixed
        hessian[:, :, 0] += mixed
        hessian[:, 0, 0] += np.einsum("np,pk,nk->n", self._powers(points, 2), own, h)
        return hessian

    def write(self, folder: Path) -> None:
        """Write invariants and factors as plain arrays."""
        polynomials = self.invariants
        arrays: dict[str, Any] = {f"factors_{number}": own for number, own in enumerate(self.factors)}
        arrays |= {name: getattr(polynomials, name) for name in ("exponents", "coefficients", "degrees")}
        np.savez_compressed(folder / "landau.npz", **arrays)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a model written by :meth:`write`; pickled content is refused."""
        with np.load(folder / "landau.npz", allow_pickle=False) as stored:
            arrays = dict(stored)
        invariants = Invariants(*(arrays.pop(name) for name in ("exponents", "coefficients", "degrees")))
        return cls(invariants, [arrays[f"factors_{number}"] for number in range(len(arrays))])

    def _powers(self, points: Floats, order: int) -> Floats:
        return powers(points[:, 0], len(self.factors[0]), order)

    def _jacobian(self, points: Floats) -> Floats:
        return slopes(self.invariants, points)


class LandauLearner(LandscapeLearner):
    """Fits the coefficients of a Landau expansion by linear least squares."""

    Settings = LandauSettings
    SearchSettings = LandauSearchSettings
    model_class = LandauModel
    settings: LandauSettings

    def fit(self, points: TrainingPoints, system: System, seed: int, report: Report = silent) -> FitResult:  # noqa: ARG002
        """Return the expansion fitted to ``points``; nothing in it is random.

        :raises InputError: if the points have another number of coordinates than the system.
        """
        model = LandauModel(system.invariants, [self._factors(points, system, self.settings.powers)])
        return self._result(model, points, self.settings)

    def search(
        self,
        points: TrainingPoints,
        system: System,
        seed: int,  # noqa: ARG002
        settings: Mapping[str, Any],
        report: Report = silent,
    ) -> FitResult:
        """Return the expansion with the number of powers that fits best, the others as its committee."""
        search = self.SearchSettings.parse(settings, where="search settings")
        trials = [LandauModel(system.invariants, [self._factors(points, system, top)]) for top in search.powers]
        errors = np.array([rms_error(trial, points) for trial in trials])
        order = np.argsort(errors, kind="stable").tolist()
        for top, error in zip(search.powers, errors, strict=True):
            report(f"powers up to {top}: error {1000 * error:.3g} meV")
        model = LandauModel(system.invariants, [trials[row].factors[0] for row in order])
        chosen = self.settings.model_copy(update={"powers": search.powers[order[0]]})
        columns = {"powers": Column("highest power of the composition", "1"), "training_rmse": Column("error", "eV")}
        result = self._result(model, points, chosen)
        table = Table({"powers": np.array(search.powers), "training_rmse": errors}, columns)
        return FitResult(result.model, result.history, result.scores, result.settings, table)

    def _factors(self, points: TrainingPoints, system: System, top: int) -> Floats:
        if points.eta.shape[1] != system.d:
            cure = "Give the system that the points were sampled in."
            raise InputError("training points", points.eta.shape[1], f"the system has {system.d} coordinates", cure)
        x, h = points.eta[:, 0], values(system.invariants, points.eta)
        design = np.einsum("np,nkd->ndpk", powers(x, top + 1, 0), slopes(system.invariants, points.eta))
        design[:, 0] += np.einsum("np,nk->npk", powers(x, top + 1, 1), h)
        # A constant has no gradient: the first factor stays 0, so that g is 0 at the origin.
        columns = design.reshape(points.mu.size, -1)[:, 1:]
        scale = np.sqrt(np.mean(columns**2, axis=0)) + 1e-12
        weight = np.sqrt(np.repeat(points.weights / points.weights.mean(), system.d))[:, np.newaxis]
        penalty = np.sqrt(self.settings.ridge * len(columns)) * np.eye(len(scale))
        rows = np.concatenate([weight * columns / scale, penalty])
        target = np.append(weight[:, 0] * points.mu.ravel(), np.zeros(len(scale)))
        found = np.linalg.lstsq(rows, target, rcond=None)[0] / scale
        return np.append(0.0, found).reshape(top + 1, -1)

    def _result(self, model: LandauModel, points: TrainingPoints, settings: LandauSettings) -> FitResult:
        error = rms_error(model, points)
        columns = {"epoch": Column("epoch", "1"), "loss": Column("mean squared error", "eV^2")}
        history = Table({"epoch": np.array([0]), "loss": np.array([error**2])}, columns)
        return FitResult(model, history, {"training_rmse": error}, settings.as_dict())


def powers(x: Floats, number: int, order: int) -> Floats:
    """Return the derivatives of some order of the powers 0, 1, ... of x, shape (n, number)."""
    exponents = np.arange(number)
    factor = np.prod([exponents - step for step in range(order)], axis=0)
    return factor * x[:, np.newaxis] ** np.maximum(exponents - order, 0)


def values(invariants: Invariants, points: Floats) -> Floats:
    """Return 1 and the invariants of the order parameters, shape (n, k)."""
    h = invariants.values(points)
    h[:, 0] = 1.0
    return h


def slopes(invariants: Invariants, points: Floats) -> Floats:
    """Return the derivatives of :func:`values`, shape (n, k, d)."""
    jacobian = invariants.jacobian(points)
    jacobian[:, 0] = 0.0
    return jacobian


def rms_error(model: LandauModel, points: TrainingPoints) -> float:
    """Return the root mean squared error of mu, in eV a site."""
    return float(np.sqrt(np.mean((model.mu(points.eta) - points.mu) ** 2)))
