from __future__ import annotations

import numpy as np

from aiida_matal.science.acquisition.random import RandomCriterion


def test_the_seed_decides_the_order(make_problem):
    rankings = [RandomCriterion({}).select(make_problem(seed=seed)).ranking.tolist() for seed in (1, 1, 2)]
    assert rankings[0] == rankings[1]
    assert rankings[0] != rankings[2]


def test_every_candidate_is_chosen_about_as_often_as_any_other(make_problem):
    counts = np.zeros(40)
    for seed in range(2000):
        counts[RandomCriterion({}).select(make_problem(seed=seed)).ranking[:5]] += 1
    expected = 2000 * 5 / 40
    assert np.abs(counts - expected).max() < 5 * np.sqrt(expected)


def test_there_is_no_score(make_problem):
    assert RandomCriterion({}).select(make_problem()).scores == {}


def test_groups_are_drawn_equally_often_whatever_their_size(make_problem):
    groups = np.minimum(np.arange(40), 3)
    first = [
        groups[RandomCriterion({}).select(make_problem(seed=seed, groups=groups, batch_size=1)).ranking[0]]
        for seed in range(800)
    ]
    assert np.abs(np.bincount(first) - 200).max() < 4 * np.sqrt(200)
