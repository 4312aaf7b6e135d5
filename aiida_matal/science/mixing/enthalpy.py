"""The enthalpy of mixing from the energies of three liquids."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.constants import N_A, e

from aiida_matal.science.errors import InputError

KJ_PER_MOL = e * N_A / 1000


class Estimate(NamedTuple):
    """A value and its standard error, in the same unit."""

    value: float
    error: float


def mixing_enthalpy(alloy: Estimate, pure_a: Estimate, pure_b: Estimate, x_b: float) -> Estimate:
    """Return the enthalpy of mixing, dH = H_alloy - (1 - x_b) H_a - x_b H_b, in kJ per mole of atoms.

    The errors of the three simulations are independent and add in quadrature.

    :param alloy: enthalpy of the alloy in eV per atom; likewise ``pure_a`` and ``pure_b``, all at one temperature.
    :param x_b: mole fraction of element b that the simulated alloy has, between 0 and 1.
    :raises InputError: if ``x_b`` is not between 0 and 1, or a value or error is not a finite number.
    """
    if not 0 < x_b < 1:
        raise InputError("x_b", x_b, "it is not the composition of a binary", "Give a value between 0 and 1.")
    for name, estimate in (("alloy", alloy), ("pure_a", pure_a), ("pure_b", pure_b)):
        if not np.isfinite(estimate).all() or estimate.error < 0:
            raise InputError(name, estimate, "value and error are not usable", "Give finite numbers, error >= 0.")
    weights = np.array([1, x_b - 1, -x_b]) * KJ_PER_MOL
    values, errors = np.array([alloy, pure_a, pure_b]).T
    return Estimate(float(weights @ values), float(np.linalg.norm(weights * errors)))
