from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn.activations import ACTIVATIONS
from aiida_matal.science.landscape.idnn.network import ROWS_AT_ONCE

jax = pytest.importorskip("jax")


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_derivatives_agree_with_automatic_differentiation_in_double_precision(make_network, activation):
    from aiida_matal.science.landscape.idnn.epoch import Form, _sum_of_outputs

    network = make_network(5, (8, 6, 4), activation)
    rng = np.random.default_rng(1)
    inputs, tangents = rng.normal(size=(7, 5)), rng.normal(size=(7, 3, 5))
    parameters = {"weights": list(network.weights), "biases": list(network.biases)}

    def output(one):
        return _sum_of_outputs(Form(activation, "adam", 0.0), parameters, one[None], [])

    with jax.enable_x64(True):
        value, gradient = (np.asarray(part) for part in jax.jit(jax.vmap(jax.value_and_grad(output)))(inputs))
        second = np.asarray(jax.jit(jax.vmap(jax.hessian(output)))(inputs))
    along = np.einsum("ndi,nij,nej->nde", tangents, second, tangents)
    for found in (network.curvature(inputs, tangents), (*network.gradient(inputs), along)):
        for ours, theirs in zip(found, (value, gradient, along), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(network.value(inputs), value, rtol=1e-10)


def test_many_points_give_the_same_as_few(make_network):
    network = make_network()
    rng = np.random.default_rng(1)
    n = ROWS_AT_ONCE + 3
    inputs, tangents = rng.normal(size=(n, 5)), rng.normal(size=(n, 3, 5))
    together = network.curvature(inputs, tangents)
    alone = network.curvature(inputs[-2:], tangents[-2:])
    for many, few in zip(together, alone, strict=True):
        np.testing.assert_allclose(many[-2:], few, rtol=1e-12)


@pytest.mark.parametrize("change", ["weights", "biases", "output", "no layers"])
def test_shapes_that_do_not_go_together_are_refused(make_network, change):
    network = make_network()
    weights, biases = list(network.weights), list(network.biases)
    if change == "weights":
        weights[1] = weights[1][:-1]
    elif change == "biases":
        biases = biases[:1]
    elif change == "output":
        weights[-1] = np.ones((6, 2))
    else:
        weights, biases = weights[-1:], []
    with pytest.raises(InputError, match="do not go together"):
        replace(network, weights=weights, biases=biases)


def test_numbers_that_are_not_finite_are_refused(make_network):
    network = make_network()
    biases = [network.biases[0] * np.nan, network.biases[1]]
    with pytest.raises(InputError, match="not finite"):
        replace(network, biases=biases)


def test_an_unknown_activation_is_refused(make_network):
    with pytest.raises(InputError, match="Use one of tanh, softplus, swish"):
        make_network(activation="relu")
