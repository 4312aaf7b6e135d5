from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn.data import training_data
from aiida_matal.science.landscape.idnn.mixing import IdealMixing
from aiida_matal.science.landscape.model import TrainingPoints


@pytest.fixture
def points(zigzag, inside):
    eta = inside(zigzag, 40)
    rng = np.random.default_rng(1)
    return TrainingPoints([str(row) for row in range(40)], eta, rng.normal(size=(40, 7)), rng.uniform(size=40))


def test_every_point_is_in_one_part(points, zigzag):
    data = training_data(points, zigzag, 0.25, None, seed=1)
    assert len(data.validation_rows) == 10
    np.testing.assert_array_equal(np.sort(np.append(data.training_rows, data.validation_rows)), np.arange(40))
    np.testing.assert_allclose(data.training.targets, 100 * points.mu[data.training_rows])
    again = training_data(points, zigzag, 0.25, None, seed=1)
    np.testing.assert_array_equal(data.validation_rows, again.validation_rows)
    other = training_data(points, zigzag, 0.25, None, seed=2)
    assert not np.array_equal(data.validation_rows, other.validation_rows)


def test_inputs_are_standardised_invariants_with_their_derivatives(points, zigzag):
    data = training_data(points, zigzag, 0.25, None, seed=1)
    values, scale = zigzag.invariants.values(points.eta), data.inputs.scaling.scale
    np.testing.assert_allclose(scale, values.std(axis=0))
    expected = (values - values.mean(axis=0)) / scale
    np.testing.assert_allclose(data.training.values, expected[data.training_rows], atol=1e-12)
    jacobian = zigzag.invariants.jacobian(points.eta) / scale[:, None]
    np.testing.assert_allclose(data.training.tangents, jacobian[data.training_rows].transpose(0, 2, 1), atol=1e-12)


def test_weights_have_mean_one_in_each_part(points, zigzag):
    data = training_data(points, zigzag, 0.25, None, seed=1)
    own = points.weights[data.training_rows]
    np.testing.assert_allclose(data.training.weights, own / own.mean())
    assert data.validation.weights.mean() == pytest.approx(1)


def test_ideal_mixing_is_taken_from_the_labels(points, zigzag):
    data = training_data(points, zigzag, 0.25, 300.0, seed=1)
    q = zigzag.order_parameters.Q
    expected = points.mu - IdealMixing(32 * q, 300.0).mu(points.eta)
    np.testing.assert_allclose(data.training.targets, 100 * expected[data.training_rows])


def test_a_single_point_is_refused(points, zigzag):
    one = TrainingPoints(["a"], points.eta[:1], points.mu[:1], np.ones(1))
    with pytest.raises(InputError, match="held back"):
        training_data(one, zigzag, 0.2, None, seed=1)


def test_points_of_another_system_are_refused(points, fcc):
    with pytest.raises(InputError, match="4 coordinates"):
        training_data(points, fcc, 0.2, None, seed=1)
