from __future__ import annotations

import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.stopping.limits import MaxCoreHours, MaxLabels, MaxRounds, PoolExhausted


@pytest.mark.parametrize(
    ("rule", "limits"),
    [
        (MaxRounds, [({"rounds": 4}, False), ({"rounds": 3}, True), ({"rounds": 2}, True)]),
        (MaxLabels, [({"labels": 13}, False), ({"labels": 12}, True)]),
        (MaxCoreHours, [({"core_hours": 5.6}, False), ({"core_hours": 5.5}, True)]),
    ],
)
def test_a_limit_stops_when_it_is_reached_and_not_before(make_progress, rule, limits):
    for settings, stop in limits:
        assert rule(settings).check(make_progress()).stop is stop


def test_an_empty_pool_stops(make_progress):
    assert not PoolExhausted({}).check(make_progress(n_candidates_left=1)).stop
    assert PoolExhausted({}).check(make_progress(n_candidates_left=0)).stop


def test_failed_candidates_do_not_count_as_labels(make_progress):
    assert not MaxLabels({"labels": 13}).check(make_progress(n_failed=100)).stop


def test_the_reason_names_both_numbers(make_progress):
    assert MaxCoreHours({"core_hours": 10}).check(make_progress()).reason == "5.5 of at most 10 core-hours used"


@pytest.mark.parametrize(
    ("rule", "settings"),
    [(MaxRounds, {"rounds": 0}), (MaxLabels, {}), (MaxCoreHours, {"hours": 1}), (MaxRounds, {"rounds": 1.5})],
)
def test_settings_that_mean_nothing_are_refused(rule, settings):
    with pytest.raises(InputError, match="stopping rule settings"):
        rule(settings)
