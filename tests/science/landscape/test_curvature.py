from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape import curvature as module
from aiida_matal.science.landscape.curvature import curvature
from aiida_matal.science.landscape.mean_field import MeanFieldModel


@pytest.fixture(scope="module")
def model(fcc):
    return MeanFieldModel(fcc, 1000.0)


@pytest.fixture(scope="module")
def points(fcc):
    return np.random.default_rng(0).uniform(0.05, 0.95, size=(25, 4)) @ fcc.order_parameters.Q.T


@pytest.mark.parametrize("n_threads", [1, 3])
def test_eigenvalues_gradients_and_values_of_every_point(model, points, monkeypatch, n_threads):
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 10)
    found = curvature(model, points, n_threads)
    np.testing.assert_allclose(found.g, model.g(points))
    np.testing.assert_allclose(found.mu, model.mu(points))
    hessian = model.hessian(points)
    np.testing.assert_allclose(found.eigenvalues.sum(axis=1), np.trace(hessian, axis1=1, axis2=2))
    np.testing.assert_allclose(found.eigenvalues.prod(axis=1), np.linalg.det(hessian))
    assert (np.diff(found.eigenvalues, axis=1) >= 0).all()


def test_no_points(model):
    found = curvature(model, np.empty((0, 4)))
    assert (found.g.shape, found.mu.shape, found.eigenvalues.shape) == ((0,), (0, 4), (0, 4))


def test_points_of_another_system_are_refused(model):
    with pytest.raises(InputError, match="4 columns"):
        curvature(model, np.zeros((2, 3)))
