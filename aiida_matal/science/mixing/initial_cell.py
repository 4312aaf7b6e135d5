"""Starting structures of liquids: random mixtures without overlaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from aiida_matal.science.errors import InputError

MIN_ATOMS = 8
_MIN_DISTANCE = 0.9
_MAX_SWEEPS = 1000


@dataclass(frozen=True, eq=False)
class InitialCell:
    """A structure, periodic in three directions.

    :ivar cell: cell vectors as rows, Angstrom, shape (3, 3).
    :ivar positions: cartesian positions inside the cell, Angstrom, shape (N, 3).
    :ivar symbols: element of each atom, grouped by element in alphabetical order, length N.
    """

    cell: NDArray[np.float64]
    positions: NDArray[np.float64]
    symbols: list[str]


def binary_counts(element_a: str, element_b: str, x_b: float, n_atoms: int) -> dict[str, int]:
    """Return the number of atoms of each element: round(x_b * n_atoms) of element b, the others of element a.

    An element of which there is nothing is left out, so that ``x_b`` of 0 or 1 gives the pure element.

    :raises InputError: if the elements are the same, ``x_b`` is outside 0..1, or the cell is too small for an alloy of
        this composition to hold an atom of each element.
    """
    if element_a == element_b:
        raise InputError("element_b", element_b, "it is the same as element_a", "Give two elements.")
    if not 0 <= x_b <= 1:
        raise InputError("x_b", x_b, "it is not a mole fraction", "Give a value from 0 to 1.")
    n_b = round(x_b * n_atoms)
    if 0 < x_b < 1 and n_b in (0, n_atoms):
        reason = f"one of the elements would have no atom at x_b = {x_b}"
        raise InputError("n_atoms", n_atoms, reason, "Give more atoms.")
    counts = {element_a: n_atoms - n_b, element_b: n_b}
    return {symbol: count for symbol, count in counts.items() if count}


def actual_x_b(x_b: float, n_atoms: int) -> float:
    """Return the mole fraction of element b that a cell of ``n_atoms`` atoms has for a wanted ``x_b``."""
    return round(x_b * n_atoms) / n_atoms


def random_mixture(counts: Mapping[str, int], volume_per_atom: float, seed: int) -> InitialCell:
    """Return a cubic cell of atoms at random places, none nearer to another than 0.9 times the mean spacing.

    The mean spacing is the cube root of ``volume_per_atom``. Atoms are thrown at random, then pairs nearer than the
    mean spacing are pushed apart; sizes of the elements are not taken into account.

    :param counts: number of atoms of each element, at least ``MIN_ATOMS`` in all.
    :param volume_per_atom: volume of an atom, Angstrom^3.
    :param seed: seed of the random places.
    :raises InputError: if a count is not positive, there are too few atoms or the volume is not positive.
    """
    n_atoms = sum(counts.values())
    if any(count <= 0 for count in counts.values()) or n_atoms < MIN_ATOMS:
        raise InputError("counts", dict(counts), "there are too few atoms", f"Give at least {MIN_ATOMS} atoms.")
    if not 0 < volume_per_atom < np.inf:
        raise InputError("volume_per_atom", volume_per_atom, "it is not a volume", "Give it in Angstrom^3.")
    spacing = volume_per_atom ** (1 / 3)
    length = n_atoms ** (1 / 3)
    places = _push_apart(np.random.default_rng(seed).uniform(0, length, (n_atoms, 3)), length)
    symbols = [symbol for symbol in sorted(counts) for _ in range(counts[symbol])]
    return InitialCell(np.eye(3) * length * spacing, places * spacing, symbols)


def _push_apart(places: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    """Move points in a periodic cube until none is nearer than 0.9 to another; their mean spacing is 1."""
    for _ in range(_MAX_SWEEPS):
        places = places % length % length  # the remainder of a tiny negative number is length itself
        first, second = cKDTree(places, boxsize=length).query_pairs(1.0, output_type="ndarray").T
        apart = places[second] - places[first]
        apart -= length * np.round(apart / length)
        distance = np.linalg.norm(apart, axis=1)
        if distance.size == 0 or distance.min() >= _MIN_DISTANCE:
            return places
        shift = (0.5 * (1 - distance) / distance)[:, np.newaxis] * apart
        places = places.copy()
        np.add.at(places, second, 0.5 * shift)
        np.add.at(places, first, -0.5 * shift)
    raise RuntimeError("The atoms could not be moved apart.")
