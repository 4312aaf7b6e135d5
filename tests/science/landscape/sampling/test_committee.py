from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.landscape.sampling.committee import QueryByCommitteeCriterion, committee_variance


def test_the_variance_is_that_of_equations_10_to_12(wells_model):
    members = [wells_model(3, a=0.16, factor=factor) for factor in (1.0, 2.0, 6.0)]
    eta = np.array([[0.6, 0.1, 0.0], [0.5, 0.4, 0.0]])
    mu = members[0].mu(eta)
    # The factors 1, 2 and 6 have the mean 3 and the variance (4 + 1 + 9) / 3; the second point is an extremum.
    assert committee_variance(members, eta) == pytest.approx([14 / 3 * np.sum(mu[0] ** 2), 0.0])
    many = np.tile(eta, (9000, 1))
    assert committee_variance(members, many, 3).tolist() == np.tile(committee_variance(members, eta), 9000).tolist()


def test_points_of_the_highest_variance_are_asked_for(make_problem, wells_model, layered):
    members = [wells_model(layered.d, k=1.0), wells_model(layered.d, k=3.0)]
    problem = make_problem(model=members[0], members=members, n_points=4)
    found = QueryByCommitteeCriterion({}).find(problem)
    # The members differ in mu_0 by 2 (x - 1/2): the committee disagrees most at the ends, and least in the middle.
    distance = np.sort(np.abs(problem.explored.points[:, 0] - 0.5))[::-1]
    assert np.abs(found.eta[:, 0] - 0.5) == pytest.approx(distance[:4])
    assert found.score == pytest.approx(distance[:4] ** 2)


def test_a_model_that_stands_alone_is_no_committee(make_problem):
    assert QueryByCommitteeCriterion({}).missing(make_problem()) == "a committee of two models or more"
