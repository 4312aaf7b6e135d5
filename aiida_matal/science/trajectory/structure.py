"""Pair structure of a trajectory: radial distribution functions and coordination numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from aiida_matal.science.errors import InputError

_PAIRS_AT_A_TIME = 500_000
_SMOOTHING = 0.05
_MIN_PROMINENCE = 0.1

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RadialDistribution:
    """Radial distribution functions of a trajectory, averaged over its frames.

    :ivar r: centres of the bins, Angstrom, shape (n_bins,).
    :ivar total: g(r) of all atoms, whatever their element, shape (n_bins,).
    :ivar partial: g(r) of each pair of elements, alphabetical within a pair, shape (n_bins,). It is 1 at every distance
        for atoms placed at random, and 0 for the like pair of an element with one atom.
    :ivar neighbours: mean number of atoms of the second element within the outer edge of each bin around an atom of the
        first, for each ordered pair, shape (n_bins,).
    """

    r: Floats
    total: Floats
    partial: dict[tuple[str, str], Floats]
    neighbours: dict[tuple[str, str], Floats]


def largest_radius(cells: ArrayLike) -> float:
    """Return half the smallest height of the cells, up to which every pair has one nearest image, in Angstrom.

    :param cells: cell vectors as rows, Angstrom, shape (n, 3, 3).
    """
    inverse = np.linalg.inv(np.asarray(cells, dtype=np.float64))
    return float(0.5 / np.linalg.norm(inverse, axis=-2).max())


def partial_rdf(
    positions: ArrayLike, cells: ArrayLike, symbols: Sequence[str], r_max: float | None = None, n_bins: int = 200
) -> RadialDistribution:
    """Return the radial distribution functions of all pairs of elements, by minimum image in any periodic cell.

    :param positions: cartesian positions, wrapped or not, Angstrom, shape (n, N, 3).
    :param cells: cell vectors as rows, Angstrom, shape (n, 3, 3).
    :param symbols: element of each atom, length N.
    :param r_max: largest distance in Angstrom; that of :func:`largest_radius` where it is None.
    :raises InputError: if shapes do not match or ``r_max`` is larger than :func:`largest_radius`.
    """
    places, boxes = checked_frames(positions, cells, symbols)
    limit = largest_radius(boxes)
    if r_max is None:
        r_max = limit
    elif not 0 < r_max <= limit * (1 + 1e-12):
        cure = f"Give at most half the smallest height of the cell, {limit:.4f} Angstrom."
        raise InputError("r_max", r_max, "images of one pair would be counted twice", cure)
    elements, species, n_of = np.unique(symbols, return_inverse=True, return_counts=True)
    names = [str(name) for name in elements]
    by_volume, counts = _count_pairs(places, boxes, species, r_max, n_bins)
    edges = np.linspace(0, r_max, n_bins + 1)
    shells = 4 / 3 * np.pi * np.diff(edges**3) * len(places)
    n_pairs = np.outer(n_of, n_of) - np.diag(n_of)
    n_atoms = len(symbols)
    partial = {
        (names[i], names[j]): by_volume[i, j] / (shells * max(n_pairs[i, j], 1))
        for i, j in combinations_with_replacement(range(len(names)), 2)
    }
    neighbours = {
        (first, second): np.cumsum(counts[i, j]) / (len(places) * n_of[i])
        for i, first in enumerate(names)
        for j, second in enumerate(names)
    }
    total = by_volume.sum(axis=(0, 1)) / (shells * max(n_atoms * (n_atoms - 1), 1))
    return RadialDistribution(0.5 * (edges[1:] + edges[:-1]), total, partial, neighbours)


def checked_frames(positions: ArrayLike, cells: ArrayLike, symbols: Sequence[str]) -> tuple[Floats, Floats]:
    """Return positions and cells of a trajectory as arrays.

    :raises InputError: if there is no frame or a shape does not match.
    """
    places = np.asarray(positions, dtype=np.float64)
    boxes = np.asarray(cells, dtype=np.float64)
    if places.ndim != 3 or places.shape[1:] != (len(symbols), 3) or not places.size:
        raise InputError("positions", places.shape, "the shape is not (frames, atoms, 3)", "Give one symbol an atom.")
    if boxes.shape != (len(places), 3, 3):
        raise InputError("cells", boxes.shape, "the shape is not (frames, 3, 3)", "Give one cell a frame.")
    return places, boxes


def pair_distances(positions: Floats, cell: Floats) -> Iterator[tuple[slice, Floats]]:
    """Yield the distances from some of the atoms to all, by minimum image, until all atoms have had their turn.

    :param positions: cartesian positions, wrapped or not, Angstrom, shape (N, 3).
    :param cell: cell vectors as rows, Angstrom.
    :return: which atoms, m of them, and their distances in Angstrom, shape (m, N), infinite from an atom to itself.
        They are right up to :func:`largest_radius`.
    """
    fractional = positions @ np.linalg.inv(cell)
    step = max(1, _PAIRS_AT_A_TIME // len(positions))
    for start in range(0, len(positions), step):
        apart = fractional[start : start + step, np.newaxis] - fractional
        apart -= np.round(apart)
        distance = np.linalg.norm(apart @ cell, axis=-1)
        rows = np.arange(len(distance))
        distance[rows, start + rows] = np.inf
        yield slice(start, start + step), distance


def first_peak(r: Floats, g: Floats) -> float:
    """Return the position of the first peak of a radial distribution function, in the unit of ``r``.

    :raises InputError: if g(r) is zero everywhere.
    """
    return float(r[_first_peak(_smooth(r, g))])


def first_minimum(r: Floats, g: Floats) -> tuple[float, float]:
    """Return position and value of the first minimum after the first peak of a radial distribution function.

    g(r) is smoothed with a Gaussian of 0.05 Angstrom. Where no second peak is within reach, the lowest point beyond the
    first peak is returned.

    :param r: distances at equal intervals, Angstrom, shape (n,).
    :param g: radial distribution function, shape (n,).
    :raises InputError: if g(r) is zero everywhere.
    """
    smooth = _smooth(r, g)
    peak = _first_peak(smooth)
    minima, _ = find_peaks(-smooth[peak:], prominence=_MIN_PROMINENCE)
    index = peak + (minima[0] if minima.size else np.argmin(smooth[peak:]))
    return float(r[index]), float(smooth[index])


def coordination_number(rdf: RadialDistribution, centre: str, neighbour: str, radius: float) -> float:
    """Return the mean number of ``neighbour`` atoms within ``radius`` (Angstrom) of a ``centre`` atom.

    :raises InputError: if an element is not in ``rdf`` or ``radius`` is outside its range.
    """
    if (centre, neighbour) not in rdf.neighbours:
        raise InputError("elements", (centre, neighbour), "there is no such pair", f"Known: {list(rdf.neighbours)}.")
    half_bin = rdf.r[0]
    if not 0 < radius <= rdf.r[-1] + half_bin:
        raise InputError("radius", radius, "it is out of range", f"Give at most {rdf.r[-1] + half_bin:.4f} Angstrom.")
    return float(np.interp(radius, rdf.r + half_bin, rdf.neighbours[centre, neighbour], left=0))


def _smooth(r: Floats, g: Floats) -> Floats:
    return gaussian_filter1d(np.asarray(g, dtype=np.float64), _SMOOTHING / (r[1] - r[0]), mode="nearest")


def _first_peak(smooth: Floats) -> int:
    if not smooth.any():
        raise InputError("g", 0.0, "no pair of atoms is within reach", "Give a larger r_max or more atoms.")
    peaks, _ = find_peaks(smooth, height=1.0, prominence=2 * _MIN_PROMINENCE)
    return int(peaks[0]) if peaks.size else int(np.argmax(smooth))


def _count_pairs(
    places: Floats, boxes: Floats, species: NDArray[np.intp], r_max: float, n_bins: int
) -> tuple[Floats, Floats]:
    """Return histograms of distances by ordered pair of species, (s, s, n_bins), weighted with the volume and not."""
    n_species = int(species.max()) + 1
    offset = (species[:, np.newaxis] * n_species + species) * n_bins
    counts = np.zeros(n_species * n_species * n_bins)
    by_volume = np.zeros_like(counts)
    for frame, box in zip(places, boxes, strict=True):
        of_frame = np.zeros_like(counts)
        for rows, distance in pair_distances(frame, box):
            near = distance < r_max
            bins = np.minimum(distance[near] * (n_bins / r_max), n_bins - 1).astype(np.intp)
            index = offset[rows][near] + bins
            of_frame += np.bincount(index, minlength=len(counts))
        counts += of_frame
        by_volume += of_frame * abs(np.linalg.det(box))
    shape = (n_species, n_species, n_bins)
    return by_volume.reshape(shape), counts.reshape(shape)
