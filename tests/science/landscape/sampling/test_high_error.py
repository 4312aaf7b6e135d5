from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aiida_matal.science.landscape.sampling.high_error import HighErrorCriterion
from aiida_matal.science.landscape.sampling.labelled import Labelled


@pytest.fixture
def labelled(wells_model, layered):
    eta = np.array([[0.5, 0.1, 0.0, 0.0], [0.5, 0.2, 0.0, 0.0], [0.4, 0.0, 0.1, 0.0]])
    errors = np.array([[0.01, 0.0, 0.0, 0.0], [0.0, 0.021, 0.0, 0.0], [0.01, 0.01, 0.01, 0.01]])
    return Labelled(eta, wells_model(layered.d).mu(eta) + errors, np.array(["a"] * 3), np.zeros(3, dtype=int))


def test_points_come_by_the_sum_of_squared_errors(labelled, make_problem):
    found = HighErrorCriterion({}).find(make_problem(labelled=labelled, n_points=2))
    assert found.score == pytest.approx([4.41e-4, 4e-4])
    assert found.eta.tolist() == labelled.eta[1:].tolist()
    everything = HighErrorCriterion({}).find(make_problem(labelled=labelled, n_points=9))
    assert everything.score == pytest.approx([4.41e-4, 4e-4, 1e-4])


def test_by_default_each_point_is_asked_for_three_times_nearby(labelled, make_problem, layered):
    problem = make_problem(labelled=labelled, n_points=1)
    asked = HighErrorCriterion({}).propose(problem, np.random.default_rng(5))
    assert HighErrorCriterion({}).settings.n_points == 400
    assert asked.eta.shape == (3, 4)
    images = np.array([[0.5, *(0.2 * sign * np.eye(3)[axis])] for axis in range(3) for sign in (1, -1)])
    nearest = np.abs(asked.eta[:, np.newaxis] - images).max(axis=2).min(axis=1)
    assert nearest.max() < 0.075
    assert nearest.max() > 0.02


def test_it_needs_a_model_and_labels(labelled, make_problem):
    problem = make_problem()
    assert HighErrorCriterion({}).missing(problem) == "labelled points"
    assert HighErrorCriterion({}).missing(replace(problem, model=None)) == "a model"
    assert HighErrorCriterion({}).missing(replace(problem, labelled=labelled)) == ""
