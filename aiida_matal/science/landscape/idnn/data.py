"""What a network is trained on: inputs, their derivatives and scaled labels, with the points that are held back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn.inputs import Inputs
from aiida_matal.science.landscape.idnn.mixing import IdealMixing
from aiida_matal.science.landscape.idnn.model import SCALE
from aiida_matal.science.landscape.model import TrainingPoints
from aiida_matal.science.landscape.polynomials import Polynomials
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.seeds import derive_seed

if TYPE_CHECKING:
    from aiida_matal.science.landscape.system import System

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Samples:
    """Points as the training sees them.

    :param values: inputs of the network, shape (n, n_inputs).
    :param tangents: derivatives of the inputs with respect to the coordinates, shape (n, d, n_inputs).
    :param targets: labels in units of 0.01 eV, less what ideal mixing contributes, shape (n, d).
    :param weights: of the points, shape (n,).
    """

    values: Floats
    tangents: Floats
    targets: Floats
    weights: Floats

    def take(self, rows: Rows) -> Samples:
        """Return some of the points, with weights whose mean is 1."""
        weights = self.weights[rows]
        mean = weights.mean() or 1.0
        return Samples(self.values[rows], self.tangents[rows], self.targets[rows], weights / mean)


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What all networks of a fit or a search share: how inputs are made, and the two parts of the points."""

    inputs: Inputs
    mixing: IdealMixing | None
    training: Samples
    validation: Samples
    training_rows: Rows
    validation_rows: Rows


def training_data(
    points: TrainingPoints, system: System, validation_share: float, ideal_mixing: float | None, seed: int
) -> TrainingData:
    """Return points as the training sees them, some of them, drawn at random, held back for validation.

    :param ideal_mixing: temperature in K of the ideal free energy of mixing, or None.
    :raises InputError: if there are fewer than two points, or they do not have the coordinates of the system.
    """
    d = points.eta.shape[1]
    if d != system.d:
        cure = "Give the system that the points were sampled in."
        raise InputError("training points", d, f"the system has {system.d} coordinates", cure)
    if len(points) < 2:
        cure = "Give two points or more."
        raise InputError("training points", len(points), "one point must be held back for validation", cure)
    inputs = _inputs(points.eta, system)
    mixing = None if ideal_mixing is None else IdealMixing(_occupations(system), ideal_mixing)
    mu = points.mu if mixing is None else points.mu - mixing.mu(points.eta)
    samples = Samples(inputs.values(points.eta), inputs.tangents(points.eta), SCALE * mu, points.weights)
    order = np.random.default_rng(derive_seed(seed, "validation")).permutation(len(points))
    n_held_back = max(1, round(validation_share * len(points)))
    held_back, rest = np.sort(order[:n_held_back]), np.sort(order[n_held_back:])
    return TrainingData(inputs, mixing, samples.take(rest), samples.take(held_back), rest, held_back)


def _inputs(eta: Floats, system: System) -> Inputs:
    invariants = system.invariants
    exponents = np.asarray(invariants.exponents, dtype=np.int64)
    polynomials = Polynomials(exponents, np.asarray(invariants.coefficients, dtype=np.float64))
    plain = np.column_stack([eta[:, 0], polynomials.values(eta[:, 1:])])
    return Inputs(polynomials, Standardisation.of(plain))


def _occupations(system: System) -> Floats:
    """Return the matrix M Q, shape (d, M): the occupations of the sublattices are ``eta @ (M Q)``."""
    q = np.asarray(system.order_parameters.Q, dtype=np.float64)
    return q.shape[1] * q
