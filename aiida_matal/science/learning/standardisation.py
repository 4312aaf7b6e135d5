"""Shift and scale columns to mean 0 and standard deviation 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Standardisation:
    """The mean and the scale of each column, shape (d,); a column that does not vary has scale 1."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    @classmethod
    def of(cls, values: ArrayLike) -> Self:
        """Return the means and standard deviations of the columns of ``values``, shape (n, d) with n >= 1."""
        array = np.asarray(values, dtype=np.float64)
        deviation = array.std(axis=0)
        rounding = 1e-12 * np.abs(array).max(axis=0)
        return cls(array.mean(axis=0), np.where(deviation > rounding, deviation, 1.0))

    def apply(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return ``values``, shape (n, d), less the mean and divided by the scale."""
        return (np.asarray(values, dtype=np.float64) - self.mean) / self.scale
