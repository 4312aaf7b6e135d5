from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.acquisition.base import best_batch, best_of, ranking_after
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Prediction


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"candidates": np.empty((0, 2))}, "candidates"),
        ({"candidates": np.full((5, 2), np.nan)}, "candidates"),
        ({"labelled": np.zeros((6, 3))}, "labelled"),
        ({"labelled": np.full((6, 2), np.inf)}, "labelled"),
        ({"target": np.zeros(5)}, "target"),
        ({"target": np.full(6, np.nan)}, "target"),
        ({"target_error": np.zeros(5)}, "target_error"),
        ({"prediction": Prediction(np.zeros(3))}, "prediction"),
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": 41}, "batch_size"),
        ({"groups": np.zeros(39, dtype=int)}, "groups"),
        ({"groups": np.arange(40) % 4}, "batch_size"),
    ],
)
def test_a_problem_that_does_not_hold_together_is_refused(make_problem, changes, field):
    with pytest.raises(InputError, match=f"^{field}:"):
        make_problem(**changes)


def test_the_best_is_the_first_of_equals_up_to_rounding_errors():
    scores = np.array([0.1, 0.3, 0.1 + 0.2, 0.2])
    assert scores[2] > scores[1]
    assert best_of(scores, np.zeros(4, dtype=bool)) == 1
    assert best_of(scores, np.array([False, True, False, False])) == 2


def test_the_ranking_holds_the_chosen_first_and_the_others_by_score():
    assert ranking_after([3, 1], np.array([0.1, 9.0, 0.2, 9.0, 0.2])).tolist() == [3, 1, 2, 4, 0]


def test_a_batch_takes_the_best_of_each_group(make_problem):
    problem = make_problem(groups=np.arange(40) % 5, batch_size=3)
    assert best_batch(np.arange(40.0), problem) == [39, 38, 37]
    assert best_batch(-(np.arange(40) % 5.0), problem) == [0, 1, 2]
