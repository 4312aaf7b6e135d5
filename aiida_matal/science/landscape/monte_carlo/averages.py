"""Averages of the correlated series of a Markov chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.trajectory.statistics import standard_error

Floats = NDArray[np.float64]

#: Half-width of the 95 % interval of a normal distribution, in standard errors.
Z_95 = 1.959964
#: How many standard errors apart the means of the two halves of a stationary series may lie.
_MAX_DISTANCE = 4.0


@dataclass(frozen=True, eq=False)
class Averages:
    """The means of several series and their standard errors, each of shape (d,)."""

    mean: Floats
    error: Floats

    @classmethod
    def of(cls, series: Floats) -> Self:
        """Return the averages of series with correlated samples, shape (n, d), n at least 10.

        :raises InputError: if there are too few samples or one is not a finite number.
        """
        return cls(series.mean(axis=0), np.array([standard_error(column) for column in series.T]))

    @property
    def half_width(self) -> Floats:
        """Half of the 95 % confidence interval, shape (d,)."""
        return Z_95 * self.error


def drifts(series: Floats, negligible: float) -> NDArray[np.bool_]:
    """Return whether the two halves of each series have different means: it was not in equilibrium; shape (d,).

    The error of both is that of the second half, as a decay within the first one would widen its own.

    :param series: shape (n, d), n at least 20.
    :param negligible: a difference that counts as none.
    """
    middle = len(series) // 2
    second = Averages.of(series[middle:])
    distance = np.abs(series[:middle].mean(axis=0) - second.mean)
    return (distance > _MAX_DISTANCE * np.sqrt(2) * second.error) & (distance > negligible)
