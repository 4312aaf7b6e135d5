from __future__ import annotations

import math

import pytest

from aiida_matal.science.learning.metrics import regression_metrics


def test_metrics_of_a_case_worked_out_by_hand():
    metrics = regression_metrics([1.0, 2.0, 3.0, 6.0], [1.0, 3.0, 3.0, 3.0])
    assert metrics == pytest.approx({"rmse": math.sqrt(10 / 4), "mae": 1.0, "r2": 1 - 10 / 14})


def test_r2_is_unknown_where_nothing_varies():
    assert math.isnan(regression_metrics([2.0, 2.0], [1.0, 3.0])["r2"])
    assert math.isnan(regression_metrics([2.0], [1.0])["r2"])
