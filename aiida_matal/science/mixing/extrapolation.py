"""The enthalpy of mixing of multicomponent liquids from Redlich-Kister polynomials of their binary systems.

Both methods are exact in the binary limits and agree where all polynomials are of order 0. Neither has ternary terms.
Enthalpies are in kJ/mol.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import refuse_not_finite
from aiida_matal.science.mixing.redlich_kister import RedlichKister

Floats = NDArray[np.float64]
#: Largest error of the sum of mole fractions.
_ROUNDING = 1e-6


def muggianu(fractions: ArrayLike, elements: Sequence[str], polynomials: Mapping[str, RedlichKister]) -> Floats:
    """Return the enthalpy of mixing by Muggianu's method, shape (n,): x_i - x_j goes into each polynomial as it is.

    H = sum_{i<j} x_i x_j sum_v L_v (x_i - x_j)^v (Y.-M. Muggianu, M. Gambino and J.-P. Bros, J. Chim. Phys. 72, 83
    (1975)). This is what Calphad software makes of binary parameters.

    :param fractions: mole fractions that add up to 1, shape (n, m), or (m,) for one liquid.
    :param elements: symbols, length m >= 2, in any order.
    :param polynomials: by system, such as ``Al-Cu``; all pairs of the elements are needed.
    :raises InputError: if the fractions are no compositions, an element repeats or a system is missing.
    """
    x = _compositions(fractions, elements)
    return _sum_of_pairs(x, elements, polynomials, lambda i, j: x[:, i] - x[:, j])


def toop(
    fractions: ArrayLike,
    elements: Sequence[str],
    polynomials: Mapping[str, RedlichKister],
    asymmetric: Collection[str],
) -> Floats:
    """Return the enthalpy of mixing by Toop's method, shape (n,).

    In a ternary liquid with the asymmetric component a, the systems a-b and a-c are taken at constant x_a, and b-c at
    constant x_b / x_c (G. W. Toop, Trans. Metall. Soc. AIME 233, 850 (1965)). With more components these fall into two
    groups: of three, the one that is alone in its group is asymmetric (P. Chartrand and A. D. Pelton, J. Phase Equilib.
    21, 141 (2000)). Then a pair in two groups has the difference of the sums X_1 - X_2 of the groups in its polynomial,
    and a pair in one group (x_i - x_j) / (x_i + x_j); three components of one group follow Kohler's method.

    :param fractions: mole fractions that add up to 1, shape (n, m), or (m,) for one liquid.
    :param elements: symbols, length m >= 2, in any order.
    :param polynomials: by system, such as ``Al-Cu``; all pairs of the elements are needed.
    :param asymmetric: the elements of one group, neither none nor all.
    :raises InputError: if the fractions are no compositions, an element repeats, a system is missing or the group is
        none.
    """
    x = _compositions(fractions, elements)
    if not 0 < len(set(asymmetric)) < len(elements) or not set(asymmetric) <= set(elements):
        cure = f"Name some, but not all, of {', '.join(elements)}."
        raise InputError("asymmetric", sorted(asymmetric), "they are no group of the elements", cure)
    first = np.array([symbol in asymmetric for symbol in elements])
    between = x[:, first].sum(axis=1) - x[:, ~first].sum(axis=1)

    def difference(i: int, j: int) -> Floats:
        if first[i] != first[j]:
            return between if first[i] else -between
        total = x[:, i] + x[:, j]
        return np.divide(x[:, i] - x[:, j], total, out=np.zeros_like(total), where=total > 0)

    return _sum_of_pairs(x, elements, polynomials, difference)


def _sum_of_pairs(
    x: Floats,
    elements: Sequence[str],
    polynomials: Mapping[str, RedlichKister],
    difference: Callable[[int, int], Floats],
) -> Floats:
    order = sorted(range(len(elements)), key=lambda number: elements[number])
    pairs = {f"{elements[i]}-{elements[j]}": (i, j) for i, j in combinations(order, 2)}
    missing = [system for system in pairs if system not in polynomials]
    if missing:
        raise InputError("polynomials", missing, "these systems have none", "Give one for each pair of the elements.")
    terms = [x[:, i] * x[:, j] * polynomials[name].interaction(difference(i, j)) for name, (i, j) in pairs.items()]
    return np.sum(terms, axis=0)


def _compositions(fractions: ArrayLike, elements: Sequence[str]) -> Floats:
    if len(elements) < 2 or len(set(elements)) < len(elements):
        raise InputError("elements", list(elements), "they are no mixture", "Give two or more different elements.")
    x = np.atleast_2d(np.asarray(fractions, dtype=np.float64))
    if x.ndim != 2 or x.shape[1] != len(elements):
        raise InputError("fractions", x.shape, f"there are {len(elements)} elements", "Give one column an element.")
    refuse_not_finite("fractions", x)
    odd = (x < 0).any(axis=1) | (np.abs(x.sum(axis=1) - 1) > _ROUNDING)
    if odd.any():
        row = int(np.argmax(odd))
        cure = "Give mole fractions that add up to 1."
        raise InputError("fractions", x[row].tolist(), f"row {row} is not a composition", cure)
    return x
