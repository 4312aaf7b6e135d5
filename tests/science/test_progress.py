from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.labels import Label, collect, label_table
from aiida_matal.science.progress import extend_learning_curve, progress_of
from aiida_matal.science.table import Column, Table

POOL = Table({"id": ["a", "b", "c", "d"]}, {"id": Column("candidate")})


def dataset(**statuses):
    labels = [
        Label(name, status, 1.0 if status == "ok" else np.nan, core_hours=2.0) for name, status in statuses.items()
    ]
    return collect(POOL, [label_table(labels, "energy", "eV")], 0, None)


def test_curve_of_a_campaign_that_begins_has_zeros_and_unknown_errors():
    curve = extend_learning_curve(None, None, {}, "energy")
    (row,) = curve.rows()
    assert {name: row[name] for name in ("round", "n_labels", "n_failed", "core_hours")} == {
        "round": 0,
        "n_labels": 0,
        "n_failed": 0,
        "core_hours": 0.0,
    }
    assert all(np.isnan(row[name]) for name in ("cv_rmse", "cv_mae", "test_rmse"))


def test_curve_counts_labels_failures_and_cost_of_the_whole_dataset():
    curve = extend_learning_curve(None, None, {}, "energy")
    labels = dataset(a="ok", b="failed", c="rejected", d="pending")
    curve = extend_learning_curve(curve, labels, {"cv_rmse": 0.5, "cv_mae": 0.4, "cv_r2": 0.9}, "energy")
    assert curve["round"].tolist() == [0, 1]
    assert curve["n_labels"].tolist() == [0, 1]
    assert curve["n_failed"].tolist() == [0, 2]
    assert curve["core_hours"].tolist() == [0.0, 8.0]
    np.testing.assert_array_equal(curve["cv_rmse"], [np.nan, 0.5])
    np.testing.assert_array_equal(curve["test_rmse"], [np.nan, np.nan])
    assert {curve.columns[name].unit for name in ("cv_rmse", "cv_mae", "test_rmse")} == {"eV"}


def test_progress_of_a_campaign_that_begins():
    progress = progress_of(extend_learning_curve(None, None, {}, "energy"), POOL, None, {})
    assert (progress.round, progress.n_labels, progress.n_failed, progress.n_candidates_left) == (0, 0, 0, 4)
    assert (progress.top_score, progress.disagreement, progress.core_hours) == (None, None, 0.0)
    assert np.isnan(progress.errors).all()


def test_progress_tells_what_is_left_and_what_the_last_decision_said():
    labels = dataset(a="ok", b="failed")
    curve = extend_learning_curve(extend_learning_curve(None, None, {}, "energy"), labels, {}, "energy")
    progress = progress_of(curve, POOL, labels, {"top_score": 0.25, "disagreement": None, "n_candidates_left": 2})
    assert (progress.round, progress.n_candidates_left, progress.core_hours) == (1, 2, 4.0)
    assert (progress.top_score, progress.disagreement) == (0.25, None)


def test_a_group_with_a_label_is_done_where_one_of_each_is_labelled():
    systems = {"system": ["Al-Cu", "Al-Cu", "Al-Ni", "Cu-Ni"]}
    pool = POOL.with_columns(systems, {"system": Column("system")})
    labels = dataset(a="ok", c="failed").with_columns({"system": ["Al-Cu", "Al-Ni"]}, {"system": Column("system")})
    curve = extend_learning_curve(None, labels, {}, "energy")
    assert progress_of(curve, pool, None, {}, "system").n_candidates_left == 3
    assert progress_of(curve, pool, labels, {}, "system").n_candidates_left == 1


def test_labels_from_elsewhere_do_not_empty_the_pool():
    labels = dataset(a="ok")
    others = labels.with_columns({"id": ["z"]}, {"id": labels.columns["id"]})
    curve = extend_learning_curve(None, others, {}, "energy")
    assert progress_of(curve, POOL, others, {}).n_candidates_left == 4


@pytest.mark.parametrize(
    ("metrics", "error"),
    [({"cv_rmse": 0.5, "test_rmse": 0.7}, 0.7), ({"cv_rmse": 0.5}, 0.5), ({"test_rmse": 0.7}, 0.7)],
)
def test_error_on_the_test_set_goes_before_the_cross_validated_one(metrics, error):
    labels = dataset(a="ok", b="ok")
    curve = extend_learning_curve(None, labels, metrics, "energy")
    assert progress_of(curve, POOL, labels, {}).errors == [error]
