"""Where to centre the bias that is to hold the averages at a point."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.model import FreeEnergy

Floats = NDArray[np.float64]


#: How much larger than all labels a prediction may be.
TRUST = 2.0


def bias_centres(eta: Floats, phi: ArrayLike, model: FreeEnergy | None, largest: ArrayLike = np.inf) -> Floats:
    """Return the centres kappa of the bias sum_j phi_j (eta_j - kappa_j)^2 a site that is to hold averages at ``eta``.

    Averages come to lie where mu_j = -2 phi_j (eta_j - kappa_j): eq. 4 of Holber and Garikipati (2025), a site. Without
    a model, which says what mu is, the centre is the point itself.

    Where a model extrapolates it may predict any mu, and a centre far outside drives every average to the boundary:
    what is larger than ``largest`` is cut to it.

    :param eta: shape (n, d), as the result.
    :param phi: strength of the bias on each coordinate, shape (d,), in eV a site.
    :param largest: absolute mu of each coordinate beyond which the model is not trusted, in eV a site.
    :raises InputError: if ``phi`` are not d numbers above 0, or the model gives a mu that is not finite.
    """
    d = eta.shape[1]
    strength = np.asarray(phi, dtype=np.float64)
    if strength.shape != (d,) or not (np.isfinite(strength) & (strength > 0)).all():
        cure = f"Give {d} numbers above 0."
        raise InputError("phi", strength.tolist(), "it is the strength of the bias on each coordinate", cure)
    if model is None:
        return eta.copy()
    kappa = eta + np.clip(model.mu(eta), -np.asarray(largest), largest) / (2 * strength)
    if not np.isfinite(kappa).all():
        point = eta[~np.isfinite(kappa).all(axis=1)][0].tolist()
        raise InputError("model", point, "its mu is not finite there", "Give a model fitted to the dataset.")
    return kappa


def trusted_mu(mu: Floats) -> Floats:
    """Return the largest absolute mu that a model is trusted with, shape (d,): twice the largest of all labels.

    It is the same for all order parameters, and infinite if there are no labels.

    :param mu: labels, shape (n, d).
    """
    if not len(mu):
        return np.full(mu.shape[1], np.inf)
    largest = np.abs(mu).max(axis=0)
    return TRUST * np.append(largest[:1], np.full(len(largest) - 1, largest[1:].max(initial=0)))
