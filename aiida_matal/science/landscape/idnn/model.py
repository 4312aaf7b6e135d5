"""The free energy that a network gives as a function of symmetry invariants; it is stored with all that it needs."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn.activations import ActivationName
from aiida_matal.science.landscape.idnn.inputs import Inputs
from aiida_matal.science.landscape.idnn.mixing import IdealMixing
from aiida_matal.science.landscape.idnn.network import Network
from aiida_matal.science.landscape.model import LandscapeModel
from aiida_matal.science.landscape.polynomials import Polynomials
from aiida_matal.science.learning.base import Floats, as_features
from aiida_matal.science.learning.standardisation import Standardisation

ARRAYS_NAME = "networks.npz"
TEXT_NAME = "network.json"
ROWS_AT_ONCE = 512
#: Networks give the free energy in units of 0.01 eV.
SCALE = 100.0


@dataclass(frozen=True, eq=False)
class IdnnModel(LandscapeModel):
    """An integrable deep neural network (Teichert et al., 2019; Holber and Garikipati, 2025, section 1.1.4).

    g(eta) is the output of the network at the invariants h(eta), less that at h(0), so that g(0) = 0 holds exactly. The
    free energy of ideal mixing may be added to it.

    :param networks: the network of the model, and those of the other members of its committee if there is one.
    :param mixing: the free energy of ideal mixing, or None.
    :raises InputError: if the parts do not have the same number of coordinates or inputs.
    """

    inputs: Inputs
    networks: Sequence[Network]
    mixing: IdealMixing | None = None

    def __post_init__(self) -> None:
        n_inputs = len(self.inputs.scaling.mean)
        counts = [network.n_inputs for network in self.networks]
        if not counts or set(counts) != {n_inputs}:
            raise InputError("networks", counts, f"there are {n_inputs} inputs", "Restore the stored model.")
        if self.mixing is not None and len(self.mixing.occupations) != self.d:
            rows = len(self.mixing.occupations)
            raise InputError("ideal mixing", rows, f"there are {self.d} coordinates", "Restore the stored model.")

    @property
    def d(self) -> int:  # type: ignore[override]
        """Return the number of coordinates."""
        return self.inputs.d

    @cached_property
    def members(self) -> Sequence[IdnnModel]:
        """Return the models of the committee, this one first; none if it stands alone."""
        if len(self.networks) == 1:
            return ()
        return tuple(IdnnModel(self.inputs, (network,), self.mixing) for network in self.networks)

    def g(self, eta: ArrayLike) -> Floats:
        """Return the free energy, shape (n,), in eV a site; it is 0 at the origin."""
        return self._in_blocks(self._g, eta)[0]

    def mu(self, eta: ArrayLike) -> Floats:
        """Return its gradient, shape (n, d), in eV a site."""
        return self._in_blocks(self._mu, eta)[0]

    def hessian(self, eta: ArrayLike) -> Floats:
        """Return its second derivatives, shape (n, d, d), in eV a site."""
        return self.derivatives(eta)[2]

    def derivatives(self, eta: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Return the free energy, its gradient and its second derivatives, for little more than the last alone."""
        g, mu, hessian = self._in_blocks(self._derivatives, eta)
        return g, mu, hessian

    def _g(self, eta: Floats) -> tuple[Floats]:
        values = (self._network.value(self.inputs.values(eta)) - self._at_origin) / SCALE
        return (values if self.mixing is None else values + self.mixing.g(eta),)

    def _mu(self, eta: Floats) -> tuple[Floats]:
        _, gradient = self._network.gradient(self.inputs.values(eta))
        values = (self.inputs.tangents(eta) @ gradient[:, :, np.newaxis])[:, :, 0] / SCALE
        return (values if self.mixing is None else values + self.mixing.mu(eta),)

    def _derivatives(self, eta: Floats) -> tuple[Floats, Floats, Floats]:
        tangents = self.inputs.tangents(eta)
        value, gradient, second = self._network.curvature(self.inputs.values(eta), tangents)
        g = (value - self._at_origin) / SCALE
        mu = (tangents @ gradient[:, :, np.newaxis])[:, :, 0] / SCALE
        hessian = (second + self.inputs.bends(eta, gradient)) / SCALE
        if self.mixing is None:
            return g, mu, hessian
        return g + self.mixing.g(eta), mu + self.mixing.mu(eta), hessian + self.mixing.hessian(eta)

    @property
    def _network(self) -> Network:
        return self.networks[0]

    @cached_property
    def _at_origin(self) -> float:
        return float(self._network.value(self.inputs.values(np.zeros((1, self.d))))[0])

    def _in_blocks(self, function: Callable[[Floats], tuple[Floats, ...]], eta: ArrayLike) -> list[Floats]:
        """Return what ``function`` returns, found for some rows at a time to save memory."""
        points = as_features(eta, self.d)
        starts = range(0, max(len(points), 1), ROWS_AT_ONCE)
        blocks = [function(points[start : start + ROWS_AT_ONCE]) for start in starts]
        return [np.concatenate(parts) for parts in zip(*blocks, strict=True)]

    def write(self, folder: Path) -> None:
        """Write an NPZ file of arrays, without pickle, and a JSON file of all else."""
        arrays: dict[str, Any] = {
            "exponents": self.inputs.polynomials.exponents,
            "coefficients": self.inputs.polynomials.coefficients,
            "input_mean": self.inputs.scaling.mean,
            "input_scale": self.inputs.scaling.scale,
        }
        if self.mixing is not None:
            arrays["occupations"] = self.mixing.occupations
        for number, network in enumerate(self.networks):
            arrays |= {_weights(number, layer): array for layer, array in enumerate(network.weights)}
            arrays |= {_biases(number, layer): array for layer, array in enumerate(network.biases)}
        np.savez_compressed(folder / ARRAYS_NAME, **arrays)
        text = {
            "networks": [
                {"activation": network.activation, "hidden_layers": len(network.biases)} for network in self.networks
            ],
            "temperature": None if self.mixing is None else self.mixing.temperature,
        }
        (folder / TEXT_NAME).write_text(json.dumps(text, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a model written by :meth:`write`; pickled content is refused.

        :raises InputError: if an array is missing or has a shape that does not go with the others.
        """
        try:
            text = json.loads((folder / TEXT_NAME).read_text(encoding="utf-8"))
            with np.load(folder / ARRAYS_NAME, allow_pickle=False) as stored:
                arrays = dict(stored)
            networks = [_network(arrays, number, **described) for number, described in enumerate(text["networks"])]
            temperature = text["temperature"]
            polynomials = Polynomials(arrays["exponents"], arrays["coefficients"])
            scaling = Standardisation(arrays["input_mean"], arrays["input_scale"])
            mixing = None if temperature is None else IdealMixing(arrays["occupations"], float(temperature))
        except InputError:
            raise
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, zlib.error) as exception:
            cure = "Restore the stored model."
            raise InputError("model folder", str(folder), f"it cannot be read: {exception}", cure) from exception
        return cls(Inputs(polynomials, scaling), networks, mixing)


def _network(arrays: Mapping[str, Any], number: int, activation: ActivationName, hidden_layers: int) -> Network:
    weights = [arrays[_weights(number, layer)] for layer in range(hidden_layers + 1)]
    biases = [arrays[_biases(number, layer)] for layer in range(hidden_layers)]
    return Network(weights, biases, activation)


def _weights(number: int, layer: int) -> str:
    return f"network_{number}_weights_{layer}"


def _biases(number: int, layer: int) -> str:
    return f"network_{number}_biases_{layer}"
