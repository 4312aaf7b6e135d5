"""A small trained-like model, and gradients by differences."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from aiida_matal.science.landscape.idnn.inputs import Inputs
from aiida_matal.science.landscape.idnn.mixing import IdealMixing
from aiida_matal.science.landscape.idnn.model import IdnnModel
from aiida_matal.science.landscape.idnn.network import Network
from aiida_matal.science.landscape.polynomials import Polynomials
from aiida_matal.science.learning.standardisation import Standardisation


@pytest.fixture(scope="session")
def make_network():
    """Return a network with weights and biases drawn at random."""

    def make(n_inputs=5, widths=(8, 6), activation="tanh", seed=0):
        rng = np.random.default_rng(seed)
        sizes = [n_inputs, *widths, 1]
        weights = [rng.normal(size=(rows, columns)) / np.sqrt(rows) for rows, columns in pairwise(sizes)]
        return Network(weights, [rng.normal(size=width) for width in widths], activation)

    return make


@pytest.fixture(scope="session")
def inside():
    """Return n points well inside the polytope of a system."""

    def draw(system, n, seed=0):
        rng = np.random.default_rng(seed)
        q = system.order_parameters.Q
        eta = rng.uniform(0.05, 0.95, size=(4 * n, q.shape[1])) @ q.T
        # Averages over many sublattices are nearly equal: spread the order.
        eta[:, 1:] *= rng.uniform(1, 3, size=(4 * n, 1))
        occupations = eta @ q * q.shape[1]
        found = eta[((occupations > 0.02) & (occupations < 0.98)).all(axis=1)][:n]
        assert len(found) == n
        return found

    return draw


@pytest.fixture(scope="session")
def make_model(zigzag, make_network, inside):
    """Return a model of the zig-zag system with random networks."""

    def make(n_networks=1, temperature=None, activation="swish"):
        invariants = zigzag.invariants
        polynomials = Polynomials(invariants.exponents, invariants.coefficients)
        scaling = Standardisation.of(invariants.values(inside(zigzag, 500)))
        networks = [
            make_network(len(invariants.degrees), (16 + number, 12), activation, seed=number)
            for number in range(n_networks)
        ]
        q = zigzag.order_parameters.Q
        mixing = None if temperature is None else IdealMixing(q.shape[1] * q, temperature)
        return IdnnModel(Inputs(polynomials, scaling), networks, mixing)

    return make


@pytest.fixture(scope="session")
def slopes():
    """Return the derivatives of a function of points (n, d) by central differences of fourth order."""

    def differentiate(function, points, step=1e-4):
        columns = []
        for axis in np.eye(points.shape[1]):
            near = function(points + step * axis) - function(points - step * axis)
            far = function(points + 2 * step * axis) - function(points - 2 * step * axis)
            columns.append((8 * near - far) / (12 * step))
        return np.stack(columns, axis=-1)

    return differentiate
