"""Redlich-Kister polynomials of the enthalpy of mixing of binary liquids.

H = x_A x_B sum_v L_v (x_A - x_B)^v with A before B in the alphabet (O. Redlich and A. T. Kister, Ind. Eng. Chem. 40,
345 (1948)). The L_v are in J/mol as in Calphad software, enthalpies in kJ/mol as everywhere else here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import refuse_not_finite
from aiida_matal.science.mixing.redlich_kister_fit import J_PER_KJ, MAX_ORDER, Fits, fit_orders
from aiida_matal.science.table import Column, Table

Floats = NDArray[np.float64]

COEFFICIENTS = tuple(f"L{order}" for order in range(MAX_ORDER + 1))
#: A polynomial that misses a point by more than this, in kJ/mol, is flagged as a poor fit.
LARGEST_DEVIATION = 1.0
REDLICH_KISTER_COLUMNS = {
    "system": Column("the two elements in alphabetical order"),
    "element_a": Column("first element"),
    "element_b": Column("second element"),
    "order": Column("order of the polynomial, by the smallest AICc", "1"),
    **{name: Column(f"Redlich-Kister coefficient {name}, 0 above the order", "J/mol") for name in COEFFICIENTS},
    "n_points": Column("number of points fitted", "1"),
    "fit_rmse": Column("root mean square deviation of the polynomial from the points", "kJ/mol"),
    "max_deviation": Column("largest deviation of the polynomial from a point", "kJ/mol"),
    "poor_fit": Column(f"whether the largest deviation is above {LARGEST_DEVIATION:g} kJ/mol"),
    "extremum": Column("the enthalpy of mixing that is largest in size", "kJ/mol"),
    "x_extremum": Column("mole fraction of the second element at the extremum", "1"),
}

_NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class RedlichKister:
    """The polynomial of a binary system.

    :ivar coefficients: L_0, L_1, ... in J/mol.
    """

    coefficients: tuple[float, ...]

    @property
    def order(self) -> int:
        """Return the highest power of x_A - x_B."""
        return len(self.coefficients) - 1

    @property
    def swapped(self) -> RedlichKister:
        """Return the polynomial of the same liquids with A and B exchanged: odd coefficients change sign."""
        return RedlichKister(tuple((-1) ** power * value for power, value in enumerate(self.coefficients)))

    def value(self, x_b: ArrayLike) -> Floats:
        """Return the enthalpy of mixing in kJ/mol at mole fractions of B, of the shape of ``x_b``."""
        fraction = np.asarray(x_b, dtype=np.float64)
        return fraction * (1 - fraction) * self.interaction(1 - 2 * fraction)

    def interaction(self, difference: ArrayLike) -> Floats:
        """Return sum_v L_v d^v in kJ/mol, with d = x_A - x_B, of the shape of ``difference``."""
        return polynomial.polyval(np.asarray(difference, dtype=np.float64), np.array(self.coefficients)) / J_PER_KJ


class RedlichKisterFit(NamedTuple):
    """A polynomial and how well it fits.

    :ivar rmse: root mean square deviation from the points, kJ/mol.
    :ivar max_deviation: largest deviation from a point, kJ/mol.
    """

    polynomial: RedlichKister
    rmse: float
    max_deviation: float

    @property
    def poor(self) -> bool:
        """Return whether the largest deviation is above 1 kJ/mol."""
        return self.max_deviation > LARGEST_DEVIATION


class Extremum(NamedTuple):
    """The enthalpy of mixing that is largest in size, in kJ/mol, and its mole fraction of B; each of shape (m,)."""

    value: Floats
    x_b: Floats


def fit_redlich_kister(
    x_b: ArrayLike, enthalpy: ArrayLike, error: ArrayLike | None = None, max_order: int = MAX_ORDER
) -> RedlichKisterFit:
    """Return the polynomial of the order with the smallest AICc, fitted by least squares.

    With fewer than five points the order is 0. Where several orders fit to rounding, the lowest is taken.

    :param x_b: mole fractions of the second element, between 0 and 1, shape (n,), n >= 1; a value may repeat.
    :param enthalpy: in kJ/mol, shape (n,).
    :param error: standard errors in kJ/mol, above 0, shape (n,); only their ratios count, as weights 1 / error^2.
    :param max_order: highest order to try, 0 to 3.
    :raises InputError: if the shapes do not match, a value is not finite or out of its range, or there are no points.
    """
    fraction = _fractions(x_b)
    values = _like(fraction, "enthalpy", enthalpy)
    errors = np.ones(len(fraction)) if error is None else _like(fraction, "error", error)
    if (errors <= 0).any():
        raise InputError("error", float(errors.min()), "a standard error is above 0", "Leave the errors out.")
    fits = fit_orders(fraction, values[:, np.newaxis], errors**-2, max_order)
    order = int(fits.order[0])
    chosen = RedlichKister(tuple(fits.coefficients[0, : order + 1].tolist()))
    return RedlichKisterFit(chosen, float(fits.rmse[0]), float(fits.max_deviation[0]))


def extremum(coefficients: ArrayLike) -> Extremum:
    """Return where the enthalpy of mixing of each system is largest in size.

    Exact: the real roots of the derivative. Of a minimum and a maximum of equal size, the one at the smaller mole
    fraction counts; a system without enthalpy of mixing has 0 at 0.5.

    :param coefficients: L_v in J/mol, shape (m, k), 0 above the order of a system.
    """
    found = np.array([_extremum(row) for row in np.atleast_2d(np.asarray(coefficients, dtype=np.float64))])
    return Extremum(*found.reshape(-1, 2).T)


def redlich_kister_table(points: Table, quantity: str = "predicted", max_order: int = MAX_ORDER) -> Table:
    """Return the polynomials of all systems of a table, by system.

    :param points: columns ``system``, ``element_a``, ``element_b``, ``x_b`` and ``quantity``, the enthalpy of mixing in
        kJ/mol, one row a composition.
    :param max_order: highest order to try, 0 to 3.
    :return: a table with :data:`REDLICH_KISTER_COLUMNS`.
    :raises InputError: if a column is missing or in another unit, a value is not finite or out of its range, or the
        elements of a system are not in alphabetical order.
    """
    unit = points.select([quantity]).columns[quantity].unit
    if unit != "kJ/mol":
        raise InputError(f"column {quantity}", unit, "enthalpies of mixing are in kJ/mol", "Convert the table.")
    refuse_not_finite(quantity, points[quantity])
    _check_systems(points)
    fraction = _fractions(points["x_b"])
    ordered = np.lexsort((fraction, points["system"]))
    systems, starts = np.unique(points["system"][ordered], return_index=True)
    rows = np.split(ordered, starts[1:])
    fits = _fit_systems(fraction, points[quantity], rows, max_order)
    found = extremum(fits.coefficients)
    arrays = {
        "system": systems,
        "element_a": points["element_a"][ordered[starts]],
        "element_b": points["element_b"][ordered[starts]],
        "order": fits.order,
        **dict(zip(COEFFICIENTS, fits.coefficients.T, strict=True)),
        "n_points": [len(mine) for mine in rows],
        "fit_rmse": fits.rmse,
        "max_deviation": fits.max_deviation,
        "poor_fit": fits.max_deviation > LARGEST_DEVIATION,
        "extremum": found.value,
        "x_extremum": found.x_b,
    }
    return Table(arrays, REDLICH_KISTER_COLUMNS)


def polynomials_of(table: Table) -> dict[str, RedlichKister]:
    """Return the polynomial of each system of a table made by :func:`redlich_kister_table`, by name.

    :raises InputError: if it is not such a table.
    """
    return {
        row["system"]: RedlichKister(tuple(row[name] for name in COEFFICIENTS[: row["order"] + 1]))
        for row in table.select(["system", "order", *COEFFICIENTS]).rows()
    }


def _fit_systems(fraction: Floats, enthalpy: Floats, rows: Sequence[NDArray[np.intp]], max_order: int) -> Fits:
    """Fit the systems with these rows, those of the same compositions at once."""
    alike: dict[bytes, list[int]] = {}
    for number, mine in enumerate(rows):
        alike.setdefault(fraction[mine].tobytes(), []).append(number)
    groups = list(alike.values())
    fits = []
    for numbers in groups:
        columns = np.column_stack([enthalpy[rows[number]] for number in numbers])
        fits.append(fit_orders(fraction[rows[numbers[0]]], columns, np.ones(len(columns)), max_order))
    back = np.argsort(np.concatenate(groups))
    return Fits(*(np.concatenate(parts)[back] for parts in zip(*fits, strict=True)))


def _extremum(coefficients: Floats) -> tuple[float, float]:
    largest = np.abs(coefficients).max()
    if largest == 0:
        return 0.0, 0.5
    # A coefficient that is negligible beside the others only spoils the accuracy of the roots.
    terms = polynomial.polytrim(coefficients, _NEGLIGIBLE * largest)
    slope = polynomial.polyder(polynomial.polymul([0.25, 0.0, -0.25], terms))
    # The value decides, so that roots that are no extremum, or not real, do no harm.
    x_b = np.sort((1 - np.clip(polynomial.polyroots(slope).real, -1, 1)) / 2)
    value = RedlichKister(tuple(coefficients)).value(x_b)
    best = np.argmax(np.abs(value) >= (1 - _NEGLIGIBLE) * np.abs(value).max())
    return float(value[best]), float(x_b[best])


def _fractions(x_b: ArrayLike) -> Floats:
    fraction = np.asarray(x_b, dtype=np.float64)
    if fraction.ndim != 1 or fraction.size == 0:
        raise InputError("x_b", fraction.shape, "there are no points", "Give at least one mole fraction.")
    outside = ~((fraction > 0) & (fraction < 1))
    if outside.any():
        row = int(np.argmax(outside))
        cure = "Give values between 0 and 1; the pure liquids have no enthalpy of mixing."
        raise InputError("x_b", float(fraction[row]), f"row {row} is not the composition of a binary", cure)
    return fraction


def _like(fraction: Floats, field: str, values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != fraction.shape:
        raise InputError(field, array.shape, f"there are {len(fraction)} compositions", "Give one value each.")
    refuse_not_finite(field, array)
    return array


def _check_systems(points: Table) -> None:
    names = np.char.add(np.char.add(points["element_a"], "-"), points["element_b"])
    odd = (points["element_a"] >= points["element_b"]) | (names != points["system"])
    if odd.any():
        system = str(points["system"][np.argmax(odd)])
        cure = "Name the elements and the system in alphabetical order."
        raise InputError("system", system, f"it is not the one of row {np.argmax(odd)}'s elements in order", cure)
