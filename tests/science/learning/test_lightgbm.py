from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.lightgbm import LightGBMLearner

FEATURES = np.random.default_rng(0).uniform(-2, 2, size=(200, 3))
TARGET = np.where(FEATURES[:, 0] > 0, 3.0, -1.0) + FEATURES[:, 1]


def test_predictions_equal_those_of_lightgbm_with_the_same_parameters():
    settings = {"num_boost_round": 40, "learning_rate": 0.1, "num_leaves": 7, "min_data_in_leaf": 5, "lambda_l2": 0.5}
    model = LightGBMLearner(settings).fit(FEATURES, TARGET, target_error=None, seed=3)
    parameters = {
        "learning_rate": 0.1,
        "num_leaves": 7,
        "min_data_in_leaf": 5,
        "lambda_l2": 0.5,
        "min_data_in_bin": 1,
        "verbosity": -1,
    }
    reference = lightgbm.train(parameters, lightgbm.Dataset(FEATURES, TARGET), 40)
    assert model.predict(FEATURES).mean == pytest.approx(reference.predict(FEATURES), abs=1e-12)


def test_random_thresholds_and_features_of_each_split_are_those_of_lightgbm():
    settings = {"num_boost_round": 10, "extra_trees": True, "feature_fraction_bynode": 0.5, "min_data_in_leaf": 5}
    model = LightGBMLearner(settings).fit(FEATURES, TARGET, target_error=None, seed=3)
    parameters = {name: value for name, value in settings.items() if name != "num_boost_round"}
    parameters |= {"learning_rate": 0.05, "num_leaves": 15, "min_data_in_bin": 1, "seed": 3, "verbosity": -1}
    reference = lightgbm.train(parameters | {"num_threads": 1}, lightgbm.Dataset(FEATURES, TARGET), 10)
    assert model.predict(FEATURES).mean == pytest.approx(reference.predict(FEATURES), abs=1e-12)


def test_the_feature_that_is_not_in_the_target_is_the_least_important():
    importance = LightGBMLearner({}).fit(FEATURES, TARGET, target_error=None, seed=0).importance()
    assert importance.argmin() == 2
    assert importance[0] > importance[1] > 10 * importance[2] >= 0


def test_a_step_is_learned():
    points = np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    mean = LightGBMLearner({}).fit(FEATURES, TARGET, target_error=None, seed=0).predict(points).mean
    assert mean == pytest.approx([3.0, -1.0], abs=0.3)


def test_there_is_no_predicted_error():
    assert LightGBMLearner({}).fit(FEATURES, TARGET, target_error=None, seed=0).predict(FEATURES).error is None


@pytest.mark.parametrize("random_part", ["bagging_fraction", "feature_fraction"])
def test_the_seed_decides_the_random_parts_and_the_text_is_the_same_again(random_part):
    settings = {random_part: 0.5, "num_boost_round": 20}
    texts = [LightGBMLearner(settings).fit(FEATURES, TARGET, target_error=None, seed=s).text for s in (1, 1, 2)]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


@pytest.mark.parametrize("n_labels", [2, 3, 10])
def test_few_labels_are_told_apart(n_labels):
    features = np.arange(n_labels, dtype=float)[:, np.newaxis]
    mean = LightGBMLearner({}).fit(features, features[:, 0], target_error=None, seed=0).predict(features).mean
    assert (np.diff(mean) > 0).all()


@pytest.mark.parametrize(("n_labels", "expected"), [(10, 1), (100, 5), (200, 10), (10_000, 20)])
def test_the_smallest_leaf_grows_with_the_number_of_labels(n_labels, expected):
    features = np.random.default_rng(1).normal(size=(n_labels, 1))
    model = LightGBMLearner({"num_boost_round": 1}).fit(features, features[:, 0], target_error=None, seed=0)
    assert f"[min_data_in_leaf: {expected}]" in model.text


@pytest.mark.parametrize("settings", [{"num_leaves": 1}, {"learning_rate": 0}, {"num_threads": 8}, {"objective": "l1"}])
def test_settings_that_would_not_work_or_not_reproduce_are_refused(settings):
    with pytest.raises(InputError, match="learner settings"):
        LightGBMLearner(settings)
