"""Means of correlated time series, with their statistical errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

from aiida_matal.science.errors import InputError

MIN_LENGTH = 10
_N_STARTS = 100
_MIN_LAGS = 3


@dataclass(frozen=True)
class MeanEstimate:
    """The mean of a series after equilibration.

    :ivar mean: mean of the samples from ``start`` on, in the unit of the series.
    :ivar error: standard error of the mean: the larger of the estimates from the autocorrelation and from blocking.
    :ivar start: index of the first sample that counts as equilibrated.
    :ivar inefficiency: statistical inefficiency of the samples from ``start`` on, in samples, at least 1.
    :ivar n_effective: number of uncorrelated samples.
    """

    mean: float
    error: float
    start: int
    inefficiency: float
    n_effective: float


def estimate_mean(series: ArrayLike) -> MeanEstimate:
    """Return the mean of a series after equilibration, with its error.

    :param series: samples at equal intervals, shape (n,), n at least ``MIN_LENGTH``.
    :raises InputError: if the series is too short or holds a value that is not finite.
    """
    values = _checked(series)
    start = equilibration_start(values)
    production = values[start:]
    inefficiency = statistical_inefficiency(production)
    error = standard_error(production)
    return MeanEstimate(float(production.mean()), error, start, inefficiency, len(production) / inefficiency)


def standard_error(series: ArrayLike) -> float:
    """Return the standard error of the mean of a stationary series: the larger of the two estimates.

    They are sqrt(s^2 g / n), with the variance s^2 and the :func:`statistical_inefficiency` g, and that of
    :func:`block_error`.

    :param series: samples at equal intervals, shape (n,).
    :raises InputError: if the series is too short or holds a value that is not finite.
    """
    values = _checked(series)
    if _is_constant(values):
        return 0.0
    from_autocorrelation = np.sqrt(values.var(ddof=1) * statistical_inefficiency(values) / len(values))
    return max(float(from_autocorrelation), block_error(values))


def statistical_inefficiency(series: ArrayLike) -> float:
    """Return the number of samples that carry as much information as one uncorrelated sample, at least 1.

    g = 1 + 2 sum_t (1 - t/n) C(t), summed until the normalised autocorrelation C(t) first reaches zero; the first
    three lags always count (Chodera et al., J. Chem. Theory Comput. 3, 26 (2007), Eqs. 23-25). 1 for a constant series.

    :param series: samples at equal intervals, shape (n,).
    :raises InputError: if the series is too short or holds a value that is not finite.
    """
    values = _checked(series)
    if _is_constant(values):
        return 1.0
    n = len(values)
    lags = np.arange(1, n)
    correlation = _autocovariance(values)[1:] / (n - lags) / values.var()
    stop = np.flatnonzero((correlation <= 0) & (lags > _MIN_LAGS))
    counted = slice(None, stop[0] if stop.size else None)
    total = np.sum((1 - lags[counted] / n) * correlation[counted])
    return max(1.0, float(1 + 2 * total))


def equilibration_start(series: ArrayLike) -> int:
    """Return the index from which the series holds the largest number of uncorrelated samples.

    Up to 100 starts, evenly spaced, are compared (Chodera, J. Chem. Theory Comput. 12, 1799 (2016), Eq. 12).

    :param series: samples at equal intervals, shape (n,).
    :raises InputError: if the series is too short or holds a value that is not finite.
    """
    values = _checked(series)
    starts = np.unique(np.linspace(0, len(values) - MIN_LENGTH, _N_STARTS).astype(int))
    n_effective = [(len(values) - start) / statistical_inefficiency(values[start:]) for start in starts]
    return int(starts[np.argmax(n_effective)])


def block_error(series: ArrayLike) -> float:
    """Return the standard error of the mean by blocking (Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989)).

    Blocks of length B = 1, 2, 4, ... are compared; the shortest with B^3 > 2 n (error_B / error_1)^4 is taken
    (Lee et al., Phys. Rev. E 83, 066706 (2011)), or the largest error of all if the series is too short for any.

    :param series: samples at equal intervals, shape (n,).
    :raises InputError: if the series is too short or holds a value that is not finite.
    """
    blocks = _checked(series)
    if _is_constant(blocks):
        return 0.0
    n = len(blocks)
    errors: list[float] = []
    while len(blocks) > 1:
        errors.append(float(np.sqrt(blocks.var(ddof=1) / len(blocks))))
        blocks = blocks[: len(blocks) // 2 * 2].reshape(-1, 2).mean(axis=1)
    lengths = 2.0 ** np.arange(len(errors))
    long_enough = np.flatnonzero(lengths**3 > 2 * n * (np.array(errors) / errors[0]) ** 4)
    return errors[long_enough[0]] if long_enough.size else max(errors)


def _autocovariance(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sum_i d_i d_(i+t) of the deviations d from the mean, for t = 0 .. n-1."""
    n = len(values)
    size = fft.next_fast_len(2 * n, real=True)
    spectrum = fft.rfft(values - values.mean(), size)
    return fft.irfft(np.abs(spectrum) ** 2, size)[:n]


def _is_constant(values: NDArray[np.float64]) -> bool:
    return bool(np.ptp(values) == 0)


def _checked(series: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(series, dtype=np.float64)
    if values.ndim != 1:
        raise InputError("series", values.shape, "a series has one dimension", "Give one value a sample.")
    if len(values) < MIN_LENGTH:
        raise InputError("series", f"{len(values)} samples", "it is too short", f"Give at least {MIN_LENGTH} samples.")
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise InputError("series", values[bad[0]], f"sample {bad[0]} is not a finite number", "Leave it out.")
    return values
