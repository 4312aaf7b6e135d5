from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.labels import ROUND
from aiida_matal.science.landscape.columns import ETA, MU, vectors_table
from aiida_matal.science.landscape.model import LandscapeModel, TrainingPoints, recency_weights
from aiida_matal.science.table import Column


class Parabola(LandscapeModel):
    """g = a eta_0^2 / 2."""

    d = 2

    def __init__(self, a, others=()):
        self.a, self.others = a, others

    @property
    def members(self):
        return (Parabola(self.a), *self.others) if self.others else ()

    def g(self, eta):
        return 0.5 * self.a * np.asarray(eta)[:, 0] ** 2

    def mu(self, eta):
        return self.a * np.asarray(eta) * [1, 0]

    def hessian(self, eta):
        return np.tile(np.diag([self.a, 0.0]), (len(eta), 1, 1))

    def write(self, folder):
        raise NotImplementedError

    @classmethod
    def read(cls, folder):
        raise NotImplementedError


@pytest.fixture
def dataset():
    rng = np.random.default_rng(0)
    ids = ["a", "b", "c", "d", "e"]
    texts = {"criterion": ["billiard_walk"] * 5, "status": ["ok", "failed", "ok", "ok", "ok"]}
    vectors = {ETA: rng.uniform(size=(5, 3)), MU: rng.normal(size=(5, 3))}
    return vectors_table(ids, texts, vectors).with_columns({"round": np.array([0, 0, 0, 0, 1])}, {"round": ROUND})


def with_value(dataset, name, row, value):
    values = dataset[name].copy()
    values[row] = value
    return dataset.with_columns({name: values}, {name: dataset.columns[name]})


def test_points_with_status_ok_are_read(dataset):
    points = TrainingPoints.read(dataset)
    assert list(points.ids) == ["a", "c", "d", "e"]
    assert len(points) == 4
    np.testing.assert_array_equal(points.eta[1], [dataset[f"eta_{j}"][2] for j in range(3)])
    np.testing.assert_array_equal(points.mu[3], [dataset[f"mu_{j}"][4] for j in range(3)])
    np.testing.assert_array_equal(points.weights, np.ones(4))


def test_the_newest_points_count_as_much_as_all_older_ones(dataset):
    np.testing.assert_array_equal(TrainingPoints.read(dataset, favour_recent=True).weights, [1, 1, 1, 3])
    np.testing.assert_array_equal(recency_weights([0, 0, 1, 1, 1]), np.ones(5))
    np.testing.assert_array_equal(recency_weights([4, 4]), np.ones(2))
    weights = recency_weights([2, 0, 0, 1, 1, 1, 0, 2])
    assert weights[[0, 7]].sum() == weights[1:7].sum() == 6


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("column", ["eta_2", "mu_1"])
def test_values_that_are_not_finite_are_refused_by_name(dataset, column, value):
    with pytest.raises(InputError, match=f"dataset.{column}: {value} .*'d' is not finite"):
        TrainingPoints.read(with_value(dataset, column, 3, value))


def test_points_that_failed_may_have_no_label(dataset):
    assert len(TrainingPoints.read(with_value(dataset, "mu_0", 1, np.nan))) == 4


@pytest.mark.parametrize("favour_recent", [False, True])
def test_a_dataset_without_labels_is_refused(dataset, favour_recent):
    with pytest.raises(InputError, match="nothing to learn from"):
        TrainingPoints.read(dataset.take([1]), favour_recent=favour_recent)


@pytest.mark.parametrize(
    ("mu", "weights"),
    [(np.ones((2, 2)), np.ones(2)), (np.ones((2, 3)), np.ones(3)), (np.ones((3, 3)), np.ones(2))],
)
def test_shapes_that_differ_are_refused(mu, weights):
    with pytest.raises(InputError, match="there are 2 ids"):
        TrainingPoints(["a", "b"], np.ones((2, 3)), mu, weights)


@pytest.mark.parametrize("weights", [[0.0, 0.0], [-1.0, 2.0]])
def test_odd_weights_are_refused(weights):
    with pytest.raises(InputError, match="0 or more, and not all 0"):
        TrainingPoints(["a", "b"], np.ones((2, 3)), np.ones((2, 3)), np.array(weights))


def test_a_weight_that_is_not_finite_is_refused():
    with pytest.raises(InputError, match="not finite"):
        TrainingPoints(["a", "b"], np.ones((2, 3)), np.ones((2, 3)), np.array([1, np.nan]))


def test_the_error_is_the_spread_of_the_committee():
    eta = np.array([[2.0, 1.0], [0.0, 1.0]])
    assert Parabola(1.0).predict(eta).error is None
    prediction = Parabola(1.0, [Parabola(4.0), Parabola(4.0)]).predict(eta)
    np.testing.assert_array_equal(prediction.mean, [2, 0])
    np.testing.assert_allclose(prediction.error, [np.std([2.0, 8.0, 8.0]), 0])


def test_all_derivatives_at_once():
    eta = np.array([[2.0, 1.0]])
    g, mu, hessian = Parabola(3.0).derivatives(eta)
    assert g.tolist() == [6]
    assert mu.tolist() == [[6, 0]]
    assert hessian.tolist() == [[[3, 0], [0, 0]]]


def test_columns_that_are_missing_are_refused(dataset):
    with pytest.raises(InputError, match="mu_0"):
        TrainingPoints.read(dataset.select([name for name in dataset.names if not name.startswith("mu")]))
    assert dataset.columns["round"] == Column("round in which the label was made", "1")
