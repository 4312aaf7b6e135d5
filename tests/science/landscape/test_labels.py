from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.failure_policy import ATTEMPT
from aiida_matal.science.landscape.columns import ETA, MU, candidate_table, label_columns, vector
from aiida_matal.science.landscape.labels import (
    LandscapeLabel,
    check_candidates,
    failed_label,
    landscape_labels,
    sampling_names,
    what_is_sampled,
)
from aiida_matal.science.table import Column, Table

VALUES = [np.array([0.5, 0.1]), np.array([0.01, 0.02]), np.array([-0.3, 0.0]), np.array([0.001, 0.002])]


@pytest.fixture
def candidates():
    wanted = np.array([[0.5, 0.1], [0.4, 0.0]])
    return candidate_table(["a", "b"], ["vertices", "billiard_walk"], wanted, wanted + 0.1)


def test_mu_of_a_failed_label_is_left_out_and_its_averages_are_kept():
    labels = landscape_labels([LandscapeLabel("a", *VALUES), LandscapeLabel("b", *VALUES, reason="too coarse")], 2)
    assert labels.columns == label_columns(2)
    assert labels["status"].tolist() == ["ok", "failed"]
    np.testing.assert_array_equal(vector(labels, ETA), [[0.5, 0.1], [0.5, 0.1]])
    np.testing.assert_array_equal(vector(labels, MU), [[-0.3, 0.0], [np.nan, np.nan]])
    np.testing.assert_array_equal(labels["mu_1_error"], [0.002, np.nan])


def test_tables_of_labels_can_be_joined_also_if_one_is_empty():
    failed = landscape_labels([failed_label("z", 2, "no job came to it", "uuid")], 2)
    assert Table.concatenate([landscape_labels([], 2), failed]) == failed
    assert np.isnan(vector(failed, ETA)).all()


@pytest.mark.parametrize("bad", [0, 2])
def test_good_label_with_a_value_that_is_not_finite_is_refused(bad):
    values = [array.copy() for array in VALUES]
    values[bad][1] = np.nan
    with pytest.raises(InputError, match=r"label a.*it is not finite"):
        landscape_labels([LandscapeLabel("a", *values)], 2)


def test_what_decides_the_labels_is_the_same_whoever_asked_for_a_point(candidates):
    columns = {"criterion": candidates.columns["criterion"]}
    renamed = candidates.with_columns({"criterion": ["high_error", "high_error"]}, columns)
    assert what_is_sampled(renamed, 2) == what_is_sampled(candidates, 2)
    again = candidates.with_columns({ATTEMPT: [0, 2]}, {ATTEMPT: Column("earlier tries", "1")})
    assert what_is_sampled(again, 2)[ATTEMPT].tolist() == [0, 2]
    assert sampling_names(again) == ["a", "b#2"]
    assert sampling_names(candidates) == ["a", "b"]


def test_points_are_checked_by_name(candidates):
    check_candidates(candidates, 2)
    with pytest.raises(InputError, match=r"candidates.id: .* the column is missing"):
        check_candidates(candidates.select(["wanted_eta_0", "wanted_eta_1"]), 2)
    without_centre = candidates.select(["id", "wanted_eta_0", "wanted_eta_1"])
    with pytest.raises(InputError, match=r"candidates.kappa: 0 is refused: the system has 2 components"):
        check_candidates(without_centre, 2)
    check_candidates(without_centre, 2, "wanted_eta")
