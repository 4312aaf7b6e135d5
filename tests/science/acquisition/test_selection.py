from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiida_matal.science.acquisition.selection import open_candidates, select
from aiida_matal.science.acquisition.settings import SelectionSettings
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Prediction
from aiida_matal.science.table import Column, Table

COLUMNS = {
    "id": Column("candidate"),
    "u": Column("first feature", "K"),
    "v": Column("second feature", "1"),
    "energy": Column("label", "kJ/mol"),
    "status": Column("status"),
}
GRID = np.array([[x, y] for x in range(4) for y in range(4)], dtype=float)
POOL = Table(
    {"id": [f"c{row:02d}" for row in range(16)], "u": GRID[:, 0], "v": GRID[:, 1]},
    {name: COLUMNS[name] for name in ("id", "u", "v")},
)
DATASET = Table(
    {
        "id": ["c00", "c05", "c10", "other"],
        "u": [0.0, 1.0, 2.0, 3.0],
        "v": [0.0, 1.0, 2.0, 0.5],
        "energy": [1.0, 2.5, np.nan, 3.0],
        "status": ["ok", "ok", "failed", "ok"],
    },
    COLUMNS,
)
CRITERIA = {"random": {}, "space_filling": {}, "gp_variance": {"n_restarts": 0}, "regression_tree": {}}


def choose(pool=POOL, dataset=DATASET, name="gp_variance", batch_size=3, seed=1, prediction=None, **more):
    values = {
        "criterion": {"name": name, "settings": CRITERIA.get(name, {})},
        "features": ["u", "v"],
        "target": "energy",
        "batch_size": batch_size,
    }
    return select(pool, dataset, SelectionSettings.parse({**values, **more}, "settings"), seed, prediction)


@pytest.mark.parametrize("name", CRITERIA)
@given(order=st.permutations(range(16)), seed=st.integers(0, 3))
@settings(max_examples=15)
def test_the_decision_does_not_depend_on_the_order_of_the_pool(name, order, seed):
    decision, candidates = choose(name=name, seed=seed)
    again, candidates_again = choose(pool=POOL.take(order), name=name, seed=seed)
    assert decision == again
    assert candidates == candidates_again


@pytest.mark.parametrize("name", CRITERIA)
def test_the_decision_ranks_every_candidate_once(name):
    decision, candidates = choose(name=name)
    assert sorted(decision["id"]) == sorted(set(POOL["id"]) - set(DATASET["id"]))
    assert decision["rank"].tolist() == list(range(13))
    assert decision["chosen"].tolist() == [True] * 3 + [False] * 10
    assert all(decision["reason"])
    assert candidates["id"].tolist() == decision["id"][:3].tolist()
    assert candidates.names == POOL.names


def test_the_columns_of_scores_bear_the_name_of_the_criterion():
    assert choose()[0].names == ["id", "rank", "chosen", "open", "reason", "score_gp_variance"]
    assert choose(name="space_filling")[0].names[5:] == ["score_space_filling"]
    assert choose(name="random")[0].names[5:] == []


def test_predictions_stay_with_their_candidates():
    order = np.random.default_rng(0).permutation(16)
    number = np.array([float(name[1:]) for name in POOL["id"][order]])
    decision, _ = choose(pool=POOL.take(order), prediction=Prediction(number, number / 10))
    assert [f"c{int(value):02d}" for value in decision["predicted"]] == decision["id"].tolist()
    assert decision["predicted_error"] == pytest.approx(decision["predicted"] / 10)
    assert decision.columns["predicted"].unit == "kJ/mol"


def test_a_model_without_errors_leaves_them_unknown():
    decision, _ = choose(prediction=Prediction(np.zeros(16), None))
    assert np.isnan(decision["predicted_error"]).all()


def test_a_prediction_without_a_dataset_is_refused():
    with pytest.raises(InputError, match="there is a prediction"):
        choose(dataset=None, name="random", prediction=Prediction(np.zeros(16)))


def test_a_batch_larger_than_what_is_left_takes_what_is_left():
    decision, candidates = choose(batch_size=1000)
    assert len(candidates) == 13
    assert decision["chosen"].all()


def test_candidates_of_any_status_in_the_dataset_are_left_out_and_the_rest_is_sorted():
    left = open_candidates(POOL.take(np.arange(16)[::-1]), DATASET)["id"].tolist()
    assert left == sorted(set(POOL["id"]) - {"c00", "c05", "c10"})


@pytest.mark.parametrize("pool", [POOL.take([]), POOL.take([0, 5, 10])])
def test_a_pool_with_nothing_left_is_refused(pool):
    with pytest.raises(InputError, match="no candidate is left"):
        choose(pool=pool)


def test_a_feature_that_is_not_finite_is_refused_by_candidate_and_column():
    values = np.where(POOL["id"] == "c07", np.nan, POOL["v"])
    with pytest.raises(InputError, match=r"column v: nan .* 'c07'"):
        choose(pool=POOL.with_columns({"v": values}, {}))


def test_a_feature_of_a_candidate_that_is_labelled_already_is_not_looked_at():
    values = np.where(POOL["id"] == "c05", np.nan, POOL["v"])
    assert len(choose(pool=POOL.with_columns({"v": values}, {}))[1]) == 3


@pytest.mark.parametrize("dataset", [None, DATASET.take(DATASET["status"] == "failed")])
def test_a_criterion_that_needs_labels_is_refused_without_any(dataset):
    with pytest.raises(InputError, match=r"'gp_variance' .* needs labels"):
        choose(dataset=dataset)
    assert len(choose(dataset=dataset, name="space_filling")[1]) == 3


@pytest.mark.parametrize("batch_size", [0, -1])
def test_a_batch_of_nothing_is_refused(batch_size):
    with pytest.raises(InputError, match="batch_size"):
        choose(batch_size=batch_size)


def test_an_unknown_criterion_is_refused():
    with pytest.raises(InputError, match="criteria: 'best'"):
        choose(name="best")
