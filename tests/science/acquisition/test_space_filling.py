from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from aiida_matal.science.acquisition.space_filling import SpaceFillingCriterion

NOTHING = {"labelled": np.empty((0, 2)), "target": np.empty(0)}


def test_a_start_goes_from_the_centre_to_the_corners_of_a_square(make_problem):
    grid = np.array([[x, y] for x in range(5) for y in range(5)], dtype=float)
    selection = SpaceFillingCriterion({}).select(make_problem(candidates=grid, batch_size=5, **NOTHING))
    chosen = [tuple(point) for point in grid[selection.ranking[:5]]]
    assert chosen == [(2, 2), (0, 0), (0, 4), (4, 0), (4, 4)]


def test_each_choice_is_the_farthest_from_all_labelled_and_chosen_points(make_problem):
    problem = make_problem()
    selection = SpaceFillingCriterion({}).select(problem)
    everything = np.concatenate([problem.candidates, problem.labelled])
    candidates = (problem.candidates - everything.mean(0)) / everything.std(0)
    known = (problem.labelled - everything.mean(0)) / everything.std(0)
    for pick in selection.ranking[:5]:
        distance = cdist(candidates, known).min(axis=1)
        assert pick == np.argmax(distance)
        assert selection.scores["space_filling"][pick] == pytest.approx(distance.max())
        known = np.concatenate([known, candidates[[pick]]])
    remaining = cdist(candidates, known).min(axis=1)[selection.ranking[5:]]
    assert (np.diff(remaining) <= 0).all()
    assert selection.scores["space_filling"][selection.ranking[5:]] == pytest.approx(remaining)


def test_the_cover_is_at_most_twice_the_best_possible_one(make_problem):
    points = np.random.default_rng(4).normal(size=(12, 2))
    ranking = SpaceFillingCriterion({}).select(make_problem(candidates=points, batch_size=3, **NOTHING)).ranking
    distances = cdist((points - points.mean(0)) / points.std(0), (points - points.mean(0)) / points.std(0))
    best = min(distances[:, list(centres)].min(axis=1).max() for centres in combinations(range(12), 3))
    assert distances[:, ranking[:3]].min(axis=1).max() <= 2 * best


def test_the_units_of_the_features_do_not_matter(make_problem):
    problem = make_problem()
    scaled = make_problem(candidates=problem.candidates * [1e4, 1e-3], labelled=problem.labelled * [1e4, 1e-3])
    rankings = [SpaceFillingCriterion({}).select(case).ranking.tolist() for case in (problem, scaled)]
    assert rankings[0] == rankings[1]


def test_a_candidate_that_is_labelled_already_comes_last(make_problem):
    problem = make_problem()
    labelled = np.concatenate([problem.labelled, problem.candidates[[7]]])
    selection = SpaceFillingCriterion({}).select(make_problem(labelled=labelled, target=np.zeros(7)))
    assert selection.ranking[-1] == 7
