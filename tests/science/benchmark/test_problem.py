from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.table import Column

RANDOM = {"criterion": {"name": "random"}, "features": ["u"], "target": "energy", "batch_size": 2}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": -1}, "seed: -1"),
        ({"strategies": {}}, "strategies: {} is refused: there are none"),
        ({"strategies": {"a": {**RANDOM, "target": "volume"}}}, "strategies.a.target: 'volume' .* predicts another"),
        ({"strategies": {"a": RANDOM, "b": {**RANDOM, "batch_size": 3}}}, "strategies.b.batch_size: 3 .* takes 2"),
        ({"strategies": {"a": {**RANDOM, "features": ["v"]}}}, "column: 'v' .* no such column"),
        ({"strategies": {"a": {**RANDOM, "one_per": "alloy"}}}, "column: 'alloy' .* no such column"),
        ({"strategies": {"a": {**RANDOM, "criterion": {"name": "best"}}}}, "criteria: 'best'"),
        ({"strategies": {"a": {**RANDOM, "batchsize": 3}}}, "strategies.a.batchsize: 3 .* Did you mean 'batch_size'"),
        ({"learner": {"features": ["v"]}}, "column: 'v'"),
        ({"learner": {"baseline": "w"}}, "column: 'w'"),
        ({"learner": {"target": "volume"}}, "'volume'"),
        ({"settings": {"group": "u"}}, "benchmark.group: 'u' .* holds numbers"),
        ({"settings": {"group": "alloy"}}, "column: 'alloy'"),
        ({"settings": {"n_iterations": 11}}, "of 40 groups 20 are left to choose from, for 22 choices"),
        ({"settings": {"exclude_elements": ["Cu"]}}, "column: 'element_a'"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_runs(make_benchmark, changes, message):
    with pytest.raises(InputError, match=message):
        make_benchmark(**changes)


def test_a_feature_that_is_not_finite_is_refused_by_id(make_benchmark, dataset):
    broken = dataset.with_columns({"u": np.where(dataset["id"] == "s07_a", np.nan, dataset["u"])}, {})
    with pytest.raises(InputError, match="s07_a"):
        make_benchmark(broken)


def test_alloys_of_excluded_elements_are_left_out(make_benchmark, dataset):
    second = np.where(dataset["u"] > 4, "C", "Ni")
    elements = {"element_a": np.full(len(dataset), "Al"), "element_b": second}
    alloys = dataset.with_columns(elements, {name: Column("element") for name in elements})
    without = make_benchmark(alloys, settings={"exclude_elements": ["C"]}).dataset
    assert (len(alloys), len(without), set(without["element_b"])) == (80, 72, {"Ni"})
    with pytest.raises(InputError, match=r"benchmark.exclude_elements: 'B' .* no alloy of it. It has: Al, C, Ni"):
        make_benchmark(alloys, settings={"exclude_elements": ["C", "B"]})


def test_only_the_columns_that_are_looked_at_go_along(make_benchmark, dataset):
    more = dataset.with_columns(
        {"v": dataset["u"], "note": dataset["id"]}, {"v": Column("v", "1"), "note": Column("n")}
    )
    assert make_benchmark(more).reference.names == ["id", "system", "u", "energy"]
