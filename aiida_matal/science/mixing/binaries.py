"""Tables of binary liquids: names, compositions, Miedema's estimate and features."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import Symbols
from aiida_matal.science.mixing.features import binary_features, check_binaries
from aiida_matal.science.mixing.miedema import miedema_enthalpy
from aiida_matal.science.table import ID, Column, Table

MIEDEMA = "miedema_enthalpy"

_COLUMNS = {
    ID: Column("binary system and mole fraction of the second element"),
    "system": Column("the two elements in alphabetical order"),
    "element_a": Column("first element"),
    "element_b": Column("second element"),
    "x_b": Column("mole fraction of the second element", "1"),
    "temperature": Column("temperature of the liquid", "K"),
    MIEDEMA: Column("enthalpy of mixing by Miedema's model", "kJ/mol"),
}


def binary_table(
    element_a: Symbols,
    element_b: Symbols,
    x_b: ArrayLike,
    temperature: ArrayLike,
) -> Table:
    """Return binary liquids with their names, Miedema's enthalpy of mixing (kJ/mol) and all features.

    The elements of each row come in alphabetical order; where they are not given so, they change places and ``x_b``
    becomes ``1 - x_b``. The rows keep their order.

    :param element_a: symbols of the first elements, shape (n,).
    :param element_b: symbols of the second elements, shape (n,).
    :param x_b: mole fractions of the second elements, from 0 to 1, shape (n,).
    :param temperature: of the liquids in K, one for all or shape (n,); NaN where it is not known.
    :raises InputError: if an element is unknown, a pair is one element twice, a mole fraction is outside 0..1, a
        temperature is not positive, the lengths differ, or two rows are one liquid in the three decimals of the id.
    """
    fraction = check_binaries(element_a, element_b, x_b)
    kelvin = np.asarray(temperature, dtype=np.float64)
    if kelvin.ndim and kelvin.shape != fraction.shape:
        raise InputError("temperature", kelvin.shape, "the lengths differ", "Give one for all, or one a liquid.")
    if (kelvin <= 0).any() or np.isinf(kelvin).any():
        raise InputError("temperature", temperature, "it is not positive and finite", "Give it in K.")
    given = np.array([element_a, element_b], dtype=np.str_)
    if (given[0] == given[1]).any():
        pure = str(given[0][given[0] == given[1]][0])
        raise InputError("element_b", pure, "it is the first element too", "Give two different elements.")
    swapped = given[0] > given[1]
    first, second = np.where(swapped, given[::-1], given)
    fraction = np.where(swapped, 1 - fraction, fraction)
    system = np.array([f"{a}-{b}" for a, b in zip(first.tolist(), second.tolist(), strict=True)], dtype=np.str_)
    features, described = binary_features(first, second, fraction)
    arrays = {
        ID: point_ids(system, fraction),
        "system": system,
        "element_a": first,
        "element_b": second,
        "x_b": fraction,
        "temperature": np.broadcast_to(kelvin, fraction.shape),
        MIEDEMA: miedema_enthalpy(first, second, fraction),
    }
    return Table({**arrays, **dict(zip(described, features.T, strict=True))}, {**_COLUMNS, **described})


def point_ids(system: Symbols, x_b: ArrayLike) -> NDArray[np.str_]:
    """Return the name of each liquid, as ``Al-Cu_x0.250``, shape (n,).

    It is the same whichever element comes first: ``Cu-Al`` at 0.75 is ``Al-Cu`` at 0.25.

    :param system: two symbols joined by a hyphen, shape (n,).
    :param x_b: mole fractions of the second elements, shape (n,).
    """
    return np.array([_point_id(str(name), x) for name, x in zip(system, np.asarray(x_b), strict=True)], dtype=np.str_)


def _point_id(system: str, x_b: float) -> str:
    first, _, second = system.partition("-")
    if first > second:
        first, second, x_b = second, first, 1 - x_b
    return f"{first}-{second}_x{x_b:.3f}"
