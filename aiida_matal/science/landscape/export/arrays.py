"""The arrays that a fitted free energy consists of, reduced to what its evaluation needs."""

from __future__ import annotations

from typing import Any

import numpy as np
from ase.units import kB
from numpy.typing import NDArray

from aiida_matal.science.landscape.idnn.mixing import SMALLEST
from aiida_matal.science.landscape.idnn.model import SCALE, IdnnModel
from aiida_matal.science.landscape.system import System

Arrays = dict[str, NDArray[Any]]


def model_arrays(model: IdnnModel, system: System) -> Arrays:
    """Return the arrays by name.

    - ``exponents`` (monomials, d - 1), ``coefficients`` (k - 1, monomials): the invariant polynomials.
    - ``input_shift`` (k,): what is taken off the composition and the polynomials before they enter the network.
    - ``weights_0`` (k, w_1), ``biases_0`` (w_1,), ...: the network, whose output is in eV a site; the last layer has no
      bias. ``activation`` is the name of its activation function, and ``at_origin`` what is taken off the output.
    - ``occupations`` (d, M), ``kt_per_sublattice`` and ``smallest``: of the ideal mixing, where the model has it.
    - ``normals`` (m, d), ``offsets`` (m,): the domain, normals . eta <= offsets.
    - ``Q`` (d, M): eta = Q x of the occupations x of the sublattices.
    """
    network, scaling = model.networks[0], model.inputs.scaling
    weights = [array.copy() for array in network.weights]
    weights[0] /= scaling.scale[:, np.newaxis]
    weights[-1] /= SCALE
    origin = model.inputs.values(np.zeros((1, model.d)))
    at_origin = float(network.value(origin)[0]) / SCALE
    arrays: Arrays = {
        "exponents": model.inputs.polynomials.exponents,
        "coefficients": model.inputs.polynomials.coefficients,
        "input_shift": scaling.mean,
        **{f"weights_{layer}": array for layer, array in enumerate(weights)},
        **{f"biases_{layer}": array for layer, array in enumerate(network.biases)},
        "activation": np.array(network.activation),
        "normals": system.polytope.normals,
        "offsets": system.polytope.offsets,
        "Q": system.order_parameters.Q,
    }
    if model.mixing is not None:
        occupations = model.mixing.occupations
        scale = kB * model.mixing.temperature / occupations.shape[1]
        arrays |= {"occupations": occupations, "kt_per_sublattice": np.array(scale), "smallest": np.array(SMALLEST)}
        at_origin += scale * occupations.shape[1] * _empty(SMALLEST)
    return {**arrays, "at_origin": np.array(at_origin)}


def _empty(smallest: float) -> float:
    """Return x ln x + (1 - x) ln(1 - x), to the second order about ``smallest``, of an empty sublattice."""
    x = smallest
    slope = np.log(x) - np.log1p(-x)
    return float(x * np.log(x) + (1 - x) * np.log1p(-x) - slope * x + 0.5 * x / (1 - x))
