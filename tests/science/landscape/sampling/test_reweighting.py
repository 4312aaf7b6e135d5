from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.landscape.sampling.labelled import Labelled
from aiida_matal.science.landscape.sampling.reweighting import improvements, reweighted, weighted_number


def test_the_improvement_is_the_fall_of_the_error_at_the_points_of_the_last_round(wells_model):
    eta = np.array([[0.6, 0.1], [0.4, 0.2], [0.7, 0.0], [0.9, 0.1]])
    truth = wells_model(2)
    mu = truth.mu(eta)
    labelled = Labelled(eta, mu, np.array(["a", "a", "b", "a"]), np.array([3, 3, 3, 2]))
    old, new = wells_model(2, factor=1.5), wells_model(2, factor=0.9)
    found = improvements(labelled, 3, new, old)
    # Errors are 0.5 mu and 0.1 mu; the mean is over points and coordinates.
    assert found == {
        "a": pytest.approx(0.24 * np.mean(mu[:2] ** 2)),
        "b": pytest.approx(0.24 * np.mean(mu[2] ** 2)),
    }
    assert improvements(labelled, 4, new, old) == {}


def test_weights_are_those_worked_out_by_hand():
    improved = {"a": 2e-4, "b": -3e-4, "c": 0.0, "other": 1.0}
    # 1 + 2 = 3, 2 - 3 < 0, 1 + 0: divided by the mean 4/3.
    weights = reweighted(["a", "b", "c"], {"b": 2.0}, improved, 1e4)
    assert weights == {"a": pytest.approx(2.25), "b": 0.0, "c": pytest.approx(0.75)}


def test_weights_start_anew_when_all_have_fallen_to_nothing():
    assert reweighted(["a", "b"], {"a": 1.0, "b": 1.0}, {"a": -1.0, "b": -1.0}, 1e4) == {"a": 1.0, "b": 1.0}


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 10), min_size=1),
    st.dictionaries(st.sampled_from("abcdef"), st.floats(-1e-3, 1e-3)),
)
def test_weights_have_the_mean_one(previous, improved):
    weights = reweighted(sorted(previous), previous, improved, 1e4)
    assert np.mean(list(weights.values())) == pytest.approx(1)
    assert min(weights.values()) >= 0


@pytest.mark.parametrize(
    ("n_points", "weight", "floor", "expected"),
    [(20, 2.25, 10, 45), (20, 0.0, 10, 10), (4, 0.1, 10, 4), (4, 3, 10, 12)],
)
def test_a_criterion_keeps_some_points(n_points, weight, floor, expected):
    assert weighted_number(n_points, weight, floor) == expected
