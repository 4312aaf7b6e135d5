import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.monte_carlo.averages import Averages, drifts
from aiida_matal.science.trajectory.statistics import standard_error


def correlated(n, d, memory, seed):
    """Series of unit variance with x_t = memory x_(t-1) + noise, which have 2 / (1 - memory) - 1 samples each."""
    noise = np.random.default_rng(seed).normal(size=(n, d)) * np.sqrt(1 - memory**2)
    series = np.zeros((n, d))
    for t in range(1, n):
        series[t] = memory * series[t - 1] + noise[t]
    return series


def test_each_column_has_the_error_of_a_correlated_series():
    series = correlated(4000, 3, 0.8, seed=1) * [1, 2, 3]
    averages = Averages.of(series)
    assert averages.mean == pytest.approx(series.mean(axis=0))
    assert averages.error.tolist() == [standard_error(column) for column in series.T]
    expected = np.array([1, 2, 3]) * np.sqrt((1 + 0.8) / (1 - 0.8) / 4000)
    assert averages.error == pytest.approx(expected, rel=0.3)


def test_95_percent_of_the_intervals_hold_the_true_mean():
    """Three standard deviations of a binomial count of 400; underestimated errors would leave more outside."""
    averages = Averages.of(correlated(2000, 400, 0.9, seed=2))
    inside = (np.abs(averages.mean) < averages.half_width).mean()
    assert inside == pytest.approx(0.95, abs=0.033)


def test_a_drift_is_seen_and_noise_is_none():
    stationary = correlated(2000, 200, 0.9, seed=3)
    assert drifts(stationary, 0.01).mean() < 0.01
    decay = 5 * np.exp(-np.arange(2000) / 300)[:, None]
    assert drifts(stationary + decay, 0.01).mean() > 0.9
    assert not drifts(stationary + decay, 5.0).any()


def test_a_short_series_is_refused():
    with pytest.raises(InputError, match="too short"):
        Averages.of(np.zeros((5, 2)))
