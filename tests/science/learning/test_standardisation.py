from __future__ import annotations

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from aiida_matal.science.learning.standardisation import Standardisation


def test_columns_are_standardised_as_by_scikit_learn():
    values = np.random.default_rng(0).normal(3.0, [1e-6, 1.0, 1e6], size=(20, 3))
    expected = StandardScaler().fit_transform(values)
    assert Standardisation.of(values).apply(values) == pytest.approx(expected, abs=1e-9)


def test_a_column_that_does_not_vary_becomes_zero_up_to_rounding():
    values = np.full((7, 2), [0.1, 1e9 / 3])
    scaling = Standardisation.of(values)
    assert scaling.scale.tolist() == [1.0, 1.0]
    assert scaling.apply(values) == pytest.approx(0.0, abs=1e-6)


def test_one_row_is_enough():
    assert Standardisation.of([[5.0, -1.0]]).apply([[5.0, -1.0]]).tolist() == [[0.0, 0.0]]
