"""How much faster, and how much better, a strategy is than a reference.

Liang et al., npj Comput. Mater. 7, 188 (2021), define both for a share of the best materials found. Here they are for
the error of a model, which is the better the smaller it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def enhancement_factor(error: ArrayLike, reference_error: ArrayLike) -> Floats:
    """Return EF, the error of the reference over that of the strategy after equally many labels: above 1 is better.

    :param error: of the strategy, shape (..., n); likewise that of the reference.
    """
    return np.asarray(reference_error, dtype=np.float64) / np.asarray(error, dtype=np.float64)


def acceleration_factor(
    error: ArrayLike, n_labels: ArrayLike, reference_error: ArrayLike, reference_n_labels: ArrayLike
) -> Floats:
    """Return AF for the error that the reference has after each iteration, shape (..., n): above 1 is faster.

    AF is the number of labels with which the reference first had an error as small, over the number with which the
    strategy first has it. Labels are counted in whole iterations, from the common start.

    :param error: of the strategy after each iteration, that of the start first, shape (..., n); likewise that of the
        reference.
    :param n_labels: labels added since the start, shape (n,), the first 0; likewise those of the reference.
    :return: 0 where the strategy never has so small an error, which is as if it took labels without end; NaN where the
        start has one already, so that neither needs a label.
    """
    target = np.asarray(reference_error, dtype=np.float64)
    needed = _labels_to_reach(target, np.asarray(error, dtype=np.float64), np.asarray(n_labels, dtype=np.float64))
    reference = _labels_to_reach(target, target, np.asarray(reference_n_labels, dtype=np.float64))
    with np.errstate(invalid="ignore"):
        return reference / needed


def _labels_to_reach(target: Floats, error: Floats, n_labels: Floats) -> Floats:
    """Return the number of labels with which the error is first at or below each target, infinity where never."""
    reached = error[..., np.newaxis, :] <= target[..., :, np.newaxis]
    return np.where(reached.any(axis=-1), n_labels[reached.argmax(axis=-1)], np.inf)
