from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap

from aiida_matal.science.benchmark.summary import mean_differences, summarise
from aiida_matal.science.benchmark.tables import curve_table
from aiida_matal.science.errors import InputError


def table(**errors):
    """Curves of strategies whose errors are given, shape (splits, iterations); four labels an iteration."""
    rows = [
        (name, split, iteration, 100 + 4 * iteration, float(error), float(error))
        for name, curves in errors.items()
        for split, curve in enumerate(curves)
        for iteration, error in enumerate(curve)
    ]
    return curve_table(rows, "kJ/mol")


def by_strategy(summary, name):
    return summary.take(summary["strategy"] == name)


def test_means_differences_and_factors_are_those_of_the_mean_curves():
    curves = table(random=[[10, 8, 6], [12, 12, 12]], clever=[[10, 6, 5], [12, 10, 9]])
    clever = by_strategy(summarise(curves, "random", 1), "clever")
    assert clever["n_labels"].tolist() == [0, 4, 8]
    assert clever["rmse"].tolist() == [11, 8, 7]
    assert clever["difference"].tolist() == [0, -2, -2]
    assert clever["ef"].tolist() == [1, 10 / 8, 9 / 7]
    np.testing.assert_array_equal(clever["af"], [np.nan, 1, 2])
    np.testing.assert_allclose(clever["rmse_deviation"], np.sqrt([2, 8, 8]))
    assert clever.columns["difference"].unit == "kJ/mol"


def test_the_reference_differs_from_itself_by_nothing():
    reference = by_strategy(summarise(table(random=[[3, 2], [5, 1], [4, 2]]), "random", 1), "random")
    for name in ("difference", "difference_low", "difference_high"):
        assert reference[name].tolist() == [0, 0]
    assert reference["ef_low"].tolist() == reference["ef_high"].tolist() == [1, 1]


def test_intervals_of_differences_are_paired_over_the_splits():
    """Splits differ much, and the strategies in each by the same: only a paired interval has no width."""
    level = np.array([[1.0], [20.0], [50.0]])
    random = level + np.array([0.0, -0.1, -0.2])
    rows = by_strategy(summarise(table(random=random, clever=random - [0.0, 0.3, 0.3]), "random", 1), "clever")
    np.testing.assert_allclose(rows["difference_low"][1:], -0.3, rtol=1e-12)
    np.testing.assert_allclose(rows["difference_high"][1:], -0.3, rtol=1e-12)
    assert rows["rmse_high"][0] - rows["rmse_low"][0] > 10


def test_intervals_are_those_of_the_bootstrap_of_scipy():
    random = np.random.default_rng(2)
    errors = random.gamma(4, size=(40, 2))
    other = np.column_stack([errors[:, 0], errors[::-1, 1]])
    rows = summarise(table(random=errors, other=other), "random", 1)
    ours = by_strategy(rows, "random")
    theirs = bootstrap((errors,), np.mean, method="percentile", n_resamples=20_000, rng=random).confidence_interval
    width = theirs.high - theirs.low
    np.testing.assert_array_less(np.abs(ours["rmse_low"] - theirs.low), 0.04 * width)
    np.testing.assert_array_less(np.abs(ours["rmse_high"] - theirs.high), 0.04 * width)


def test_intervals_cover_the_truth_in_95_of_100_cases():
    """Each iteration is a case of its own: 50 splits of another level, and a difference of -0.5 +- 1."""
    random = np.random.default_rng(3)
    covered = []
    for _ in range(20):
        reference = 10 + 3 * random.normal(size=(50, 26))
        clever = reference + np.where(np.arange(26) > 0, random.normal(-0.5, 1.0, size=(50, 26)), 0.0)
        rows = by_strategy(summarise(table(random=reference, clever=clever), "random", 1), "clever")
        covered += ((rows["difference_low"] <= -0.5) & (rows["difference_high"] >= -0.5)).tolist()[1:]
    # The percentile interval of 50 splits holds 94 %; of 500 cases three standard deviations are 3 %.
    assert 0.91 < np.mean(covered) < 0.97


def test_acceleration_has_no_interval_where_the_reference_may_not_have_improved():
    random = np.random.default_rng(4)
    flat = 10 + random.normal(size=(30, 4)) * [0, 0.5, 0.5, 0.5]
    falling = 10 - np.array([0, 1, 2, 3]) + random.normal(size=(30, 4)) * [0, 0.1, 0.1, 0.1]
    for reference, is_known in ((flat, False), (falling, True)):
        clever = falling - np.array([0, 0.5, 0.5, 0.5])
        rows = by_strategy(summarise(table(random=reference, clever=clever), "random", 1), "clever")
        assert np.isfinite(rows["af_low"][1:]).tolist() == [is_known] * 3


def test_a_strategy_that_never_comes_to_the_error_has_no_acceleration_and_an_interval_from_0():
    curves = table(random=[[10.0, 9.0, 8.0]] * 5, slow=[[10.0, 9.5, 8.5]] * 5)
    rows = by_strategy(summarise(curves, "random", 1), "slow")
    np.testing.assert_array_equal(rows["af"], [np.nan, 0.5, np.nan])
    np.testing.assert_array_equal(rows["af_low"], [np.nan, 0.5, 0])


def test_means_over_the_iterations_leave_out_the_start():
    means = mean_differences(table(random=[[9, 8, 7], [9, 6, 5]], clever=[[9, 7, 6], [9, 4, 3]]), "random", 1)
    assert means["clever"] == {"rmse": 5.0, "difference": -1.5, "low": -2.0, "high": -1.0}


def test_the_order_of_the_rows_does_not_matter():
    curves = table(random=[[9, 8], [7, 5], [8, 6]], clever=[[9, 7], [7, 4], [8, 3]])
    order = np.concatenate([np.arange(6)[::-1], np.arange(6, 12)[::-1]])
    assert summarise(curves, "random", 1) == summarise(curves.take(order), "random", 1)


@pytest.mark.parametrize(
    ("curves", "reference", "message"),
    [
        (table(a=[[1, 1], [1, 1]]), "b", "strategy: 'b' is refused: it was not run. Strategies: a"),
        (table(a=[[1, 1]]), "a", "one split has no spread"),
        (table(a=[[1, 1], [1, 1]], b=[[1, 1]]), "a", "b, split 1, iteration 0' is refused: there is no such row"),
    ],
)
def test_curves_that_do_not_compare_are_refused(curves, reference, message):
    with pytest.raises(InputError, match=message):
        summarise(curves, reference, 1)
