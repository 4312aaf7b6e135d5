"""Chemical short-range order of a mixture: whether atoms have like or unlike neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.structure import checked_frames, pair_distances

#: Neighbours of an atom that count, the first shell of a dense liquid; fewer in a cell where they were most of it.
N_NEIGHBOURS = 12

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def short_range_order(positions: ArrayLike, cells: ArrayLike, symbols: Sequence[str]) -> Floats:
    """Return the short-range order of each frame of a mixture.

    alpha = 1 - u/u_0, with the fraction u of unlike pairs among all pairs of an atom and one of its nearest neighbours,
    and that of random mixing, u_0 = (1 - sum_i x_i y_i) N/(N-1), where x_i and y_i are the fractions of element i among
    atoms and neighbours; N/(N-1) is there because no atom is its own neighbour. It is 0 for random mixing, negative
    where unlike neighbours are preferred and 1 for separated phases without an interface. For a binary it is the
    parameter alpha_AB = 1 - N_AB/(x_B N_A) of Warren and Cowley (Cowley, J. Appl. Phys. 21, 24 (1950)), in the form of
    Cargill and Spaepen (J. Non-Cryst. Solids 43, 91 (1981)), the same from either element where their sizes differ.

    A fixed number of neighbours is counted, not all within the first minimum of g(r): where one element is much larger,
    that minimum lies between its like pairs and those of the other.

    :param positions: cartesian positions, wrapped or not, Angstrom, shape (n, N, 3).
    :param cells: cell vectors as rows, Angstrom, shape (n, 3, 3).
    :param symbols: element of each atom, length N, of two elements or more.
    :return: shape (n,).
    :raises InputError: if shapes do not match, or there are fewer than two elements or four atoms.
    """
    places, boxes, species = _checked(positions, cells, symbols)
    neighbours = (_nearest(frame, box) for frame, box in zip(places, boxes, strict=True))
    return np.array([_order(species, nearest) for nearest in neighbours])


def separated_order(positions: ArrayLike, cells: ArrayLike, symbols: Sequence[str]) -> float:
    """Return the short-range order that the same atoms would have in separated phases, averaged over the frames.

    The places of the atoms are kept and the elements sorted: into slabs along each cell vector, and into a droplet of
    the rarest around the first atom within the next rarest, and so on. The largest value counts.

    Parameters and errors are those of :func:`short_range_order`.
    """
    places, boxes, species = _checked(positions, cells, symbols)
    orders = [
        [_order(sorted_species, _nearest(frame, box)) for sorted_species in _sorted(species, frame, box)]
        for frame, box in zip(places, boxes, strict=True)
    ]
    return float(np.mean(orders, axis=0).max())


def _sorted(species: Indices, frame: Floats, box: Floats) -> Iterator[Indices]:
    """Yield the elements of the atoms after sorting them along each cell vector and away from the first atom."""
    by_number = np.argsort(np.bincount(species))
    phases = np.repeat(by_number, np.bincount(species)[by_number])
    fractional = frame @ np.linalg.inv(box)
    from_first = fractional - fractional[0]
    from_first -= np.round(from_first)
    for key in (*(fractional % 1).T, np.linalg.norm(from_first @ box, axis=1)):
        arranged = np.empty_like(species)
        arranged[np.argsort(key)] = phases
        yield arranged


def _order(species: Indices, nearest: Indices) -> float:
    n_atoms, n_species = len(species), int(species.max()) + 1
    of_atoms = np.bincount(species, minlength=n_species) / n_atoms
    of_neighbours = np.bincount(species[nearest].ravel(), minlength=n_species) / nearest.size
    unlike = np.mean(species[:, np.newaxis] != species[nearest])
    random = (1 - of_atoms @ of_neighbours) * n_atoms / (n_atoms - 1)
    return float(1 - unlike / random)


def _nearest(frame: Floats, box: Floats) -> Indices:
    """Return the nearest neighbours of each atom, shape (N, ``N_NEIGHBOURS``)."""
    count = min(N_NEIGHBOURS, (len(frame) - 1) // 2)
    blocks = [np.argpartition(distance, count - 1, axis=1)[:, :count] for _, distance in pair_distances(frame, box)]
    return np.concatenate(blocks)


def _checked(positions: ArrayLike, cells: ArrayLike, symbols: Sequence[str]) -> tuple[Floats, Floats, Indices]:
    places, boxes = checked_frames(positions, cells, symbols)
    elements, species = np.unique(symbols, return_inverse=True)
    if len(elements) < 2 or len(symbols) < 4:
        raise InputError("symbols", list(symbols)[:4], "it is no mixture", "Give two elements and four atoms or more.")
    return places, boxes, species.astype(np.intp)
