"""The training of a network on the gradient of its output, in single precision."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.landscape.idnn.backend import start_jax
from aiida_matal.science.landscape.idnn.data import Samples
from aiida_matal.science.landscape.idnn.model import SCALE
from aiida_matal.science.landscape.idnn.network import Network
from aiida_matal.science.landscape.idnn.schedule import Schedule
from aiida_matal.science.landscape.idnn.settings import IdnnSettings
from aiida_matal.science.landscape.model import Report
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.table import Column, Table

SECONDS_BETWEEN_REPORTS = 10.0
#: Weights and biases of the layers.
Parameters = dict[str, list[Any]]


@dataclass(frozen=True, eq=False)
class Trained:
    """The best network of a training, its loss on the points held back, and the losses by epoch."""

    network: Network
    validation_loss: float
    history: Table


def train(training: Samples, validation: Samples, settings: IdnnSettings, seed: int, report: Report) -> Trained:
    """Return the network with the smallest loss on the points held back: Holber and Garikipati (2025), eq. 6.

    The loss is the mean over points, by their weights, and components of the squared error of the gradient, in units of
    (0.01 eV)^2. The learning rate is reduced where the loss stops falling, and the training ends where that is in vain.

    :raises InputError: if JAX is not installed.
    """
    start_jax()
    import jax

    from aiida_matal.science.landscape.idnn.epoch import Form, first_state, run_epoch

    form = Form(settings.activation, settings.optimiser, settings.dropout)
    rng = np.random.default_rng(seed)
    parameters = _first_parameters(training.values.shape[1], settings, rng)
    batch_size = min(settings.batch_size, len(training.values))
    state = first_state(form, parameters)
    schedule = Schedule(settings)
    best, losses = parameters, []
    data, held_back = jax.device_put((_single(training), _single(validation)))
    reported = time.monotonic()
    for epoch in range(settings.epochs):
        order = rng.permutation(len(training.values))[: len(training.values) // batch_size * batch_size]
        key = jax.random.key(int(rng.integers(2**31)))
        batches = order.reshape(-1, batch_size).astype(np.int32)
        rate = np.float32(schedule.rate)
        parameters, state, *both = run_epoch(form, parameters, state, key, rate, batches, data, held_back)
        loss, validation_loss = (float(value) for value in both)
        losses.append((epoch, loss, validation_loss, schedule.rate))
        if schedule.improved(validation_loss):
            best = parameters
        if time.monotonic() - reported > SECONDS_BETWEEN_REPORTS or epoch == settings.epochs - 1 or schedule.finished:
            report(_line(epoch, loss, validation_loss, schedule.rate))
            reported = time.monotonic()
        if schedule.finished:
            break
    return Trained(_network(best, settings), schedule.best, _history(losses))


def _first_parameters(n_inputs: int, settings: IdnnSettings, rng: np.random.Generator) -> Parameters:
    """Return weights drawn as Glorot and Bengio (2010) do, and biases of 0."""
    widths = [n_inputs, *[settings.neurons] * settings.layers, 1]
    weights = []
    for rows, columns in pairwise(widths):
        limit = np.sqrt(6 / (rows + columns))
        weights.append(rng.uniform(-limit, limit, size=(rows, columns)).astype(np.float32))
    return {"weights": weights, "biases": [np.zeros(width, dtype=np.float32) for width in widths[1:-1]]}


def _single(samples: Samples) -> tuple[NDArray[np.float32], ...]:
    arrays = (samples.values, samples.tangents, samples.targets, samples.weights)
    return tuple(array.astype(np.float32) for array in arrays)


def _network(parameters: Parameters, settings: IdnnSettings) -> Network:
    def double(name: str) -> list[Floats]:
        return [np.asarray(array, dtype=np.float64) for array in parameters[name]]

    return Network(double("weights"), double("biases"), settings.activation)


def _line(epoch: int, loss: float, validation_loss: float, rate: float) -> str:
    own, other = (1000 / SCALE * np.sqrt(value) for value in (loss, validation_loss))
    return f"epoch {epoch}: error {own:.3g} meV, on points held back {other:.3g} meV, learning rate {rate:.1e}"


def _history(losses: list[tuple[int, float, float, float]]) -> Table:
    columns = {
        "epoch": Column("epoch", "1"),
        "loss": Column("mean squared error of the gradient in the training steps", "(0.01 eV)^2"),
        "validation_loss": Column("mean squared error of the gradient on the points held back", "(0.01 eV)^2"),
        "learning_rate": Column("learning rate", "1"),
    }
    return Table(dict(zip(columns, map(np.array, zip(*losses, strict=True)), strict=True)), columns)
