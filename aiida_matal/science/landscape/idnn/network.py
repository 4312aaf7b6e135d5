"""Dense networks with one output, and their exact derivatives, in double precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn.activations import ACTIVATIONS, ActivationName
from aiida_matal.science.learning.base import Floats

ROWS_AT_ONCE = 256
#: First and second derivatives of the activation in a layer, both of shape (n, width).
Slopes = tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class Network:
    """A network of k inputs: hidden layers with an activation, and a linear output without a bias.

    :param weights: of each layer, shapes (k, w_1), (w_1, w_2), ..., (w_l, 1).
    :param biases: of each hidden layer, shapes (w_1,), ..., (w_l,).
    :raises InputError: if the shapes do not go together, a value is not finite or the activation is unknown.
    """

    weights: Sequence[Floats]
    biases: Sequence[Floats]
    activation: ActivationName

    def __post_init__(self) -> None:
        shapes = [array.shape for array in self.weights], [array.shape for array in self.biases]
        widths = [shape[0] for shape in shapes[0] if len(shape) == 2] + [1]
        expected = list(pairwise(widths)), [(width,) for width in widths[1:-1]]
        if len(widths) < 3 or shapes != expected:
            cure = "Give hidden layers and one output without a bias."
            raise InputError("network", shapes, "the shapes of weights and biases do not go together", cure)
        if not all(np.isfinite(array).all() for array in (*self.weights, *self.biases)):
            raise InputError("network", shapes, "a weight or bias is not finite", "Train it again.")
        if self.activation not in ACTIVATIONS:
            raise InputError("activation", self.activation, "it is unknown", f"Use one of {', '.join(ACTIVATIONS)}.")

    @property
    def n_inputs(self) -> int:
        """Return the number of inputs."""
        return len(self.weights[0])

    def value(self, inputs: Floats) -> Floats:
        """Return the output, shape (n,), at ``inputs``, shape (n, k)."""
        hidden = inputs
        for weights, biases in zip(self.weights, self.biases, strict=False):
            hidden = ACTIVATIONS[self.activation](hidden @ weights + biases)[0]
        return (hidden @ self.weights[-1])[:, 0]

    def gradient(self, inputs: Floats) -> tuple[Floats, Floats]:
        """Return the output (n,) and its derivatives (n, k) at ``inputs``, shape (n, k)."""
        value, layers = self._forward(inputs)
        return value, self._sensitivities(layers)[0]

    def curvature(self, inputs: Floats, tangents: Floats) -> tuple[Floats, Floats, Floats]:
        """Return output (n,), derivatives (n, k) and second derivatives along some directions, (n, d, d).

        :param inputs: shape (n, k).
        :param tangents: derivatives of the inputs with respect to d variables, shape (n, d, k).
        """
        n, d, _ = tangents.shape
        value, gradient, second = np.empty(n), np.empty((n, self.n_inputs)), np.zeros((n, d, d))
        # Large arrays are made once: what the operating system takes to make one is as long as the product itself.
        work = np.empty((3, ROWS_AT_ONCE * d * max(weights.shape[1] for weights in self.weights)))
        for start in range(0, n, ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            value[rows], layers = self._forward(inputs[rows])
            gradient[rows], *sensitivities = self._sensitivities(layers)
            self._add_bends(second[rows], tangents[rows], layers, sensitivities, work)
        return value, gradient, second

    def _add_bends(
        self, second: Floats, tangents: Floats, layers: list[Slopes], sensitivities: list[Floats], work: Floats
    ) -> None:
        """Add the second derivatives along directions to ``second``.

        A layer with pre-activations a, activation f and derivatives s of the output with respect to f(a) contributes
        A diag(s f''(a)) A^T, where A are the derivatives of a along the directions.
        """
        n, d, _ = tangents.shape
        carried = tangents
        for weights, (slopes, bends), sensitivity in zip(self.weights, layers, sensitivities, strict=False):
            along, bent, onward = (space[: n * d * weights.shape[1]].reshape(n, d, -1) for space in work)
            np.matmul(carried.reshape(n * d, -1), weights, out=along.reshape(n * d, -1))
            np.multiply(along, (sensitivity * bends)[:, np.newaxis], out=bent)
            second += bent @ along.transpose(0, 2, 1)
            carried = np.multiply(along, slopes[:, np.newaxis], out=onward)

    def _forward(self, inputs: Floats) -> tuple[Floats, list[Slopes]]:
        """Return the output, and the first and second derivatives of the activation in each hidden layer."""
        hidden, layers = inputs, []
        for weights, biases in zip(self.weights, self.biases, strict=False):
            hidden, slopes, bends = ACTIVATIONS[self.activation](hidden @ weights + biases)
            layers.append((slopes, bends))
        return (hidden @ self.weights[-1])[:, 0], layers

    def _sensitivities(self, layers: list[Slopes]) -> list[Floats]:
        """Return the derivatives of the output with respect to the inputs and to the output of each hidden layer."""
        backward = [np.broadcast_to(self.weights[-1][:, 0], layers[-1][0].shape)]
        for weights, (slopes, _) in zip(reversed(self.weights[:-1]), reversed(layers), strict=True):
            backward.append((backward[-1] * slopes) @ weights.T)
        return backward[::-1]
