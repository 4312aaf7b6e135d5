from __future__ import annotations

import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.stopping.verdict import judge

GOING_ON = {"max_rounds": {"rounds": 9}, "target_error": {"error": 0.1}}


def test_a_campaign_goes_on_while_no_rule_stops_it_and_every_rule_says_why(make_progress):
    verdict = judge(GOING_ON, make_progress())
    assert (verdict.stop, verdict.goal_reached) == (False, False)
    assert [reason.split(":")[0] for reason in verdict.reasons] == ["max_rounds", "target_error", "pool_exhausted"]


def test_a_limit_stops_without_reaching_a_goal(make_progress):
    verdict = judge({**GOING_ON, "max_labels": {"labels": 12}}, make_progress())
    assert verdict == (True, False, ["max_labels: 12 of at most 12 labels made"])


def test_a_goal_and_a_limit_at_once_count_as_the_goal_and_give_both_reasons(make_progress):
    verdict = judge({"max_rounds": {"rounds": 3}, "target_error": {"error": 1.0}}, make_progress())
    assert (verdict.stop, verdict.goal_reached, len(verdict.reasons)) == (True, True, 2)


def test_an_empty_pool_always_stops(make_progress):
    for rules in ({}, GOING_ON, {"pool_exhausted": {}}):
        verdict = judge(rules, make_progress(n_candidates_left=0))
        assert verdict == (True, False, ["pool_exhausted: 0 candidates left"])


def test_an_unknown_rule_and_an_unknown_setting_are_refused(make_progress):
    with pytest.raises(InputError, match="stopping: 'boredom'"):
        judge({"boredom": {}}, make_progress())
    with pytest.raises(InputError, match="Did you mean 'rounds'"):
        judge({"max_rounds": {"round": 3}}, make_progress())
