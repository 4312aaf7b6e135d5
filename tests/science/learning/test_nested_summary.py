from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.learning.nested_summary import chosen_features, held_out_scores
from aiida_matal.science.table import Column, Table


def parity(observed, predicted, **baseline):
    arrays = {"observed": observed, "predicted": predicted, **baseline}
    return Table(arrays, {name: Column(name, "kJ/mol") for name in arrays})


def test_scores_are_those_of_model_and_baseline():
    scores = held_out_scores(parity([0.0, 2.0], [3.0, 6.0], baseline=[6.0, 10.0]))
    assert scores == {
        "cv_rmse": pytest.approx(np.sqrt(12.5)),
        "cv_mae": 3.5,
        "cv_r2": pytest.approx(1 - 25 / 2),
        "baseline_rmse": pytest.approx(np.sqrt(50)),
        "baseline_mae": 7.0,
        "rmse_ratio": pytest.approx(0.5),
    }


@pytest.mark.parametrize(
    ("baseline", "left_out"),
    [({}, {"baseline_rmse", "baseline_mae", "rmse_ratio"}), ({"baseline": [1.0, 1.0]}, {"rmse_ratio"})],
    ids=["no baseline", "perfect baseline"],
)
def test_scores_that_are_not_finite_are_left_out(baseline, left_out):
    scores = held_out_scores(parity([1.0, 1.0], [1.5, 1.5], **baseline))
    assert set(scores) == {"cv_rmse", "cv_mae", "baseline_rmse", "baseline_mae"} - left_out


def test_features_are_counted_over_the_folds():
    table = chosen_features(["u", "v", "w", "x"], [["w", "x"], ["x", "v"], ["x"], ["w"]])
    assert table["feature"].tolist() == ["x", "w", "v", "u"]
    assert table["n_folds"].tolist() == [3, 2, 1, 0]
    assert table["share"].tolist() == [0.75, 0.5, 0.25, 0.0]
