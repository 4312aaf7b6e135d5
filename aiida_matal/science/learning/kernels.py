"""Covariance functions of Gaussian processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

KernelName = Literal["rbf", "matern52"]


@dataclass(frozen=True)
class Kernel:
    """A stationary kernel k(r) of the distance r between points divided by the length scales.

    ``rbf``: variance exp(-r^2 / 2); ``matern52``: variance (1 + s + s^2 / 3) exp(-s) with s = sqrt(5) r
    (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, equations 4.9 and 4.17).
    ``length_scales`` has shape (d,), in the unit of the inputs.
    """

    name: KernelName
    variance: float
    length_scales: NDArray[np.float64]

    def covariance(self, first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the covariance of each of ``first``, shape (n, d), with each of ``second``, shape (m, d): (n, m)."""
        metric = "sqeuclidean" if self.name == "rbf" else "euclidean"
        distance = cdist(first / self.length_scales, second / self.length_scales, metric)
        if self.name == "rbf":
            return self.variance * np.exp(-0.5 * distance)
        scaled = np.sqrt(5.0) * distance
        return self.variance * (1.0 + scaled + scaled**2 / 3.0) * np.exp(-scaled)
