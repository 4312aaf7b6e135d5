"""One epoch of training, compiled by JAX; import it after the start of JAX."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from aiida_matal.science.landscape.idnn.activations import ActivationName
from aiida_matal.science.landscape.idnn.settings import OptimiserName

_ACTIVATIONS = {"tanh": jnp.tanh, "softplus": jax.nn.softplus, "swish": jax.nn.swish}
_OPTIMISERS = {
    "adam": optax.scale_by_adam(),
    "nadam": optax.scale_by_adam(nesterov=True),
    "rmsprop": optax.scale_by_rms(),
}
#: Weights and biases of the layers; samples are inputs, tangents, targets and weights of points.
Parameters = dict[str, list[Any]]
Samples = tuple[Any, Any, Any, Any]


class Form(NamedTuple):
    """What an epoch is compiled for, besides the shapes of its arrays; the first time takes seconds."""

    activation: ActivationName
    optimiser: OptimiserName
    dropout: float


def first_state(form: Form, parameters: Parameters) -> Any:
    """Return the state of the optimiser at the beginning."""
    return _OPTIMISERS[form.optimiser].init(parameters)


@partial(jax.jit, static_argnames="form")
def run_epoch(
    form: Form,
    parameters: Parameters,
    state: Any,
    key: Any,
    rate: Any,
    batches: Any,
    training: Samples,
    held_back: Samples,
) -> tuple[Parameters, Any, Any, Any]:
    """Take a step for each batch and return parameters, state, the mean loss of the batches and that held back.

    :param key: of the random numbers that dropout takes.
    :param rate: learning rate.
    :param batches: rows of the samples of ``training``, shape (steps, batch size).
    """

    def step(carried: Any, rows: Any) -> tuple[Any, Any]:
        parameters, state, key = carried
        key, own = jax.random.split(key)
        batch = tuple(array[rows] for array in training)
        masks = _masks(own, form.dropout, parameters, len(rows))
        value, gradient = jax.value_and_grad(_loss, argnums=1)(form, parameters, batch, masks)
        updates, state = _OPTIMISERS[form.optimiser].update(gradient, state)
        parameters = jax.tree.map(lambda old, update: old - rate * update, parameters, updates)
        return (parameters, state, key), value

    (parameters, state, _), losses = jax.lax.scan(step, (parameters, state, key), batches)
    return parameters, state, jnp.mean(losses), _loss(form, parameters, held_back, [])


def _loss(form: Form, parameters: Parameters, samples: Samples, masks: list[Any]) -> Any:
    values, tangents, targets, weights = samples
    # The outputs of points do not depend on each other: the gradient of their sum holds that of each.
    gradient = jax.grad(_sum_of_outputs, argnums=2)(form, parameters, values, masks)
    errors = jnp.einsum("ndk,nk->nd", tangents, gradient) - targets
    return jnp.mean(weights[:, None] * errors**2)


def _sum_of_outputs(form: Form, parameters: Parameters, values: Any, masks: list[Any]) -> Any:
    hidden = values
    for layer, (weights, biases) in enumerate(zip(parameters["weights"], parameters["biases"], strict=False)):
        hidden = _ACTIVATIONS[form.activation](hidden @ weights + biases)
        if masks:
            hidden = hidden * masks[layer]
    return jnp.sum(hidden @ parameters["weights"][-1])


def _masks(key: Any, dropout: float, parameters: Parameters, n_points: int) -> list[Any]:
    """Return factors of the outputs of each hidden layer: 0 for those left out, else more than 1 to make up for it."""
    if dropout == 0:
        return []
    keys = jax.random.split(key, len(parameters["biases"]))
    kept = 1 - dropout
    return [
        jax.random.bernoulli(own, kept, (n_points, len(biases))) / jnp.float32(kept)
        for own, biases in zip(keys, parameters["biases"], strict=True)
    ]
