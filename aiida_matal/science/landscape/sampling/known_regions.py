"""Sample where the ordering itself says that the free energy matters: wells, the lines between them and end points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from aiida_matal.science.landscape.sampling.base import CriterionSettings, Proposals, SamplingCriterion, SamplingProblem
from aiida_matal.science.landscape.sampling.perturbation import perturb, pull_inside, shorten
from aiida_matal.science.landscape.system import System

Floats = NDArray[np.float64]


class SetWellsSettings(CriterionSettings):
    """Settings of the criterion ``set_wells``."""

    n_points: int = Field(2, ge=1, description="the number of points in each well (1 or more)")
    perturbation: float = Field(
        0.05, ge=0, le=0.5, description="the half-width within which each coordinate is perturbed (0 to 0.5)"
    )


class SetWellsCriterion(SamplingCriterion):
    """Points about each fully ordered variant and about the disordered state of the same composition.

    The variants are first moved inside, by half of the perturbation: Holber and Garikipati (2025), algorithm 2.
    """

    Settings = SetWellsSettings
    settings: SetWellsSettings

    def propose(self, problem: SamplingProblem, rng: np.random.Generator) -> Proposals:
        """Return ``n_points`` points a well, well after well, the disordered state last."""
        variants, disordered = problem.system.order_parameters.variants, disordered_state(problem.system)
        ordered = variants - disordered
        length = np.linalg.norm(ordered, axis=1, keepdims=True)
        inside = disordered + ordered * np.maximum(1 - self.settings.perturbation / 2 / length, 0)
        wells = np.concatenate([inside, disordered[np.newaxis]])
        repeated = np.repeat(wells, problem.n_points, axis=0)
        return not_scored(perturb(problem.system, repeated, self.settings.perturbation, rng))


class VerticesSettings(CriterionSettings):
    """Settings of the criterion ``vertices``."""

    n_points: int = Field(4, ge=1, description="the number of points on each line (1 or more)")
    perturbation: float = Field(
        0.01,
        ge=0,
        le=0.5,
        description="the half-width, times the number of the round, within which the other order parameters are "
        "perturbed (0 to 0.5)",
    )


class VerticesCriterion(SamplingCriterion):
    """Points on the lines from the disordered state to each fully ordered variant, at their composition.

    Where two variants are opposite to each other, one line joins them. The other order parameters are perturbed by more
    in each round, by nothing in round 0: Holber and Garikipati (2025), algorithm 3.
    """

    Settings = VerticesSettings
    settings: VerticesSettings

    def propose(self, problem: SamplingProblem, rng: np.random.Generator) -> Proposals:
        """Return ``n_points`` points a line, line after line."""
        lines, two_sided = ordering_lines(problem.system)
        lines, two_sided = np.repeat(lines, problem.n_points, axis=0), np.repeat(two_sided, problem.n_points)
        amplitude = np.where(two_sided, rng.uniform(-1, 1, size=len(lines)), rng.uniform(0, 1, size=len(lines)))
        base = pull_inside(problem.system, disordered_state(problem.system) + amplitude[:, np.newaxis] * lines)
        width = self.settings.perturbation * problem.round_number
        step = rng.uniform(-width, width, size=base.shape)
        step[:, 0] = 0
        direction = lines / np.linalg.norm(lines, axis=1, keepdims=True)
        step -= np.sum(step * direction, axis=1, keepdims=True) * direction
        return not_scored(shorten(problem.system, base, step, rng))


class EndpointsSettings(CriterionSettings):
    """Settings of the criterion ``endpoints``."""

    n_points: int = Field(10, ge=1, description="the number of points at each end (1 or more)")
    perturbation: float = Field(
        0.05, ge=0, le=0.5, description="how far from the end a coordinate may be at most (0 to 0.5)"
    )


class EndpointsCriterion(SamplingCriterion):
    """Points next to the compositions 0 and 1: Holber and Garikipati (2025), algorithm 4.

    At an end, order parameters of any size lie outside the polytope. Hence the composition is drawn first, and the
    order parameters are perturbed at that composition.
    """

    Settings = EndpointsSettings
    settings: EndpointsSettings

    def propose(self, problem: SamplingProblem, rng: np.random.Generator) -> Proposals:
        """Return ``n_points`` points an end, those at the composition 0 first."""
        distance = rng.uniform(0, self.settings.perturbation, size=2 * problem.n_points)
        base = np.zeros((len(distance), problem.system.d))
        base[:, 0] = np.where(np.arange(len(distance)) < problem.n_points, distance, 1 - distance)
        half_widths = np.full(problem.system.d, self.settings.perturbation)
        half_widths[0] = 0
        return not_scored(perturb(problem.system, base, half_widths, rng))


def disordered_state(system: System) -> Floats:
    """Return the disordered state at the composition of the fully ordered variants, shape (d,)."""
    state = np.zeros(system.d)
    state[0] = system.order_parameters.variants[0, 0]
    return state


def ordering_lines(system: System) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the vectors from the disordered state to the variants, and which of them have an opposite one.

    Of two opposite ones only the first is returned. The shapes are (lines, d) and (lines,).
    """
    lines: list[Floats] = []
    two_sided: list[bool] = []
    for vector in system.order_parameters.variants - disordered_state(system):
        opposite = [number for number, line in enumerate(lines) if np.allclose(line, -vector, atol=1e-9)]
        if opposite:
            two_sided[opposite[0]] = True
        else:
            lines.append(vector)
            two_sided.append(False)
    return np.array(lines), np.array(two_sided)


def not_scored(eta: Floats) -> Proposals:
    """Return the points without scores."""
    return Proposals(eta, np.full(len(eta), np.nan))
