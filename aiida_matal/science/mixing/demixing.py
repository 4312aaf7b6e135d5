"""How far a mixture has separated into phases: its short-range order, and how that changes in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.trajectory.short_range_order import separated_order, short_range_order
from aiida_matal.science.trajectory.statistics import MIN_LENGTH, standard_error

_N_PARTS = 3
_N_SORTED = 10


@dataclass(frozen=True)
class Demixing:
    """The short-range order of a mixture, see
    :func:`~aiida_matal.science.trajectory.short_range_order.short_range_order`.

    :ivar order: mean over the run.
    :ivar order_error: its standard error.
    :ivar separated_order: that of the same atoms in separate phases.
    :ivar growth: mean of the last third less that of the first; None where the run is too short to tell.
    :ivar growth_error: its standard error.
    """

    order: float
    order_error: float
    separated_order: float
    growth: float | None = None
    growth_error: float | None = None


def demixing(positions: ArrayLike, cells: ArrayLike, symbols: Sequence[str]) -> Demixing | None:
    """Return the short-range order of a mixture, None for a pure element and for fewer than ten frames.

    :param positions: cartesian positions, wrapped or not, Angstrom, shape (n, N, 3), at equal intervals.
    :param cells: cell vectors as rows, Angstrom, shape (n, 3, 3).
    :param symbols: element of each atom, length N.
    """
    if len(set(symbols)) < 2 or len(symbols) < 4 or len(np.asarray(positions)) < MIN_LENGTH:
        return None
    order = short_range_order(positions, cells, symbols)
    chosen = np.linspace(0, len(order) - 1, _N_SORTED).astype(int)
    separated = separated_order(np.asarray(positions)[chosen], np.asarray(cells)[chosen], symbols)
    return Demixing(float(order.mean()), standard_error(order), separated, *_growth(order))


def _growth(order: NDArray[np.float64]) -> tuple[float | None, float | None]:
    length = len(order) // _N_PARTS
    if length < MIN_LENGTH:
        return None, None
    first, last = order[:length], order[-length:]
    error = np.hypot(standard_error(first), standard_error(last))
    return float(last.mean() - first.mean()), float(error)
