"""Sample along the path of lowest free energy that the model predicts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.sampling.base import (
    Proposals,
    ReplicatedCriterion,
    ReplicatedSettings,
    SamplingProblem,
)
from aiida_matal.science.landscape.sampling.known_regions import disordered_state, ordering_lines
from aiida_matal.science.landscape.system import System

Floats = NDArray[np.float64]


class LowestFreeEnergySettings(ReplicatedSettings):
    """Settings of the criterion ``lowest_free_energy``."""

    composition_window: float = Field(
        0.05, ge=0, le=0.5, description="how far from the composition of the ordering it looks (0 to 0.5)"
    )
    composition_step: float = Field(0.002, gt=0, le=0.1, description="the step of the composition (up to 0.1)")
    order_step: float = Field(0.01, gt=0, le=0.1, description="the step of the order parameters (up to 0.1)")


class LowestFreeEnergyCriterion(ReplicatedCriterion):
    """The point of lowest g at each of many compositions, among those with at most two orderings at once.

    The points of the grid have the amplitude t_1 of one ordering and t_2 <= t_1 of another, and are inside the
    polytope. Holber and Garikipati (2025), section 2.1.8: compositions 0.45 to 0.55, eta_1 >= eta_2 from 0 to 0.5.
    """

    Settings = LowestFreeEnergySettings
    settings: LowestFreeEnergySettings
    needs_model = True
    score_of = "minus g"
    score_unit = "eV"

    def find(self, problem: SamplingProblem) -> Proposals:
        """Return ``n_points`` points of the path, evenly spaced in composition, repeated if there are fewer."""
        path, g = lowest_path(problem.system, problem.known_model(), self.compositions(problem.system), self._step)
        if problem.n_points >= len(path):
            rows = np.arange(problem.n_points) % len(path)
        else:
            rows = np.round((np.arange(problem.n_points) + 0.5) * len(path) / problem.n_points - 0.5).astype(np.intp)
        return Proposals(path[rows], -g[rows])

    @property
    def _step(self) -> float:
        return self.settings.order_step

    def compositions(self, system: System) -> Floats:
        """Return the compositions at which it looks."""
        n_steps = int(self.settings.composition_window / self.settings.composition_step + 1e-9)
        steps = np.arange(-n_steps, n_steps + 1) * self.settings.composition_step
        compositions = disordered_state(system)[0] + steps
        return compositions[(compositions > -1e-9) & (compositions < 1 + 1e-9)].clip(0, 1)


def lowest_path(system: System, model: FreeEnergy, compositions: Floats, order_step: float) -> tuple[Floats, Floats]:
    """Return the grid points of lowest g at each composition, shape (n, d), and their g, shape (n,), in eV a site."""
    orders = _orders(system, order_step)
    path, lowest = np.empty((len(compositions), system.d)), np.empty(len(compositions))
    for row, composition in enumerate(compositions):
        eta = orders.copy()
        eta[:, 0] = composition
        eta = eta[system.polytope.contains(eta, 1e-9)]
        g = model.g(eta)
        path[row], lowest[row] = eta[np.argmin(g)], g.min()
    return path, lowest


def _orders(system: System, step: float) -> Floats:
    """Return the grid of amplitudes of two orderings, shape (n, d), at the composition 0."""
    lines, _ = ordering_lines(system)
    length = float(np.linalg.norm(lines[0]))
    amplitudes = np.arange(int(length / step + 1e-9) + 1) * step
    first, second = np.meshgrid(amplitudes, amplitudes if len(lines) > 1 else [0.0], indexing="ij")
    kept = first >= second
    directions = lines / length
    other = directions[1] if len(lines) > 1 else np.zeros(system.d)
    return np.outer(first[kept], directions[0]) + np.outer(second[kept], other)
