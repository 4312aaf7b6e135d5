from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.landscape.sampling.curvature import (
    FindWellsCriterion,
    NonConvexitiesCriterion,
    SensitivityCriterion,
)

RNG = np.random.default_rng


def test_sensitivity_takes_the_largest_eigenvalues_in_their_order(make_problem, wells_model, layered):
    # The curvature along an order parameter is 3 eta^2 - 0.03, above that of the composition where eta is large.
    problem = make_problem(model=wells_model(layered.d, k=0.01), n_points=6)
    found = SensitivityCriterion({}).find(problem)
    largest = (3 * problem.explored.points[:, 1:] ** 2 - 0.03).max(axis=1)
    assert found.score == pytest.approx(np.sort(largest)[::-1][:6])
    assert (3 * found.eta[:, 1:] ** 2 - 0.03).max(axis=1) == pytest.approx(found.score)
    assert found.score[0] > found.score[-1] > 0.01


def test_eigenvalues_of_a_free_energy_that_is_not_along_the_axes_are_found(make_problem, layered, wells_model):
    class Tilted(wells_model):
        def hessian(self, eta):
            one = np.ones((self.d, self.d)) / self.d
            return np.abs(eta[:, 1])[:, np.newaxis, np.newaxis] * (np.eye(self.d) - 3 * one)

    # Eigenvalues |eta_1| times 1 (three times) and -2, whatever order an unsorted solver gives them in.
    problem = make_problem(model=Tilted(layered.d), n_points=3)
    size = np.sort(np.abs(problem.explored.points[:, 1]))[::-1][:3]
    assert SensitivityCriterion({}).find(problem).score == pytest.approx(size)
    assert NonConvexitiesCriterion({}).find(problem).score == pytest.approx(2 * size)


def test_wells_are_where_the_free_energy_is_convex_and_flat(make_problem, layered):
    problem = make_problem(n_points=50, explored_points=20_000)
    found = FindWellsCriterion({}).find(problem)
    # Convex where every order parameter is beyond 0.1; the gradient also vanishes where some are 0, which are saddles.
    points = problem.explored.points
    convex = (np.abs(points[:, 1:]) > 0.1).all(axis=1)
    gradient = np.linalg.norm(problem.model.mu(points), axis=1)
    assert found.score == pytest.approx(-np.sort(gradient[convex])[:50])
    assert (gradient[~convex] < -found.score[-1]).any()


def test_a_convex_free_energy_has_its_well_found_and_no_instability(make_problem, wells_model, layered):
    # The only well is the disordered state.
    problem = make_problem(model=wells_model(layered.d, a=-0.3), n_points=3)
    found = FindWellsCriterion({}).find(problem)
    distance = np.linalg.norm(problem.explored.points * [2, 0.3, 0.3, 0.3] - [1, 0, 0, 0], axis=1)
    assert np.abs(found.eta[0] - [0.5, 0, 0, 0]).max() < 0.1
    assert -found.score[0] == pytest.approx(distance.min(), rel=0.1)
    assert len(NonConvexitiesCriterion({}).propose(problem, RNG(0))) == 0


def test_instabilities_come_most_negative_first(make_problem):
    problem = make_problem(n_points=7)
    found = NonConvexitiesCriterion({}).find(problem)
    smallest = (3 * problem.explored.points[:, 1:] ** 2 - 0.03).min(axis=1)
    assert found.score == pytest.approx(-np.sort(smallest)[:7])
    assert found.score[0] == pytest.approx(0.03, abs=1e-3)


@pytest.mark.parametrize("criterion", [SensitivityCriterion, FindWellsCriterion, NonConvexitiesCriterion])
def test_each_point_found_is_asked_for_as_often_as_set(criterion, make_problem, layered):
    problem = make_problem(n_points=3, explored_points=20_000)
    found = criterion({}).find(problem)
    asked = criterion({"replicas": 4, "perturbation": 0.0}).propose(problem, RNG(0))
    assert asked.score.tolist() == np.repeat(found.score, 4).tolist()
    for point, images in zip(found.eta, asked.eta.reshape(3, 4, -1), strict=True):
        # The images by symmetry have the same |eta| in another order, and the model the same curvature there.
        assert np.sort(np.abs(images[:, 1:])) == pytest.approx(np.tile(np.sort(np.abs(point[1:])), (4, 1)), abs=1e-3)
