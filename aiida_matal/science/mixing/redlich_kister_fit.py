"""Least-squares fits of Redlich-Kister polynomials to many systems at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError

Floats = NDArray[np.float64]

MAX_ORDER = 3
J_PER_KJ = 1000.0
#: Deviations below this, in kJ/mol, are rounding: an order that only makes them smaller is not worth a coefficient.
_ROUNDING = 1e-4


class Fits(NamedTuple):
    """Polynomials of m systems.

    :ivar coefficients: in J/mol, 0 above the order of a system, shape (m, 4).
    :ivar order: shape (m,).
    :ivar rmse: root mean square deviation from the points, kJ/mol, shape (m,).
    :ivar max_deviation: largest deviation from a point, kJ/mol, shape (m,).
    """

    coefficients: Floats
    order: NDArray[np.intp]
    rmse: Floats
    max_deviation: Floats


def fit_orders(x_b: Floats, enthalpy: Floats, weights: Floats, max_order: int) -> Fits:
    """Return the polynomials of systems that share their compositions, each of the order with the smallest AICc.

    With n points, k = order + 2 parameters (the coefficients and the variance) and the weighted mean square deviation
    s^2, AICc = n ln s^2 + 2 k + 2 k (k + 1) / (n - k - 1) (C. M. Hurvich and C.-L. Tsai, Biometrika 76, 297 (1989)). It
    exists for n > k + 1; with fewer points the order is 0.

    :param x_b: mole fractions, shape (n,).
    :param enthalpy: in kJ/mol, shape (n, m).
    :param weights: of the points, shape (n,); only their ratios count.
    :raises InputError: if ``max_order`` is not one of 0 to 3.
    """
    if not 0 <= max_order <= MAX_ORDER:
        raise InputError("max_order", max_order, "there is no such order here", f"Give 0 to {MAX_ORDER}.")
    n_points, n_systems = enthalpy.shape
    root = np.sqrt(weights / weights.mean())[:, np.newaxis]
    design = (x_b * (1 - x_b))[:, np.newaxis] * np.vander(1 - 2 * x_b, max_order + 1, increasing=True)
    # Beyond these orders AICc does not exist, or the compositions do not determine the coefficients.
    last = max(0, min(max_order, n_points - 4, len(np.unique(x_b)) - 1))
    coefficients = np.zeros((last + 1, max_order + 1, n_systems))
    criterion = np.zeros((last + 1, n_systems))
    for order in range(last + 1):
        matrix = design[:, : order + 1]
        coefficients[order, : order + 1] = np.linalg.lstsq(root * matrix, root * enthalpy, rcond=None)[0]
        mean_square = np.mean((root * (enthalpy - design @ coefficients[order])) ** 2, axis=0)
        criterion[order] = _aicc(mean_square, n_points, order) if last else 0.0
    order = np.argmin(criterion, axis=0)
    chosen = coefficients[order, :, np.arange(n_systems)]
    deviation = enthalpy - design @ chosen.T
    padded = np.pad(chosen, ((0, 0), (0, MAX_ORDER - max_order)))
    rmse = np.sqrt(np.mean(deviation**2, axis=0))
    return Fits(padded * J_PER_KJ, order, rmse, np.abs(deviation).max(axis=0))


def _aicc(mean_square: Floats, n_points: int, order: int) -> Floats:
    n_parameters = order + 2
    penalty = 2 * n_parameters * n_points / (n_points - n_parameters - 1)
    return n_points * np.log(np.maximum(mean_square, _ROUNDING**2)) + penalty
