from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.elimination import (
    EliminationSettings,
    best_size,
    eliminate,
    elimination_curve,
    elimination_table,
    frequent_features,
)
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner
from aiida_matal.science.learning.lightgbm import LightGBMLearner
from aiida_matal.science.learning.training_data import training_data
from aiida_matal.science.table import Column, Table

NAMES = [f"f{number}" for number in range(8)]
RELEVANT = {"f2", "f5"}
GROUPS = np.repeat([f"g{number:02d}" for number in range(20)], 8)
LEARNER = LightGBMLearner({"num_boost_round": 20, "feature_fraction": 0.8})


@pytest.fixture(scope="module")
def data():
    features = np.random.default_rng(0).normal(size=(160, 8))
    arrays = {name: features[:, number] for number, name in enumerate(NAMES)}
    arrays |= {"id": [f"c{row}" for row in range(160)], "energy": 3 * features[:, 2] - 2 * np.abs(features[:, 5])}
    arrays |= {"status": ["ok"] * 160}
    columns = {name: Column(name, "" if name in ("id", "status") else "kJ/mol") for name in arrays}
    return training_data(Table(arrays, columns), NAMES, "energy")


def run(data, learner=LEARNER, seed=1, **settings):
    values = {"n_splits": 3, "n_trainings": 2, **settings}
    return eliminate(learner, data, NAMES, GROUPS, EliminationSettings.parse(values, "elimination"), 4, seed)


@pytest.fixture(scope="module")
def elimination(data):
    return run(data)


def test_the_relevant_features_stay_longest_in_every_split(elimination):
    assert set(frequent_features(elimination, 2)) == RELEVANT
    last = elimination["feature"][elimination["n_features"] <= 2]
    assert Counter(last.tolist()) == dict.fromkeys(RELEVANT, 3)


def test_the_error_rises_when_a_relevant_feature_leaves(elimination):
    curve = elimination_curve(elimination)
    mean = dict(zip(curve["n_features"].tolist(), curve["mean_rmse"], strict=True))
    assert sorted(mean) == list(range(1, 9))
    assert mean[1] > 1.05 * mean[2]
    assert best_size(elimination) >= 2
    assert curve.columns["mean_rmse"].unit == "kJ/mol"


def test_each_feature_has_one_row_a_split_and_leaves_alone(elimination):
    pairs = list(zip(elimination["split"].tolist(), elimination["feature"].tolist(), strict=True))
    assert sorted(pairs) == [(split, name) for split in range(3) for name in NAMES]
    sizes = elimination["n_features"].reshape(3, 8)
    assert (sizes == np.arange(8, 0, -1)).all()


def test_steps_are_large_until_few_are_left_and_end_at_the_smallest_set(data):
    table = run(data, n_splits=1, step=3, step_until=4, smallest=3)
    assert Counter(table["n_features"].tolist()) == {8: 3, 5: 1, 4: 1, 3: 3}
    last = table.take(table["n_features"] == 3)
    assert last["importance"].sum() == pytest.approx(1.0)
    assert len(set(last["rmse"].tolist())) == 1


def test_splits_repeat_with_other_folds(data):
    table = run(data, n_splits=6, smallest=8, n_trainings=1)
    assert sorted(set(table["split"].tolist())) == list(range(6))
    assert len(set(table["rmse"].tolist())) == 6


def test_the_same_seed_gives_the_same_table_and_another_seed_another(data, elimination):
    assert run(data) == elimination
    assert run(data, seed=2) != elimination


def test_frequency_counts_the_splits_that_hold_a_feature():
    stays = {0: ["a", "b", "c"], 1: ["b", "a", "c"], 2: ["b", "c", "a"]}
    rows = [(split, name, rank + 1, 0.5, 1.0) for split, names in stays.items() for rank, name in enumerate(names)]
    table = elimination_table(rows, "kJ/mol")
    assert frequent_features(table, 1) == ["b"]
    assert frequent_features(table, 2) == ["b", "a"]
    assert frequent_features(table, 3) == ["b", "a", "c"]
    with pytest.raises(InputError, match="there are 3 features"):
        frequent_features(table, 4)


def test_of_sets_with_the_same_error_the_smaller_is_best():
    rows = [(0, "a", 1, 1.0, 2.0), (0, "b", 2, 0.1, 1.0), (0, "c", 3, 0.1, 1.0)]
    assert best_size(elimination_table(rows, "1")) == 2


def test_a_learner_that_does_not_rank_features_is_refused(data):
    with pytest.raises(InputError, match="do not rank features"):
        run(data, GaussianProcessLearner({"n_restarts": 0}), n_splits=1)
