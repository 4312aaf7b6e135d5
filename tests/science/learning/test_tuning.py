from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.lightgbm import LightGBMLearner
from aiida_matal.science.learning.search_space import Choice, Range
from aiida_matal.science.learning.training import LearnerSettings
from aiida_matal.science.learning.training_data import training_data
from aiida_matal.science.learning.tuning import TuningSettings, tune
from aiida_matal.science.table import Column, Table

GROUPS = np.repeat([f"g{number:02d}" for number in range(20)], 5)


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    features = random.normal(size=(100, 2))
    arrays = {"id": [f"c{row}" for row in range(100)], "u": features[:, 0], "v": features[:, 1]}
    arrays |= {"energy": 5 * features[:, 0] + random.normal(0, 0.1, size=100), "status": ["ok"] * 100}
    columns = {name: Column(name, "" if name in ("id", "status") else "kJ/mol") for name in arrays}
    return training_data(Table(arrays, columns), ["u", "v"], "energy")


@pytest.fixture(autouse=True)
def small_space(monkeypatch):
    space = {
        "learning_rate": Range(1e-4, 0.3, log=True),
        "min_data_in_leaf": Range(2, 40, integer=True),
        "extra_trees": Choice((True, False)),
    }
    monkeypatch.setattr(LightGBMLearner, "search_space", space)


def run(data, n_trials=15, seed=1, **settings):
    learner = {"name": "lightgbm", "features": ["u", "v"], "target": "energy", "group": "id"}
    given = {"num_boost_round": 30, "learning_rate": 1e-4, **settings}
    parsed = LearnerSettings.parse(learner | {"settings": given}, "learner")
    return tune(data, GROUPS, parsed, TuningSettings(n_trials=n_trials).n_trials, 4, seed)


def test_better_settings_than_the_given_ones_are_found(data):
    best, trials = run(data)
    complete = trials.take(trials["state"] == "complete")
    row = int(np.argmin(complete["rmse"]))
    assert complete["rmse"][row] < 0.5 * trials["rmse"][0]
    assert best.settings["learning_rate"] == complete["setting_learning_rate"][row]
    assert best.settings["min_data_in_leaf"] == complete["setting_min_data_in_leaf"][row]
    assert best.settings["num_boost_round"] == 30
    assert best.features == ["u", "v"]


def test_the_first_trial_has_the_given_settings_which_win_if_nothing_is_better(data):
    best, trials = run(data, n_trials=3, learning_rate=0.2, min_data_in_leaf=5)
    assert (trials["setting_learning_rate"][0], trials["setting_min_data_in_leaf"][0]) == (0.2, 5)
    assert trials["setting_extra_trees"][0] == "False"
    assert best.settings == {"num_boost_round": 30, "learning_rate": 0.2, "min_data_in_leaf": 5}
    assert (trials["rmse"][1:] > trials["rmse"][0]).all()


def test_settings_that_are_better_by_less_than_the_noise_are_not_taken(data):
    noise = replace(data, target=np.random.default_rng(6).normal(size=100))
    best, trials = run(noise, learning_rate=0.01)
    assert trials["rmse"].min() < trials["rmse"][0]
    assert best.settings == {"num_boost_round": 30, "learning_rate": 0.01}


def test_all_settings_tried_are_within_the_limits(data):
    _, trials = run(data)
    tried = trials.take(range(1, 15))
    assert ((tried["setting_learning_rate"] >= 1e-4) & (tried["setting_learning_rate"] <= 0.3)).all()
    assert set(tried["setting_min_data_in_leaf"].tolist()) <= set(range(2, 41))
    assert set(tried["setting_extra_trees"].tolist()) == {"True", "False"}


def test_trials_that_are_worse_than_the_median_end_early(data):
    _, trials = run(data, n_trials=25, learning_rate=0.2)
    pruned = trials["state"] == "pruned"
    assert pruned.any()
    assert (trials["n_folds"][pruned] < 4).all()
    assert (trials["n_folds"][~pruned] == 4).all()


def test_the_same_seed_gives_the_same_trials_and_another_seed_others(data):
    assert run(data, 8)[1] == run(data, 8)[1]
    assert run(data, 8)[1] != run(data, 8, seed=2)[1]


def test_a_learner_without_a_search_space_is_refused(data, monkeypatch):
    monkeypatch.setattr(LightGBMLearner, "search_space", {})
    with pytest.raises(InputError, match="no settings to tune"):
        run(data)
