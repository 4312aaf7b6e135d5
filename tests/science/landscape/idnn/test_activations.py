from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.landscape.idnn.activations import ACTIVATIONS

jax = pytest.importorskip("jax")
X = np.linspace(-40, 40, 401)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_derivatives_are_those_of_jax(name):
    from aiida_matal.science.landscape.idnn.epoch import _ACTIVATIONS

    with jax.enable_x64(True):
        function = _ACTIVATIONS[name]
        first, second = jax.grad(function), jax.grad(jax.grad(function))
        expected = [jax.vmap(derivative)(X) for derivative in (function, first, second)]
    for found, wanted in zip(ACTIVATIONS[name](X), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_large_arguments_give_finite_numbers(name):
    for values in ACTIVATIONS[name](np.array([-1e4, 1e4])):
        assert np.isfinite(values).all()
