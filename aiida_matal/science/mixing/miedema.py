"""Miedema's model of the enthalpy of mixing of binary liquids.

F.R. de Boer, R. Boom, W.C.M. Mattens, A.R. Miedema and A.K. Niessen, Cohesion in Metals (North-Holland, 1988).
``miedema_parameters.csv`` holds the parameters and ``miedema_parameters_columns.csv`` the unit, meaning and source of
each. There are none for S, Se and Te. Zn, Cd and Hg are no transition metals; nor are Eu and Yb, which are divalent as
pure metals. The d states of the latter and of Ca, Sr and Ba hybridise with p states as those of transition metals do.

Of 2211 pairs in the table of equimolar liquids of Takeuchi and Inoue, Mater. Trans. 46, 2817 (2005), half are within
0.3 kJ/mol, and all without Cu, Si and Ge within 2.1. With Cu, that table has almost no hybridisation (Al-Cu -1, here
-7.7, an assessment of measurements -16.7). It counts 34 kJ for a mole of Si and 25 for one of Ge that become metals,
which they are as liquids (Fe-Si -35, here -17.8; Mg-Si -26, here -9).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.mixing.elements import Symbols, element_codes, known_elements, read_csv
from aiida_matal.science.mixing.features import check_binaries

#: Groups of pairs by the number of transition metals in them.
GROUPS = np.array(["nonTM-nonTM", "TM-nonTM", "TM-TM"])
_P = np.array([10.7, 12.35, 14.2])
_Q_OVER_P = 9.4
#: The hybridisation in a liquid over that in a solid.
_LIQUID_R = 0.73
_COLUMNS = [row["column"] for row in read_csv("miedema_parameters_columns.csv")]


def miedema_enthalpy(element_a: Symbols, element_b: Symbols, x_b: ArrayLike) -> NDArray[np.float64]:
    """Return the enthalpy of mixing of binary liquids, kJ per mole of atoms, shape (n,).

    With the electronegativity phi, electron density n and surface fractions c of the two elements,

        H = x_a c_b V_a^(2/3) 2 / (n_a^(-1/3) + n_b^(-1/3))
            (-P (phi_a - phi_b)^2 + Q (n_a^(1/3) - n_b^(1/3))^2 - 0.73 P R_a R_b),

    the last term only between a metal with d states and an element without. The V^(2/3) here and in c are those in the
    alloy, V_a^(2/3) (1 + a_a c_b (phi_a - phi_b)) with c_b from the pure elements; a second pass of this correction
    changes about 0.1 kJ/mol. This is the model of de Boer et al. for liquids, where R is 0.73 of that in solids.

    :param element_a: symbols of the first elements, shape (n,).
    :param element_b: symbols of the second elements, shape (n,).
    :param x_b: mole fractions of the second elements, from 0 to 1, shape (n,).
    :return: NaN where an element has no parameters.
    :raises InputError: if an element is unknown, a mole fraction is outside 0..1 or the lengths differ.
    """
    second_fraction = check_binaries(element_a, element_b, x_b)
    fractions = np.array([1 - second_fraction, second_fraction])
    codes = np.array([element_codes(element_a), element_codes(element_b)])
    metal, d_metal, phi, density, volume, factor, hybridisation = (column[codes] for column in _parameters().T)
    p, q = _p_q(metal)
    difference = phi[0] - phi[1]
    cube_root = np.cbrt(density)
    surface = np.cbrt(volume) ** 2
    swelling = np.array([difference, -difference]) * factor * _surface_fractions(fractions, surface)[::-1]
    surface = surface * (1 + swelling)
    hybrid = np.where(d_metal.sum(axis=0) == 1, _LIQUID_R * p * hybridisation.prod(axis=0), 0.0)
    driving = -p * difference**2 + q * (cube_root[0] - cube_root[1]) ** 2 - hybrid
    contact = fractions[0] * surface[0] * _surface_fractions(fractions, surface)[1]
    enthalpy: NDArray[np.float64] = contact * 2 / (1 / cube_root).sum(axis=0) * driving
    return enthalpy


def miedema_group(element_a: Symbols, element_b: Symbols) -> NDArray[np.str_]:
    """Return ``TM-TM``, ``TM-nonTM`` or ``nonTM-nonTM`` for each pair, shape (n,).

    :raises InputError: if an element is unknown.
    """
    return GROUPS[_metals(element_a, element_b).sum(axis=0).astype(int)]


def miedema_p_q(element_a: Symbols, element_b: Symbols) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the empirical parameters P and Q = 9.4 P of each pair, each of shape (n,).

    P is 14.2 for two transition metals, 12.35 for one and 10.7 for none, in kJ/(V^2 cm^2 mol^(1/3)) where cube
    roots of electron densities are in density units.

    :raises InputError: if an element is unknown.
    """
    return _p_q(_metals(element_a, element_b))


@cache
def _parameters() -> NDArray[np.float64]:
    rows = {row["element"]: [float(row[name]) for name in _COLUMNS] for row in read_csv("miedema_parameters.csv")}
    return np.array([rows[symbol] for symbol in known_elements()])


def _metals(element_a: Symbols, element_b: Symbols) -> NDArray[np.float64]:
    return np.array([_parameters()[element_codes(symbols), 0] for symbols in (element_a, element_b)])


def _p_q(metal: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    p = _P[metal.sum(axis=0).astype(int)]
    return p, _Q_OVER_P * p


def _surface_fractions(fractions: NDArray[np.float64], surface: NDArray[np.float64]) -> NDArray[np.float64]:
    areas = fractions * surface
    return areas / areas.sum(axis=0)
