"""How many independent polynomials of each degree a group of matrices leaves unchanged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TOLERANCE = 1e-6


def molien_series(group: Floats, degree: int) -> list[int]:
    """Return the numbers of linearly independent invariant polynomials of degree 0, 1, ..., ``degree``.

    They are the coefficients of the mean of 1 / det(1 - t A) over the group (Molien, 1897). Those of one matrix follow
    from the traces p_j of its powers, k c_k = sum_j p_j c_(k - j) (Newton's identities).

    :param group: all matrices of a finite group, shape (order, n, n).
    :raises ValueError: if the coefficients are no integers, because the matrices are no group.
    """
    traces, power = [], np.broadcast_to(np.eye(group.shape[1]), group.shape)
    coefficients = [np.ones(len(group))]
    for k in range(1, degree + 1):
        power = power @ group
        traces.append(np.trace(power, axis1=1, axis2=2))
        coefficients.append(np.einsum("kg,kg->g", traces, coefficients[::-1]) / k)
    means = [float(np.mean(values)) for values in coefficients]
    if any(abs(mean - round(mean)) > _TOLERANCE for mean in means):
        raise ValueError(f"the matrices are no group: Molien's series would be {means}")
    return [round(mean) for mean in means]
