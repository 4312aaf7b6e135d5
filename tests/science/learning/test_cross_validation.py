from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.cross_validation import cross_validate, grouped_folds
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner
from aiida_matal.science.learning.lightgbm import LightGBMLearner

GROUPS = st.lists(st.sampled_from("abcdef"), min_size=2, max_size=30).filter(lambda names: len(set(names)) > 1)


@given(groups=GROUPS, n_folds=st.integers(2, 12), seed=st.integers(0, 2**31 - 1))
def test_each_row_is_tested_once_and_no_group_is_in_both_parts(groups, n_folds, seed):
    tested = []
    names = np.array(groups)
    folds = list(grouped_folds(names, n_folds, seed))
    for train, test in folds:
        assert not set(names[train]) & set(names[test])
        assert len(train)
        tested += test.tolist()
    assert sorted(tested) == list(range(len(names)))
    assert len(folds) == min(n_folds, len(set(groups)))


@given(groups=GROUPS, data=st.data())
def test_which_groups_share_a_fold_does_not_depend_on_the_order_of_the_rows(groups, data):
    shuffled = data.draw(st.permutations(groups))

    def folds(names):
        return [set(np.array(names)[test]) for _, test in grouped_folds(names, 3, seed=1)]

    assert folds(groups) == folds(shuffled)


def test_the_seed_decides_which_groups_share_a_fold():
    names = [str(number) for number in range(30)]
    first = [test.tolist() for _, test in grouped_folds(names, 3, seed=1)]
    assert first == [test.tolist() for _, test in grouped_folds(names, 3, seed=1)]
    assert first != [test.tolist() for _, test in grouped_folds(names, 3, seed=2)]


def test_the_label_of_a_group_does_not_reach_its_own_prediction():
    random = np.random.default_rng(0)
    features, target = random.normal(size=(20, 2)), random.normal(size=20)
    groups = np.repeat(list("abcde"), 4)
    learner = LightGBMLearner({"num_boost_round": 5})
    changed = np.where(groups == "c", 1e6, target)
    first = cross_validate(learner, features, target, None, groups, 5, seed=1).mean
    second = cross_validate(learner, features, changed, None, groups, 5, seed=1).mean
    assert np.array_equal(first[groups == "c"], second[groups == "c"])
    assert not np.array_equal(first, second)


def test_predicted_errors_are_returned_where_the_learner_has_them():
    features = np.linspace(0, 1, 6)[:, np.newaxis]
    gaussian_process = GaussianProcessLearner({"n_restarts": 0})
    prediction = cross_validate(gaussian_process, features, features[:, 0], np.full(6, 0.1), list("aabbcc"), 3, seed=0)
    assert (prediction.error > 0).all()
    assert cross_validate(LightGBMLearner({}), features, features[:, 0], None, list("aabbcc"), 3, seed=0).error is None


def test_the_errors_of_the_labels_reach_the_learner_with_their_labels():
    features = np.linspace(0, 1, 12)[:, np.newaxis]
    target = np.sin(6 * features[:, 0])
    target[3] += 100.0
    errors = np.where(np.arange(12) == 3, 100.0, 1e-3)
    learner = GaussianProcessLearner({"n_restarts": 0})
    mean = cross_validate(learner, features, target, errors, [str(row) for row in range(12)], 12, seed=0).mean
    assert np.abs(np.delete(mean - np.sin(6 * features[:, 0]), 3)).max() < 10.0


def test_one_group_cannot_be_cross_validated():
    assert cross_validate(LightGBMLearner({}), np.zeros((3, 1)), np.zeros(3), None, ["a", "a", "a"], 3, seed=0) is None


def test_data_that_do_not_fit_together_are_refused():
    with pytest.raises(InputError, match="the features have 3 rows"):
        cross_validate(LightGBMLearner({}), np.zeros((3, 1)), np.zeros(2), None, ["a", "b", "c"], 3, seed=0)
