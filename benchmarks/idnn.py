"""What it takes to train an integrable network on chemical potentials, and to find where its free energy curves.

A network of three layers of 174 neurons learns the gradient with respect to seven coordinates through the twelve
invariants of the zig-zag ordering, from 20,000 points in batches of 500. Ours: the epoch of the learner ``idnn``,
compiled by JAX. Other: the plain loop in PyTorch, whose loss is differentiated through a gradient. Both in single
precision, in seconds an epoch, without what the first epoch takes to compile.

The second number is that of a million points with free energy, gradient and eigenvalues of the Hessian in double
precision. Ours: matrix products in NumPy. Other: ``torch.func`` applied to the same function; a part of the points is
timed. Losses, gradients and eigenvalues of both are compared first. All times are of the processor, on one core.
"""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from aiida_matal.science.landscape.idnn.model import IdnnModel

PACKAGES = ("aiida-matal", "jax", "numpy", "optax", "torch")
N_POINTS = 20_000
BATCH_SIZE = 500
EPOCHS = 5
LAYERS, NEURONS = 3, 174
RATE = 1e-3
MILLION = 1_000_000
TIMED_OURS, TIMED_TORCH = 40_000, 10_000
ROWS_AT_ONCE = 1_000
SEED = 1
SYSTEM = Path(__file__).parents[1] / "examples" / "free_energy" / "zigzag.yaml"

Floats = NDArray[np.float64]


def run() -> dict[str, Any]:
    """Return the time of an epoch and of a million points, by aiida-matal and in PyTorch."""
    import torch

    torch.set_num_threads(1)
    model, eta, mu = _problem()
    ours, first, losses = _train_ours(model, eta, mu)
    other, losses_torch = _train_torch(model, eta, mu)
    assert np.allclose(losses, losses_torch, rtol=2e-3), f"the losses differ: {losses} and {losses_torch}"
    print(f"the losses of both: {losses[0]:.4g} in the first epoch, {losses[-1]:.4g} in the last")
    print(f"an epoch: {ours:.3f} s (and once {first:.1f} s to compile), in PyTorch {other:.3f} s")
    curvature_ours, curvature_other = _time_curvature(model, eta)
    ratio = curvature_other / curvature_ours
    print(f"a million Hessians: {curvature_ours:.0f} s, in PyTorch {curvature_other:.0f} s, {ratio:.2f} times as long")
    return {
        "ours": round(ours, 4),
        "other": round(other, 4),
        "unit": "s/epoch",
        "curvature_ours": round(curvature_ours, 1),
        "curvature_other": round(curvature_other, 1),
        "curvature_unit": "s/1e6 points",
        "ratio_of_curvature": round(ratio, 2),
    }


def _problem() -> tuple[IdnnModel, Floats, Floats]:
    """Return a network that knows nothing yet, points in the polytope of the zig-zag and their mean-field labels."""
    from aiida_matal.science.landscape.idnn.inputs import Inputs
    from aiida_matal.science.landscape.idnn.model import IdnnModel
    from aiida_matal.science.landscape.idnn.network import Network
    from aiida_matal.science.landscape.mean_field import MeanFieldModel
    from aiida_matal.science.landscape.polynomials import Polynomials
    from aiida_matal.science.landscape.sampling.explored import walk
    from aiida_matal.science.landscape.system import read_system
    from aiida_matal.science.learning.standardisation import Standardisation

    system, rng = read_system(SYSTEM), np.random.default_rng(SEED)
    eta = walk(system, N_POINTS, 0.05, 0.05, SEED)
    invariants = system.invariants
    widths = [len(invariants.degrees), *[NEURONS] * LAYERS, 1]
    shapes = list(pairwise(widths))
    weights = [rng.normal(size=shape).astype(np.float32).astype(np.float64) / np.sqrt(shape[0]) for shape in shapes]
    network = Network(weights, [np.zeros(NEURONS)] * LAYERS, "tanh")
    polynomials = Polynomials(invariants.exponents, invariants.coefficients)
    inputs = Inputs(polynomials, Standardisation.of(invariants.values(eta)))
    return IdnnModel(inputs, (network,)), eta, MeanFieldModel(system, 600.0).mu(eta)


def _batches() -> list[NDArray[np.int32]]:
    rng = np.random.default_rng(SEED)
    return [rng.permutation(N_POINTS).reshape(-1, BATCH_SIZE).astype(np.int32) for _ in range(EPOCHS)]


def _train_ours(model: IdnnModel, eta: Floats, mu: Floats) -> tuple[float, float, list[float]]:
    """Return the seconds of an epoch, those that the first takes more, and the mean loss of each."""
    from aiida_matal.science.landscape.idnn.backend import start_jax

    start_jax()
    import jax

    from aiida_matal.science.landscape.idnn.epoch import Form, first_state, run_epoch

    form = Form("tanh", "adam", 0.0)
    arrays = (model.inputs.values(eta), model.inputs.tangents(eta), 100 * mu, np.ones(len(eta)))
    samples = jax.device_put(tuple(array.astype(np.float32) for array in arrays))
    few = jax.device_put(tuple(array[:BATCH_SIZE] for array in samples))
    network = model.networks[0]
    parameters = {
        "weights": [weights.astype(np.float32) for weights in network.weights],
        "biases": [biases.astype(np.float32) for biases in network.biases],
    }
    state, key, rate = first_state(form, parameters), jax.random.key(SEED), np.float32(RATE)
    times, losses = [], []
    for batches in _batches():
        began = time.process_time()
        parameters, state, loss, _ = run_epoch(form, parameters, state, key, rate, batches, samples, few)
        losses.append(float(loss))
        times.append(time.process_time() - began)
    typical = float(np.median(times[1:]))
    return typical, times[0] - typical, losses


def _train_torch(model: IdnnModel, eta: Floats, mu: Floats) -> tuple[float, list[float]]:
    """Return the seconds of an epoch of a loop in PyTorch, and the mean loss of each."""
    import torch

    arrays = (model.inputs.values(eta), model.inputs.tangents(eta), 100 * mu)
    values, tangents, targets = (torch.tensor(array, dtype=torch.float32) for array in arrays)
    net = _torch_network(model, torch.float32)
    optimiser = torch.optim.Adam(net.parameters(), lr=RATE)
    times, losses = [], []
    for batches in _batches():
        began = time.process_time()
        total = 0.0
        for rows in batches:
            index = torch.as_tensor(rows)
            inputs = values[index].requires_grad_(True)
            (gradient,) = torch.autograd.grad(net(inputs).sum(), inputs, create_graph=True)
            errors = torch.einsum("ndk,nk->nd", tangents[index], gradient) - targets[index]
            loss = (errors**2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += float(loss.detach())
        losses.append(total / len(batches))
        times.append(time.process_time() - began)
    return float(np.median(times[1:])), losses


def _torch_network(model: IdnnModel, dtype: Any) -> Any:
    import torch

    network, parts = model.networks[0], []
    for number, weights in enumerate(network.weights):
        hidden = number < len(network.biases)
        layer = torch.nn.Linear(*weights.shape, bias=hidden, dtype=dtype)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(weights.T))
            if hidden:
                layer.bias.zero_()
        parts += [layer, torch.nn.Tanh()] if hidden else [layer]
    return torch.nn.Sequential(*parts)


def _time_curvature(model: IdnnModel, eta: Floats) -> tuple[float, float]:
    """Return the seconds for a million points by ours and by ``torch.func``, which must find the same eigenvalues."""
    from threadpoolctl import threadpool_limits

    from aiida_matal.science.landscape.curvature import curvature

    points = np.tile(eta, (TIMED_OURS // len(eta), 1))
    with threadpool_limits(1):
        curvature(model, points[:10])
        began = time.process_time()
        ours = curvature(model, points)
        middle = time.process_time()
        theirs = _torch_curvature(model, points[:10])
        restarted = time.process_time()
        theirs = _torch_curvature(model, points[:TIMED_TORCH])
        ended = time.process_time()
    for name, own, other in zip(("gradients", "eigenvalues"), (ours.mu, ours.eigenvalues), theirs, strict=True):
        assert np.allclose(own[:TIMED_TORCH], other, rtol=1e-8, atol=1e-10), f"the {name} differ"
    print(f"gradients and eigenvalues of both agree at {TIMED_TORCH:,} points")
    return (middle - began) * MILLION / TIMED_OURS, (ended - restarted) * MILLION / TIMED_TORCH


def _torch_curvature(model: IdnnModel, eta: Floats) -> tuple[Floats, Floats]:
    """Return gradients and eigenvalues of Hessians found by automatic differentiation in double precision."""
    import torch
    from torch.func import grad_and_value, jacrev, vmap

    net = _torch_network(model, torch.float64)
    coefficients = torch.tensor(model.inputs.polynomials.coefficients)
    mean, scale = torch.tensor(model.inputs.scaling.mean), torch.tensor(model.inputs.scaling.scale)
    select = torch.tensor(_selection(model.inputs.polynomials.exponents))

    def g(point: Any) -> Any:
        monomials = torch.ones_like(select[0, :, 0])
        for variable, which in zip(point[1:].unbind(), select, strict=True):
            powers = [torch.ones_like(variable)]
            for _ in range(which.shape[1] - 1):
                powers.append(powers[-1] * variable)
            monomials = monomials * (which @ torch.stack(powers))
        inputs = (torch.cat([point[:1], coefficients @ monomials]) - mean) / scale
        return net(inputs).sum() / 100

    def gradient(point: Any) -> Any:
        slope, value = grad_and_value(g)(point)
        return slope, (slope, value)

    derivatives = vmap(jacrev(gradient, has_aux=True))
    slopes, eigenvalues = [], []
    with torch.no_grad():
        for start in range(0, len(eta), ROWS_AT_ONCE):
            hessian, (slope, _) = derivatives(torch.tensor(eta[start : start + ROWS_AT_ONCE]))
            slopes.append(slope.numpy())
            eigenvalues.append(np.linalg.eigvalsh(hessian.numpy()))
    return np.concatenate(slopes), np.concatenate(eigenvalues)


def _selection(exponents: NDArray[np.int64]) -> Floats:
    """Return which power of each variable is in which monomial, shape (variables, monomials, powers).

    A product with it takes the place of indexing, which ``torch.func`` differentiates very slowly.
    """
    return (exponents.T[:, :, np.newaxis] == np.arange(exponents.max() + 1)).astype(np.float64)
