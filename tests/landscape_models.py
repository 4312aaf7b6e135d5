"""Free energies with random weights, which need no training."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from aiida_matal.science.landscape.columns import ETA, numbered
from aiida_matal.science.landscape.idnn.inputs import Inputs
from aiida_matal.science.landscape.idnn.mixing import IdealMixing
from aiida_matal.science.landscape.idnn.model import IdnnModel
from aiida_matal.science.landscape.idnn.network import Network
from aiida_matal.science.landscape.polynomials import Polynomials
from aiida_matal.science.learning.model_files import ModelCard, write_model
from aiida_matal.science.learning.standardisation import Standardisation


def random_idnn(system, seed=0, activation="tanh", widths=(8, 5), temperature=None):
    """Return a network of random weights of the invariants of a system; ideal mixing at ``temperature`` is added."""
    rng = np.random.default_rng(seed)
    invariants = system.invariants
    n_inputs = len(invariants.degrees)
    sizes = [n_inputs, *widths, 1]
    weights = [rng.normal(size=shape) / np.sqrt(shape[0]) for shape in pairwise(sizes)]
    network = Network(weights, [rng.normal(size=width) for width in widths], activation)
    scaling = Standardisation(rng.normal(size=n_inputs) / 10, rng.uniform(0.2, 1.0, size=n_inputs))
    parameters = system.order_parameters
    mixing = None if temperature is None else IdealMixing(parameters.signs, temperature)
    return IdnnModel(Inputs(Polynomials(invariants.exponents, invariants.coefficients), scaling), (network,), mixing)


def write_random_idnn(folder, system, **options):
    """Write such a model to a new folder and return it with its card."""
    model = random_idnn(system, **options)
    features = numbered(ETA, system.d)
    domain = dict.fromkeys(features, (-0.5, 0.5)) | {features[0]: (0.0, 1.0)}
    card = ModelCard(kind="idnn", features=features, target="free_energy", unit="eV", n_labels=10, domain=domain)
    return model, write_model(folder, model, card)


def random_points(system, n, seed=0):
    """Return points inside the polytope, shape (n, d)."""
    x = np.random.default_rng(seed).uniform(0.01, 0.99, size=(n, system.order_parameters.Q.shape[1]))
    return system.order_parameters.eta(x)
