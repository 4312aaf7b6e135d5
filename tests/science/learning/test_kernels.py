from __future__ import annotations

import numpy as np
import pytest
from sklearn.gaussian_process.kernels import RBF, Matern

from aiida_matal.science.learning.kernels import Kernel


@pytest.mark.parametrize(("name", "reference"), [("rbf", RBF([0.5, 2.0])), ("matern52", Matern([0.5, 2.0], nu=2.5))])
def test_covariances_equal_those_of_scikit_learn(name, reference):
    random = np.random.default_rng(0)
    first, second = random.normal(size=(9, 2)), random.normal(size=(4, 2))
    covariance = Kernel(name, 1.7, np.array([0.5, 2.0])).covariance(first, second)
    assert covariance == pytest.approx(1.7 * reference(first, second), abs=1e-14)


@pytest.mark.parametrize("name", ["rbf", "matern52"])
def test_the_variance_is_the_covariance_of_a_point_with_itself(name):
    point = np.array([[0.3, -0.7]])
    assert Kernel(name, 2.5, np.ones(2)).covariance(point, point)[0, 0] == 2.5
