"""Activation functions that are smooth, with their first and second derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from aiida_matal.science.learning.base import Floats

ActivationName = Literal["tanh", "softplus", "swish"]
Activation = Callable[[Floats], tuple[Floats, Floats, Floats]]


def tanh(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the hyperbolic tangent of x and its derivatives."""
    value = np.tanh(x)
    slope = 1 - value**2
    return value, slope, -2 * value * slope


def softplus(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Return ln(1 + exp(x)) and its derivatives."""
    slope = _logistic(x)
    return np.logaddexp(0, x), slope, slope * (1 - slope)


def swish(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Return x / (1 + exp(-x)) and its derivatives."""
    share = _logistic(x)
    slope = share * (1 - share)
    return x * share, share + x * slope, slope * (2 + x * (1 - 2 * share))


ACTIVATIONS: dict[ActivationName, Activation] = {"tanh": tanh, "softplus": softplus, "swish": swish}


def _logistic(x: Floats) -> Floats:
    return 0.5 + 0.5 * np.tanh(0.5 * x)
