"""Orderings by a wave vector: the waves of its star that are +1 or -1 on every site."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.commensurate import commensurate_cell, star
from aiida_matal.science.landscape.crystal import Crystal
from aiida_matal.science.landscape.supercell import Supercell

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TOLERANCE = 1e-6
_CURE = "Give a variant in place of k_point: cell and occupation of one fully ordered configuration."


def k_star_waves(crystal: Crystal, k_point: tuple[float, ...], where: str) -> tuple[Supercell, Floats]:
    """Return the commensurate cell of the star of a wave vector k, and its waves on the sites of the cell.

    They are cos(2 pi k . R) where 2 k is a reciprocal lattice vector, else sqrt(2) cos(2 pi k . R -+ pi / 4) where 4 k
    is one: two for each pair of k and -k. The wave vector that is given comes first, the others in ascending order.

    :param k_point: in reciprocal lattice vectors.
    :param where: name of the wave vector in error messages.
    :returns: the waves, shape (number, sites), each value 1 or -1.
    :raises InputError: if the unit cell has several variable sites, or no wave of the star is 1 or -1 on every site.
    """
    if crystal.n_variable > 1:
        reason = f"a wave leaves open how the {crystal.n_variable} variable sites of the unit cell differ"
        raise InputError(where, list(k_point), reason, _CURE)
    quarters = np.rint(4 * np.array(k_point)).astype(np.int64)
    if np.abs(4 * np.array(k_point) - quarters).max() > _TOLERANCE:
        reason = "no wave of its star is +1 or -1 on every site, because 4 k is no reciprocal lattice vector"
        raise InputError(where, list(k_point), reason, _CURE)
    if not (quarters % 4).any():
        reason = "it is a reciprocal lattice vector: the wave is the composition"
        raise InputError(where, list(k_point), reason, "Give another wave vector.")
    members = _one_of_each_pair(quarters % 4, star(crystal, quarters[None], 4))
    cell = commensurate_cell(crystal, members, 4)
    return cell, np.concatenate([_waves(k, cell.sites[:, 1:]) for k in members])


def _one_of_each_pair(first: Ints, members: Ints) -> Ints:
    """Return one of each pair of k and -k of a star, ``first`` before the others."""
    chosen: list[tuple[int, ...]] = []
    for member in [first, *members]:
        if tuple(member) not in chosen and tuple(-member % 4) not in chosen:
            chosen.append(tuple(member))
    return np.array(chosen)


def _waves(quarters: Ints, cells: Ints) -> Floats:
    # 4 k . R modulo 4 is the number of quarter periods, so that the signs are exact.
    phase = cells @ quarters % 4
    if not (2 * quarters % 4).any():
        return np.where(phase == 0, 1.0, -1.0)[None]
    return np.where([(phase == 0) | (phase == 1), (phase == 0) | (phase == 3)], 1.0, -1.0)
