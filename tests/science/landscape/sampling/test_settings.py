from __future__ import annotations

import json

import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.sampling.settings import SamplingSettings


def test_settings_are_plain_values():
    values = {"criteria": {"billiard_walk": {"n_points": 5}}, "novelty": {"threshold": "r1"}}
    stored = json.loads(json.dumps(SamplingSettings.parse(values, "settings").as_dict()))
    assert stored == {
        "criteria": {"billiard_walk": {"n_points": 5}},
        "novelty": {"threshold": "r1", "n_neighbours": 5, "smallest_distance": 1e-3},
        "reweighting": None,
        "explored_points": 1_000_000,
    }


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"criteria": {"luck": {}}}, r"^settings\.criteria: 'luck' is refused.*billiard_walk, endpoints, find_wells"),
        ({"criteria": {"vertices": {"n_point": 3}}}, r"^settings\.criteria\.vertices\.n_point.*'n_points'"),
        ({"criteria": {"high_error": {"replicas": 0}}}, r"^settings\.criteria\.high_error\.replicas: 0 is refused"),
        ({"criteria": {}}, r"^settings\.criteria"),
        ({"criteria": {"endpoints": {}}, "novelty": {"threshold": "r3"}}, r"^settings\.novelty\.threshold"),
        ({"criteria": {"endpoints": {}}, "reweighting": {"alpha": -1}}, r"^settings\.reweighting\.alpha"),
    ],
)
def test_settings_that_are_refused_are_named(values, message):
    with pytest.raises(InputError, match=message):
        SamplingSettings.parse(values, "settings")


def test_criteria_come_sorted_with_their_settings():
    values = {"criteria": {"vertices": {"n_points": 7}, "endpoints": {}}}
    criteria = SamplingSettings.parse(values, "settings").load_criteria()
    assert list(criteria) == ["endpoints", "vertices"]
    assert criteria["vertices"].settings.n_points == 7
