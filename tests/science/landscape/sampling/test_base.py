from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.sampling.base import Proposals, best


def test_the_best_points_come_first_and_equals_in_their_order():
    eta = np.arange(12.0).reshape(6, 2)
    found = best(eta, np.array([1.0, 3.0, -np.inf, 3.0, np.nan, 2.0]), 3)
    assert found.eta.tolist() == eta[[1, 3, 5]].tolist()
    assert found.score.tolist() == [3.0, 3.0, 2.0]


def test_points_without_a_finite_score_are_no_proposals():
    found = best(np.zeros((4, 2)), np.array([-np.inf, np.nan, np.inf, 1.0]), 9)
    assert found.score.tolist() == [1.0]


@pytest.mark.parametrize("score", [np.zeros(2), np.zeros((3, 1))])
def test_each_proposal_has_a_score(score):
    with pytest.raises(InputError, match="shapes do not match"):
        Proposals(np.zeros((3, 2)), score)


def test_a_problem_without_a_model_says_so(make_problem):
    problem = replace(make_problem(), model=None, explored=None)
    for ask in (problem.known_model, problem.known_explored):
        with pytest.raises(InputError, match="the criterion needs a model"):
            ask()
