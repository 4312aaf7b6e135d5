from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymbar import timeseries
from scipy.signal import lfilter

from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.statistics import (
    block_error,
    equilibration_start,
    estimate_mean,
    standard_error,
    statistical_inefficiency,
)

ALL = [estimate_mean, statistical_inefficiency, equilibration_start, block_error, standard_error]


def autoregressive(n: int, phi: float, seed: int) -> np.ndarray:
    """Return x_i = phi x_(i-1) + noise, of unit variance; its inefficiency is (1 + phi) / (1 - phi)."""
    noise = np.random.default_rng(seed).normal(size=n + 1000)
    return lfilter([np.sqrt(1 - phi**2)], [1, -phi], noise)[1000:]


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.95])
@pytest.mark.parametrize("n", [50, 3001])
def test_inefficiency_is_that_of_pymbar(phi, n):
    series = autoregressive(n, phi, seed=n)
    assert statistical_inefficiency(series) == pytest.approx(timeseries.statistical_inefficiency(series), rel=1e-9)


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_inefficiency_of_a_long_autoregressive_process_is_the_known_one(phi):
    series = autoregressive(200_000, phi, seed=1)
    assert statistical_inefficiency(series) == pytest.approx((1 + phi) / (1 - phi), rel=0.1)


def test_equilibration_start_is_that_of_pymbar_on_the_same_grid():
    series = autoregressive(1000, 0.8, seed=2) + 8 * np.exp(-np.arange(1000) / 60)
    start, _, _ = timeseries.detect_equilibration(series, fast=False, nskip=10)
    assert 0 < equilibration_start(series) == pytest.approx(start, abs=20)


def test_equilibration_start_follows_a_transient():
    stationary = autoregressive(2000, 0.5, seed=3)
    transient = 10 * np.exp(-np.arange(2000) / 100)
    assert equilibration_start(stationary) < 200
    assert 200 < equilibration_start(stationary + transient) < 800


@pytest.mark.parametrize("phi", [0.0, 0.9])
def test_block_error_of_a_long_autoregressive_process_is_the_known_one(phi):
    n = 2**17
    assert block_error(autoregressive(n, phi, seed=4)) == pytest.approx(np.sqrt((1 + phi) / (1 - phi) / n), rel=0.15)


def test_block_error_of_a_drift_is_the_largest_that_blocks_show():
    of_halves = np.std([15.5, 47.5], ddof=1) / np.sqrt(2)
    assert block_error(np.arange(64)) == pytest.approx(of_halves)


def test_the_true_mean_lies_within_two_errors_as_often_as_it_should():
    estimates = [estimate_mean(autoregressive(1000, 0.8, seed)) for seed in range(300)]
    inside = [abs(estimate.mean) < 2 * estimate.error for estimate in estimates]
    assert 0.90 < np.mean(inside) < 0.99


def test_the_transient_is_left_out_of_the_mean():
    series = autoregressive(3000, 0.8, seed=5) + 20 * np.exp(-np.arange(3000) / 50)
    estimate = estimate_mean(series)
    assert abs(estimate.mean) < 3 * estimate.error < abs(series.mean())
    assert estimate.n_effective == pytest.approx((3000 - estimate.start) / estimate.inefficiency)


@pytest.mark.parametrize("phi", [0.5, 0.9])
def test_error_of_the_mean_is_that_of_pymbar_or_of_blocks(phi):
    series = autoregressive(4000, phi, seed=6)
    by_pymbar = np.sqrt(series.var(ddof=1) * timeseries.statistical_inefficiency(series) / len(series))
    assert standard_error(series) == pytest.approx(max(by_pymbar, block_error(series)), rel=1e-9)
    assert standard_error(series) == pytest.approx(np.sqrt((1 + phi) / (1 - phi) / 4000), rel=0.35)


def test_a_constant_series_is_exact():
    estimate = estimate_mean(np.full(37, 0.1))
    assert (estimate.error, estimate.start, estimate.inefficiency, estimate.n_effective) == (0.0, 0, 1.0, 37.0)
    assert estimate.mean == pytest.approx(0.1)


@given(st.integers(0, 2**20), st.floats(-1e3, 1e3), st.floats(0.01, 100))
def test_an_estimate_moves_with_the_origin_and_the_unit(seed, shift, scale):
    series = autoregressive(128, 0.6, seed)
    plain, moved = estimate_mean(series), estimate_mean(shift + scale * series)
    assert moved.mean == pytest.approx(shift + scale * plain.mean, rel=1e-6, abs=1e-6)
    assert moved.error == pytest.approx(scale * plain.error, rel=1e-6)
    assert moved.start == plain.start


@pytest.mark.parametrize("function", ALL)
def test_a_short_series_is_refused_with_its_length(function):
    with pytest.raises(InputError, match=r"9 samples.*at least 10"):
        function(np.arange(9))


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_refused_with_its_place(function, bad):
    series = np.arange(20.0)
    series[7] = bad
    with pytest.raises(InputError, match="sample 7"):
        function(series)
    with pytest.raises(InputError, match="one dimension"):
        function(np.ones((20, 2)))
