"""Diffusion in a trajectory: mean square displacement and diffusion coefficient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ase.data import atomic_masses, atomic_numbers
from numpy.typing import ArrayLike, NDArray
from scipy import fft

from aiida_matal.science.errors import InputError

MIN_FRAMES = 8
_SQUARE_METRE_PER_SECOND = 1e-5  # of one Angstrom^2/fs

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Diffusion:
    """What the second half of a mean square displacement says.

    :ivar coefficient: self-diffusion coefficient, m^2/s.
    :ivar exponent: slope of the logarithm of the displacement against that of time: 1 for diffusion, 0 for vibration.
    """

    coefficient: float
    exponent: float


def mean_square_displacement(positions: ArrayLike, symbols: Sequence[str]) -> dict[str, Floats]:
    """Return the mean square displacement of each element, averaged over all time origins.

    The motion of the centre of mass is taken out first. The sums over origins are done by Fourier transform (Calandrini
    et al., Collection SFN 12, 201 (2011), section 4.1). Lags run to half the trajectory: longer ones have too few
    independent origins.

    :param positions: unwrapped cartesian positions, Angstrom, shape (n, N, 3), n at least ``MIN_FRAMES``.
    :param symbols: element of each atom, length N.
    :return: Angstrom^2 for lags of 0 .. n//2 frames, shape (n//2 + 1,), by element in alphabetical order.
    :raises InputError: if the shape does not match, there are too few frames or an element does not exist.
    """
    places = np.asarray(positions, dtype=np.float64)
    if places.ndim != 3 or places.shape[1:] != (len(symbols), 3):
        raise InputError("positions", places.shape, "the shape is not (frames, atoms, 3)", "Give one symbol an atom.")
    if len(places) < MIN_FRAMES:
        raise InputError("positions", f"{len(places)} frames", "they are too few", f"Give at least {MIN_FRAMES}.")
    unknown = sorted(set(symbols) - set(atomic_numbers))
    if unknown:
        raise InputError("symbols", unknown[0], "there is no such element", "Give chemical symbols.")
    masses = atomic_masses[[atomic_numbers[symbol] for symbol in symbols]]
    centred = places - np.average(places, axis=1, weights=masses)[:, np.newaxis]
    elements = np.asarray(symbols)
    return {
        str(name): np.mean(
            [_square_displacement(centred[:, atom]) for atom in np.flatnonzero(elements == name)], axis=0
        )
        for name in np.unique(elements)
    }


def diffusion(displacement: ArrayLike, interval: float) -> Diffusion:
    """Return the diffusion coefficient by a straight line through the second half: displacement = 6 D t + constant.

    :param displacement: mean square displacement for lags of 0, 1, 2, ... frames, Angstrom^2, shape (n,).
    :param interval: time from one frame to the next, fs.
    :raises InputError: if there are too few lags or the interval is not positive.
    """
    values = np.asarray(displacement, dtype=np.float64)
    if values.ndim != 1 or len(values) <= MIN_FRAMES // 2:
        raise InputError("displacement", values.shape, "there are too few lags", f"Give {MIN_FRAMES // 2 + 1} or more.")
    if not 0 < interval < np.inf:
        raise InputError("interval", interval, "it is not a time", "Give the time between frames in fs.")
    half = len(values) // 2
    times = interval * np.arange(half, len(values))
    slope = np.polyfit(times, values[half:], 1)[0]
    moved = np.maximum(values[half:], np.finfo(float).tiny)
    exponent = np.polyfit(np.log(times), np.log(moved), 1)[0]
    return Diffusion(float(slope / 6 * _SQUARE_METRE_PER_SECOND), float(exponent))


def _square_displacement(track: Floats) -> Floats:
    """Return the mean square displacement of one atom over all origins, shape (n//2 + 1,)."""
    n = len(track)
    lags = np.arange(n // 2 + 1)
    track = track - track[0]
    size = fft.next_fast_len(2 * n, real=True)
    spectrum = fft.rfft(track, size, axis=0)
    products = fft.irfft(np.abs(spectrum) ** 2, size, axis=0)[: len(lags)].sum(axis=1)
    squares = np.concatenate([[0.0], np.cumsum((track**2).sum(axis=1))])
    sums = squares[n - lags] + squares[n] - squares[lags]
    return np.maximum((sums - 2 * products) / (n - lags), 0.0)
