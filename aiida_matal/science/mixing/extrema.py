"""Where the enthalpy of mixing of a binary liquid is largest in magnitude, and how that goes along the elements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from ase.data import atomic_numbers
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError

#: Atomic numbers at which the periods end, the first from 0.
_NOBLE_GASES = (0, 2, 10, 18, 36, 54, 86, 118)


def extremum_rows(system: ArrayLike, value: ArrayLike) -> NDArray[np.intp]:
    """Return the row of each system in which the value is largest in magnitude, ordered by the name of the system.

    :param system: names, shape (n,).
    :param value: shape (n,); rows that are not finite do not count, and of equals the first does.
    :raises InputError: if the lengths differ.
    """
    names, magnitude = np.asarray(system, dtype=np.str_), np.abs(np.asarray(value, dtype=np.float64))
    if names.shape != magnitude.shape or names.ndim != 1:
        lengths = (names.shape, magnitude.shape)
        raise InputError("system", lengths, "the lengths differ", "Give one system a value.")
    rows = np.flatnonzero(np.isfinite(magnitude))
    order = rows[np.lexsort((rows, -magnitude[rows], names[rows]))]
    return order[np.unique(names[order], return_index=True)[1]]


def elements_of_periods(symbols: Iterable[str], first: int, last: int) -> list[str]:
    """Return the elements in the given periods of the periodic table, by atomic number.

    :param symbols: the elements to choose from.
    :param first: first period, from 1; likewise ``last``.
    """
    lowest, highest = _NOBLE_GASES[first - 1], _NOBLE_GASES[last]
    chosen = [symbol for symbol in set(symbols) if lowest < atomic_numbers[symbol] <= highest]
    return sorted(chosen, key=atomic_numbers.__getitem__)


def system_names(first: str, second: Sequence[str]) -> list[str]:
    """Return the names of the systems of one element with each of others, as ``Al-Cu``."""
    return ["-".join(sorted((first, symbol))) for symbol in second]


def gaps(symbols: Sequence[str]) -> list[int]:
    """Return the places of the elements whose atomic number is not the next after that of the one before."""
    numbers = np.array([atomic_numbers[symbol] for symbol in symbols], dtype=np.intp)
    return (np.flatnonzero(np.diff(numbers) != 1) + 1).tolist()
