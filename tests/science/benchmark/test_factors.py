"""Factors of curves made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.benchmark.factors import acceleration_factor, enhancement_factor

LABELS = [0.0, 4.0, 8.0, 12.0, 16.0]
REFERENCE = [10.0, 9.0, 8.0, 7.0, 6.0]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (REFERENCE, [np.nan, 1, 1, 1, 1]),
        # After one batch as good as the reference after three, and after two as good as after four.
        ([10.0, 7.0, 6.0, 6.0, 6.0], [np.nan, 1, 2, 3, 2]),
        # A batch behind, and never as good as the reference at its end.
        ([10.0, 10.0, 9.0, 8.0, 7.0], [np.nan, 1 / 2, 2 / 3, 3 / 4, 0]),
        # Better for a while: what counts is when an error was first reached.
        ([10.0, 6.5, 9.5, 9.5, 9.5], [np.nan, 1, 2, 3, 0]),
    ],
)
def test_acceleration_is_the_ratio_of_the_labels_to_the_same_error(error, expected):
    np.testing.assert_allclose(acceleration_factor(error, LABELS, REFERENCE, LABELS), expected, rtol=1e-15)


def test_a_reference_that_gets_worse_first_reached_its_error_earlier():
    worse_at_last = [10.0, 8.0, 7.0, 9.0, 11.0]
    factors = acceleration_factor([10.0, 10.0, 8.5, 7.0, 7.0], LABELS, worse_at_last, LABELS)
    np.testing.assert_allclose(factors, [np.nan, 1 / 3, 2 / 3, 1 / 2, np.nan], rtol=1e-15)


def test_labels_are_counted_and_not_batches():
    factors = acceleration_factor([10.0, 8.0, 7.0], [0.0, 3.0, 6.0], [10.0, 9.0, 8.0], [0.0, 4.0, 8.0])
    np.testing.assert_allclose(factors, [np.nan, 4 / 3, 8 / 3], rtol=1e-15)


def test_many_curves_at_once_give_what_each_gives():
    random = np.random.default_rng(0)
    errors, references = random.normal(size=(2, 20, 5))
    errors[:, 0] = references[:, 0] = 1.0
    together = acceleration_factor(errors, LABELS, references, LABELS)
    each = [acceleration_factor(*pair, LABELS) for pair in zip(errors, [LABELS] * 20, references, strict=True)]
    np.testing.assert_array_equal(together, each)


@given(st.lists(st.floats(0.1, 10.0), min_size=5, max_size=5))
def test_no_strategy_is_faster_or_better_than_itself(error):
    factors = acceleration_factor(error, LABELS, error, LABELS)
    assert set(factors[np.isfinite(factors)]) <= {1.0}
    assert enhancement_factor(error, error).tolist() == [1.0] * 5


def test_enhancement_is_the_ratio_of_the_errors():
    assert enhancement_factor([10.0, 4.0, 8.0], [10.0, 6.0, 4.0]).tolist() == [1.0, 1.5, 0.5]
