from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from aiida_matal.science.acquisition.base import SelectionProblem
from aiida_matal.science.acquisition.regression_tree import RegressionTreeCriterion
from aiida_matal.science.errors import InputError

# Two leaves of three labels each, below and above x = 0. Their labels have the unbiased variances 1 and 9.
LABELLED = np.array([[-3.0], [-2.0], [-1.0], [1.0], [2.0], [3.0]])
TARGET = np.array([9.0, 10.0, 11.0, -3.0, 0.0, 3.0])
# Three candidates in the first leaf and two in the second.
CANDIDATES = np.array([[-2.5], [-1.5], [-0.5], [0.5], [1.5]])


def problem(batch_size=1, seed=0, target=TARGET, **more):
    return SelectionProblem(CANDIDATES, LABELLED, target, None, None, batch_size, seed, **more)


def test_probabilities_are_those_of_a_calculation_by_hand():
    # sqrt(6/11 * 1) and sqrt(5/11 * 9), normalised, are shared by three and two candidates.
    first, second = np.sqrt(6 / 11), np.sqrt(5 / 11 * 9)
    expected = np.array([*[first / 3] * 3, *[second / 2] * 2]) / (first + second)
    selection = RegressionTreeCriterion({"min_samples_leaf": 3}).select(problem())
    assert selection.scores["regression_tree"] == pytest.approx(expected)
    pick = selection.ranking[0]
    leaf = "leaf 1 of 2 (weight 0.267)" if pick < 3 else "leaf 2 of 2 (weight 0.733)"
    assert selection.reasons[0].startswith(f"drawn from {leaf}")
    assert all(reason.startswith("not drawn from leaf") for reason in selection.reasons[1:])


def test_candidates_are_drawn_as_often_as_their_probability_says():
    criterion = RegressionTreeCriterion({"min_samples_leaf": 3})
    picks = [int(criterion.select(problem(seed=seed)).ranking[0]) for seed in range(500)]
    expected = 500 * criterion.select(problem()).scores["regression_tree"]
    assert np.abs(np.bincount(picks, minlength=5) - expected).max() < 4 * np.sqrt(expected.max())


def test_groups_are_drawn_as_often_as_their_candidates_together():
    criterion = RegressionTreeCriterion({"min_samples_leaf": 3})
    groups = np.array([0, 0, 1, 1, 1])
    picks = [criterion.select(problem(seed=seed, groups=groups)).ranking[0] for seed in range(500)]
    expected = 500 * criterion.select(problem()).scores["regression_tree"][:2].sum()
    assert abs((groups[picks] == 0).sum() - expected) < 4 * np.sqrt(expected)


@pytest.mark.parametrize("target", [np.zeros(6), np.full(6, 0.1), np.repeat([0.1, 0.7], 3)])
def test_labels_that_do_not_vary_within_leaves_make_all_candidates_equal(target):
    scores = RegressionTreeCriterion({"min_samples_leaf": 3}).select(problem(target=target)).scores["regression_tree"]
    assert scores.tolist() == [0.2] * 5


def test_leaves_without_variance_are_drawn_from_when_the_others_are_empty():
    target = np.array([5.0, 5.0, 5.0, -3.0, 0.0, 3.0])
    ranking = RegressionTreeCriterion({"min_samples_leaf": 3}).select(problem(4, target=target)).ranking
    assert set(ranking[:2].tolist()) == {3, 4}
    assert sorted(ranking.tolist()) == [0, 1, 2, 3, 4]


def test_a_single_label_makes_all_candidates_equal():
    single = SelectionProblem(CANDIDATES, LABELLED[:1], TARGET[:1], None, None, 1, 0)
    assert RegressionTreeCriterion({}).select(single).scores["regression_tree"].tolist() == [0.2] * 5


def test_diversity_takes_the_candidate_of_the_leaf_farthest_from_all_known_points(make_problem):
    case = make_problem(batch_size=6)
    drawn = RegressionTreeCriterion({"min_samples_leaf": 3}).select(case)
    diverse = RegressionTreeCriterion({"min_samples_leaf": 3, "within_leaf": "diversity"}).select(case)
    everything = np.concatenate([case.candidates, case.labelled])
    candidates, known = (
        (points - everything.mean(0)) / everything.std(0) for points in (case.candidates, case.labelled)
    )
    probability, closed = drawn.scores["regression_tree"], np.zeros(40, dtype=bool)
    assert (diverse.scores["regression_tree"] == probability).all()
    for pick in diverse.ranking[:6]:
        members = np.flatnonzero((probability == probability[pick]) & ~closed)
        distance = cdist(candidates[members], known).min(axis=1)
        assert pick == members[np.argmax(distance)]
        closed[pick] = True
        known = np.concatenate([known, candidates[[pick]]])


@settings(max_examples=30)
@given(
    seed=st.integers(0, 1000),
    n_labels=st.integers(1, 20),
    n_groups=st.integers(1, 12),
    within_leaf=st.sampled_from(["random", "diversity"]),
)
def test_groups_never_repeat_and_the_ranking_is_a_permutation(seed, n_labels, n_groups, within_leaf):
    random = np.random.default_rng(seed)
    groups = np.arange(30) % n_groups
    candidates, labelled = random.normal(size=(30, 2)), random.normal(size=(n_labels, 2))
    case = SelectionProblem(candidates, labelled, labelled[:, 0], None, None, n_groups, seed, groups)
    selection = RegressionTreeCriterion({"min_samples_leaf": 2, "within_leaf": within_leaf}).select(case)
    assert sorted(groups[selection.ranking[:n_groups]]) == list(range(n_groups))
    assert sorted(selection.ranking.tolist()) == list(range(30))
    assert selection.scores["regression_tree"].sum() == pytest.approx(1)


def test_a_leaf_of_no_labels_is_refused():
    with pytest.raises(InputError, match="min_samples_leaf: 0"):
        RegressionTreeCriterion({"min_samples_leaf": 0})
