"""A free energy of composition and order parameters, fitted by a network. It needs numpy and ``free_energy.npz`` only.

g is the free energy a site in eV, mu its gradient and hessian its second derivatives with respect to eta. Points eta
have d components: the composition, and d - 1 order parameters. README.md says more of them. Give one point, shape (d,),
or many, shape (n, d).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def g(eta: ArrayLike) -> Floats:
    """Return the free energy, shape (n,) or a number, in eV a site; it is 0 at the origin."""
    points, arrays = _points(eta), _arrays()
    values = _network(points)[0] - arrays["at_origin"]
    if "occupations" in arrays:
        inside, beyond = _sublattices(points)
        each = _mixing(inside) + _slope(inside) * beyond + 0.5 * _bend(inside) * beyond**2
        values = values + arrays["kt_per_sublattice"] * each.sum(axis=1)
    return values[0] if np.ndim(eta) == 1 else values


def mu(eta: ArrayLike) -> Floats:
    """Return the derivatives of g, shape (n, d) or (d,), in eV a site."""
    points, arrays = _points(eta), _arrays()
    _, gradient, _ = _network(points)
    values = np.einsum("ndk,nk->nd", _jacobian(points), gradient)
    if "occupations" in arrays:
        inside, beyond = _sublattices(points)
        slopes = _slope(inside) + _bend(inside) * beyond
        values = values + arrays["kt_per_sublattice"] * slopes @ arrays["occupations"].T
    return values[0] if np.ndim(eta) == 1 else values


def hessian(eta: ArrayLike) -> Floats:
    """Return the second derivatives of g, shape (n, d, d) or (d, d), in eV a site."""
    points, arrays = _points(eta), _arrays()
    _, gradient, layers = _network(points)
    carried = _jacobian(points)
    values = _curvature_of_inputs(points, gradient)
    for layer, (slopes, factors) in enumerate(layers):
        along = carried @ arrays[f"weights_{layer}"]
        values = values + np.einsum("niw,nw,njw->nij", along, factors, along)
        carried = along * slopes[:, np.newaxis]
    if "occupations" in arrays:
        inside, _ = _sublattices(points)
        occupations = arrays["occupations"]
        values = values + arrays["kt_per_sublattice"] * np.einsum(
            "iw,nw,jw->nij", occupations, _bend(inside), occupations
        )
    return values[0] if np.ndim(eta) == 1 else values


def is_inside(eta: ArrayLike, tolerance: float = 1e-9) -> Any:
    """Return whether points are in the domain, where no sublattice is less than empty or more than full."""
    arrays = _arrays()
    return (np.asarray(eta, dtype=float) @ arrays["normals"].T <= arrays["offsets"] + tolerance).all(axis=-1)


@cache
def _arrays() -> dict[str, Any]:
    with np.load(Path(__file__).with_name("free_energy.npz"), allow_pickle=False) as stored:
        return dict(stored)


def _points(eta: ArrayLike) -> Floats:
    points = np.atleast_2d(np.asarray(eta, dtype=np.float64))
    d = _arrays()["normals"].shape[1]
    if points.ndim != 2 or points.shape[1] != d:
        raise ValueError(f"eta has shape {np.shape(eta)}; give (n, {d}) or ({d},)")
    return points


def _network(points: Floats) -> tuple[Floats, Floats, list[tuple[Floats, Floats]]]:
    """Return the output (n,), its derivatives by the raw inputs (n, k), and slope and curvature of each layer.

    The curvature of a layer is the second derivative of its activation, times the derivative of the output by it.
    """
    arrays = _arrays()
    n_hidden = sum(name.startswith("biases_") for name in arrays)
    hidden = _inputs(points)
    slopes, bends = [], []
    for layer in range(n_hidden):
        value, slope, bend = _activation(hidden @ arrays[f"weights_{layer}"] + arrays[f"biases_{layer}"])
        hidden = value
        slopes.append(slope)
        bends.append(bend)
    last = arrays[f"weights_{n_hidden}"][:, 0]
    backward = np.broadcast_to(last, hidden.shape)
    layers: list[tuple[Floats, Floats]] = []
    for layer in reversed(range(n_hidden)):
        layers.insert(0, (slopes[layer], bends[layer] * backward))
        backward = (backward * slopes[layer]) @ arrays[f"weights_{layer}"].T
    return hidden @ last, backward, layers


def _activation(x: Floats) -> tuple[Floats, Floats, Floats]:
    name = str(_arrays()["activation"])
    if name == "tanh":
        value = np.tanh(x)
        slope = 1 - value**2
        return value, slope, -2 * value * slope
    share = 0.5 + 0.5 * np.tanh(0.5 * x)
    if name == "softplus":
        return np.logaddexp(0, x), share, share * (1 - share)
    slope = share * (1 - share)
    return x * share, share + x * slope, slope * (2 + x * (1 - 2 * share))


def _inputs(points: Floats) -> Floats:
    """Return the composition and the invariant polynomials of the order parameters, shape (n, k), shifted."""
    arrays = _arrays()
    polynomials = _monomials(points, ()) @ arrays["coefficients"].T
    return np.column_stack([points[:, 0], polynomials]) - arrays["input_shift"]


def _jacobian(points: Floats) -> Floats:
    """Return the derivatives of the inputs, shape (n, d, k)."""
    coefficients = _arrays()["coefficients"].T
    d = points.shape[1]
    jacobian = np.zeros((len(points), d, 1 + coefficients.shape[1]))
    jacobian[:, 0, 0] = 1
    for variable in range(d - 1):
        jacobian[:, variable + 1, 1:] = _monomials(points, (variable,)) @ coefficients
    return jacobian


def _curvature_of_inputs(points: Floats, gradient: Floats) -> Floats:
    """Return the second derivatives of the inputs, summed with the factors ``gradient`` (n, k), shape (n, d, d)."""
    factors = gradient[:, 1:] @ _arrays()["coefficients"]
    d = points.shape[1]
    values = np.zeros((len(points), d, d))
    for first in range(d - 1):
        for second in range(first + 1):
            value = (_monomials(points, (first, second)) * factors).sum(axis=1)
            values[:, first + 1, second + 1] = values[:, second + 1, first + 1] = value
    return values


def _monomials(points: Floats, derivatives: tuple[int, ...]) -> Floats:
    """Return derivatives of all monomials with respect to some of the order parameters, shape (n, monomials)."""
    exponents = _arrays()["exponents"].copy()
    factors = np.ones(len(exponents))
    for variable in derivatives:
        factors = factors * exponents[:, variable]
        exponents[:, variable] = np.maximum(exponents[:, variable] - 1, 0)
    values = np.broadcast_to(factors, (len(points), len(exponents)))
    for variable, powers in enumerate(exponents.T):
        values = values * points[:, 1 + variable, np.newaxis] ** powers
    return values


def _sublattices(points: Floats) -> tuple[Floats, Floats]:
    """Return the occupations of the sublattices moved off 0 and 1, and by how much they were moved."""
    arrays = _arrays()
    occupation = points @ arrays["occupations"]
    inside = np.clip(occupation, arrays["smallest"], 1 - arrays["smallest"])
    return inside, occupation - inside


def _mixing(x: Floats) -> Floats:
    return x * np.log(x) + (1 - x) * np.log1p(-x)


def _slope(x: Floats) -> Floats:
    return np.log(x) - np.log1p(-x)


def _bend(x: Floats) -> Floats:
    return 1 / (x * (1 - x))
