from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn.mixing import IdealMixing
from aiida_matal.science.landscape.idnn.model import ARRAYS_NAME, ROWS_AT_ONCE, TEXT_NAME, IdnnModel
from aiida_matal.science.learning.model_files import ModelCard, read_model, write_model
from aiida_matal.science.registry import LANDSCAPE_LEARNERS

CASES = [(None, "tanh"), (300.0, "swish"), (None, "softplus")]


@pytest.mark.parametrize(("temperature", "activation"), CASES)
def test_mu_and_hessian_are_derivatives_of_g(make_model, zigzag, inside, slopes, temperature, activation):
    model, eta = make_model(temperature=temperature, activation=activation), inside(zigzag, 20)
    np.testing.assert_allclose(slopes(model.g, eta), model.mu(eta), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(slopes(model.mu, eta), model.hessian(eta), rtol=1e-5, atol=1e-7)


def test_g_mu_and_hessian_agree_with_automatic_differentiation(make_model, zigzag, inside):
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    model, eta = make_model(activation="tanh"), inside(zigzag, 10)
    network, scaling, invariants = model.networks[0], model.inputs.scaling, zigzag.invariants

    def g(point):
        powers = jnp.prod(point[1:] ** invariants.exponents, axis=1)
        hidden = (jnp.append(point[0], invariants.coefficients @ powers) - scaling.mean) / scaling.scale
        for weights, biases in zip(network.weights, network.biases, strict=False):
            hidden = jnp.tanh(hidden @ weights + biases)
        return (hidden @ network.weights[-1])[0] / 100

    with jax.enable_x64(True):
        derivatives = jax.jit(jax.vmap(lambda point: (g(point), jax.grad(g)(point), jax.hessian(g)(point))))
        values, gradients, seconds = derivatives(np.concatenate([eta, np.zeros((1, 7))]))
    values, gradients, seconds = values[:-1] - values[-1], gradients[:-1], seconds[:-1]
    for ours, theirs in zip(model.derivatives(eta), (values, gradients, seconds), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("temperature", [None, 300.0])
def test_g_is_zero_at_the_origin_and_the_same_at_equivalent_points(make_model, zigzag, temperature):
    model = make_model(temperature=temperature)
    point = np.array([0.45, 0.12, -0.05, 0.02, 0.1, 0.01, -0.03])
    images = zigzag.order_parameters.orbit(point)
    assert len(images) > 100
    np.testing.assert_allclose(model.g(images), model.g(point[None])[0], rtol=1e-10)
    assert model.g(np.zeros((1, 7)))[0] == 0


def test_blocks_of_points_are_joined(make_model, zigzag, inside):
    model = make_model(temperature=300.0)
    eta = np.tile(inside(zigzag, 40), (20, 1))[: ROWS_AT_ONCE + 9]
    for together, alone in zip(model.derivatives(eta), model.derivatives(eta[-9:]), strict=True):
        np.testing.assert_allclose(together[-9:], alone, rtol=1e-11, atol=1e-14)
    np.testing.assert_array_equal(model.g(np.empty((0, 7))), np.empty(0))
    assert model.hessian(np.empty((0, 7))).shape == (0, 7, 7)


def test_a_model_that_stands_alone_has_no_error(make_model):
    model = make_model()
    assert model.members == ()
    assert model.predict(np.zeros((2, 7))).error is None


def test_the_error_is_the_spread_of_the_committee(make_model, zigzag, inside):
    model, eta = make_model(3, temperature=300.0), inside(zigzag, 10)
    spread = np.std([member.g(eta) for member in model.members], axis=0)
    prediction = model.predict(eta)
    np.testing.assert_array_equal(prediction.mean, model.members[0].g(eta))
    np.testing.assert_allclose(prediction.error, spread)
    assert (spread > 0).all()


@pytest.mark.parametrize(("n_networks", "temperature"), [(1, None), (3, 300.0)])
def test_a_stored_model_needs_nothing_else(make_model, zigzag, inside, tmp_path, n_networks, temperature):
    model, eta = make_model(n_networks, temperature), inside(zigzag, 10)
    card = ModelCard(kind="idnn", features=[f"eta_{j}" for j in range(7)], target="free_energy", unit="eV")
    write_model(tmp_path / "model", model, card)
    again, _ = read_model(tmp_path / "model", LANDSCAPE_LEARNERS)
    assert isinstance(again, IdnnModel)
    assert len(again.members) == len(model.members)
    for before, after in zip((model, *model.members), (again, *again.members), strict=True):
        for one, other in zip(before.derivatives(eta), after.derivatives(eta), strict=True):
            np.testing.assert_array_equal(one, other)


def _without_a_layer(arrays):
    del arrays["network_0_weights_1"]


def _with_a_transposed_layer(arrays):
    arrays["network_0_weights_0"] = arrays["network_0_weights_0"].T


def _with_fewer_inputs(arrays):
    arrays["network_0_weights_0"] = arrays["network_0_weights_0"][1:]


def _with_a_scale_of_zero(arrays):
    arrays["input_scale"] = 0 * arrays["input_scale"]


def _with_a_longer_mean(arrays):
    arrays["input_mean"] = np.append(arrays["input_mean"], 1.0)


def _with_negative_exponents(arrays):
    arrays["exponents"] = -arrays["exponents"]


def _with_nan(arrays):
    arrays["network_0_biases_0"] = arrays["network_0_biases_0"] * np.nan


def _with_objects(arrays):
    arrays["coefficients"] = np.array([{}], dtype=object)


def _with_fewer_coordinates(arrays):
    arrays["occupations"] = arrays["occupations"][1:]


@pytest.mark.parametrize(
    "change",
    [
        _without_a_layer,
        _with_a_transposed_layer,
        _with_fewer_inputs,
        _with_a_scale_of_zero,
        _with_a_longer_mean,
        _with_negative_exponents,
        _with_nan,
        _with_objects,
        _with_fewer_coordinates,
    ],
)
def test_changed_arrays_are_refused(make_model, tmp_path, change):
    make_model(temperature=300.0).write(tmp_path)
    with np.load(tmp_path / ARRAYS_NAME) as stored:
        arrays = dict(stored)
    change(arrays)
    np.savez(tmp_path / ARRAYS_NAME, **arrays)
    with pytest.raises(InputError):
        IdnnModel.read(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"networks": [], "temperature": null}',
        '{"networks": [{"activation": "relu", "hidden_layers": 2}], "temperature": null}',
        '{"networks": [{"activation": "tanh", "hidden_layers": 3}], "temperature": null}',
        '{"networks": [{"activation": "tanh", "hidden_layers": "2"}], "temperature": null}',
        '{"networks": [{"activation": "swish", "hidden_layers": 2}], "temperature": 300}',
        '{"networks": [{"activation": "swish", "hidden_layers": 2, "more": 1}], "temperature": null}',
    ],
)
def test_changed_text_is_refused(make_model, tmp_path, text):
    make_model().write(tmp_path)
    (tmp_path / TEXT_NAME).write_text(text)
    with pytest.raises(InputError):
        IdnnModel.read(tmp_path)


@pytest.mark.parametrize("name", [ARRAYS_NAME, TEXT_NAME])
def test_a_missing_or_broken_file_is_refused(make_model, tmp_path, name):
    make_model().write(tmp_path)
    (tmp_path / name).write_bytes(b"\x80nothing")
    with pytest.raises(InputError, match="cannot be read"):
        IdnnModel.read(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match="cannot be read"):
        IdnnModel.read(tmp_path)


def test_parts_that_do_not_go_together_are_refused(make_model, make_network):
    model = make_model()
    with pytest.raises(InputError, match="12 inputs"):
        replace(model, networks=[make_network(11)])
    with pytest.raises(InputError, match="12 inputs"):
        replace(model, networks=[])
    with pytest.raises(InputError, match="7 coordinates"):
        replace(model, mixing=IdealMixing(np.ones((6, 4)), 300.0))


def test_points_are_checked(make_model):
    model = make_model()
    with pytest.raises(InputError, match="7 columns"):
        model.g(np.zeros((1, 6)))
    with pytest.raises(InputError, match="not finite"):
        model.mu(np.full((1, 7), np.nan))


def test_the_files_are_plain(make_model, tmp_path):
    make_model(2, 300.0).write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [TEXT_NAME, ARRAYS_NAME]
    text = json.loads((tmp_path / TEXT_NAME).read_text())
    assert text == {"networks": [{"activation": "swish", "hidden_layers": 2}] * 2, "temperature": 300.0}
