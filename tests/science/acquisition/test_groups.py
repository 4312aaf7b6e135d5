from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiida_matal.science.acquisition.selection import select
from aiida_matal.science.acquisition.settings import SelectionSettings
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Prediction
from aiida_matal.science.table import Column, Table

SYSTEMS = ["Al-Cu", "Al-Ni", "Cu-Ni", "Mg-Si", "Ni-Ti"]
X_B = [0.05, 0.25, 0.45, 0.6, 0.95]
COLUMNS = {
    "id": Column("candidate"),
    "system": Column("system"),
    "x_b": Column("mole fraction", "1"),
    "feature": Column("feature", "1"),
}
LABEL_COLUMNS = {"h": Column("label", "kJ/mol"), "status": Column("status")}


def make_pool(systems=SYSTEMS):
    rows = [(f"{system}_x{x_b:.3f}", system, x_b) for system in systems for x_b in X_B]
    feature = np.random.default_rng(0).normal(size=len(rows))
    ids, names, x_b = zip(*rows, strict=True)
    return Table({"id": ids, "system": names, "x_b": x_b, "feature": feature}, COLUMNS)


POOL = make_pool()
CRITERIA = {
    "random": {},
    "space_filling": {},
    "regression_tree": {"min_samples_leaf": 2},
    "gp_variance": {"fixed": {"length_scales": [1.0, 1.0]}},
}


def label(rows, status="ok"):
    labels = {"h": np.arange(float(len(rows))), "status": [status] * len(rows)}
    return rows.with_columns(labels, LABEL_COLUMNS)


# Four labels of Mg-Si, and one of Ni-Ti that failed.
DATASET = Table.concatenate([label(POOL.take(range(15, 19))), label(POOL.take([22]), "failed")])


def choose(pool=POOL, dataset=DATASET, name="random", seed=1, batch_size=2, nearest_to=None, **more):
    values = {
        "criterion": {"name": name, "settings": CRITERIA[name]},
        "features": ["x_b", "feature"],
        "target": "h",
        "batch_size": batch_size,
        "one_per": "system",
        "nearest_to": nearest_to,
    }
    return select(pool, dataset, SelectionSettings.parse(values, "settings"), seed, **more)


@pytest.mark.parametrize("name", CRITERIA)
@pytest.mark.parametrize("nearest_to", [None, {"x_b": 0.5}])
@given(order=st.permutations(range(25)), seed=st.integers(0, 50), batch_size=st.integers(1, 4))
@settings(max_examples=10)
def test_systems_never_repeat_and_the_order_of_the_pool_does_not_matter(name, nearest_to, order, seed, batch_size):
    decision, chosen = choose(POOL.take(order), name=name, seed=seed, batch_size=batch_size, nearest_to=nearest_to)
    assert choose(name=name, seed=seed, batch_size=batch_size, nearest_to=nearest_to) == (decision, chosen)
    assert len(chosen) == len(set(chosen["system"])) == min(batch_size, 3)
    assert not set(chosen["system"]) & {"Mg-Si", "Ni-Ti"}
    assert sorted(decision["id"]) == sorted(set(POOL["id"]) - set(DATASET["id"]))
    assert decision["chosen"].tolist() == [True] * len(chosen) + [False] * (len(decision) - len(chosen))
    assert decision["open"].tolist() == [True] * 3 + [False] * (len(decision) - 3)
    assert all(decision["reason"])
    if nearest_to:
        assert chosen["x_b"].tolist() == [0.45] * len(chosen)


def test_the_decision_says_why_candidates_are_closed():
    decision, chosen = choose(name="gp_variance")
    reasons = dict(zip(decision["id"].tolist(), decision["reason"].tolist(), strict=True))
    first, other = chosen["id"][0], decision["id"][2]
    systems = [identifier.split("_")[0] for identifier in decision["id"]]
    same = [row for row in range(3, 15) if systems[row] == systems[0]]
    later = [row for row in range(3, 15) if systems[row] == systems[2]]
    assert len(same) == len(later) == 4
    assert {reasons[decision["id"][row]] for row in same} == {f"{first} of this batch is of the same system"}
    assert {reasons[decision["id"][row]] for row in later} == {f"{other} is ahead of it and of the same system"}
    assert systems[15:] == ["Mg-Si", *["Ni-Ti"] * 4]
    assert reasons["Mg-Si_x0.950"] == "Mg-Si has a label already"
    assert np.isnan(decision["score_gp_variance"][15:]).all()
    assert np.isfinite(decision["score_gp_variance"][:15]).all()


def test_the_candidate_nearest_to_the_values_stands_for_its_system():
    decision, _ = choose(name="regression_tree", batch_size=1, nearest_to={"x_b": 0.5})
    middle = [identifier for identifier in POOL["id"][:15] if identifier.endswith("x0.450")]
    assert set(decision["id"][:3]) == set(middle)
    found = [reason.split()[1] for reason in decision["reason"][:3] if reason.startswith("for ")]
    assert all(identifier in POOL["id"] for identifier in found)
    last = decision["id"][2].split("_")[0]
    expected = f"{last}_x0.450, the nearest to x_b = 0.5, stands for {last}"
    assert expected in decision["reason"].tolist()


def test_the_point_that_the_criterion_chose_names_the_system_in_the_reason():
    plain, _ = choose(name="space_filling", batch_size=1)
    decision, chosen = choose(name="space_filling", batch_size=1, nearest_to={"x_b": 0.9})
    point = plain["id"][0]
    assert not point.endswith("x0.950")
    assert chosen["id"].tolist() == [f"{point.split('_')[0]}_x0.950"]
    assert decision["reason"][0] == f"for {point} of the same system: {plain['reason'][0]}"


def test_equally_near_candidates_are_taken_by_id():
    rows = [f"Al-Cu_x{x_b:.3f}" for x_b in (0.7, 0.1, 0.3)]
    arrays = {"id": rows, "system": ["Al-Cu"] * 3, "x_b": [0.7, 0.1, 0.3], "feature": [0.0, 1.0, 2.0]}
    assert choose(Table(arrays, COLUMNS), None, nearest_to={"x_b": 0.5})[1]["id"].tolist() == ["Al-Cu_x0.300"]


def test_systems_are_drawn_equally_often_whatever_their_number_of_candidates():
    pool = Table.concatenate([make_pool(["Al-Cu"]), make_pool(["Al-Ni", "Cu-Ni"]).take([0, 5])])
    drawn = [choose(pool, None, seed=seed, batch_size=1)[1]["system"][0] for seed in range(600)]
    counts = np.unique(drawn, return_counts=True)[1]
    assert np.abs(counts - 200).max() < 4 * np.sqrt(200)


def test_a_campaign_of_one_label_a_system_ends_with_the_last_system():
    dataset = None
    for left in (3, 1):
        decision, chosen = choose(dataset=dataset, name="space_filling", nearest_to={"x_b": 0.5})
        assert (decision["open"] & ~decision["chosen"]).sum() == left
        dataset = label(chosen) if dataset is None else Table.concatenate([dataset, label(chosen)])
    _, chosen = choose(dataset=dataset, name="space_filling")
    assert len(chosen) == 1
    with pytest.raises(InputError, match="no candidate is left, every system has a label already"):
        choose(dataset=Table.concatenate([dataset, label(chosen)]))


def test_predictions_stay_with_their_candidates_and_reach_the_closed_ones():
    number = np.arange(25.0)
    decision, _ = choose(prediction=Prediction(number, number / 10), nearest_to={"x_b": 0.5})
    assert decision["predicted"].tolist() == POOL.positions(decision["id"]).astype(float).tolist()
    assert len(decision) == 20


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"one_per": None, "nearest_to": {"x_b": 0.5}}, "one_per names none"),
        ({"nearest_to": {}}, "it names no column"),
        ({"one_per": "family"}, "column: 'family'"),
        ({"nearest_to": {"x": 0.5}}, "column: 'x'"),
        ({"nearest_to": {"system": 0.5}}, "column: 'system'"),
    ],
)
def test_groups_that_mean_nothing_are_refused(changes, message):
    values = {"criterion": {"name": "random"}, "features": ["feature"], "target": "h", "batch_size": 1}
    with pytest.raises(InputError, match=message):
        select(POOL, None, SelectionSettings.parse({**values, "one_per": "system", **changes}, "settings"), 1)
