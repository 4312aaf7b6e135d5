from __future__ import annotations

import math

import pytest

from aiida_matal.science.stopping.goals import Agreement, LowAcquisition, Plateau, TargetError

GOALS = [
    (TargetError, {"error": 1.0}, "errors", [[9.0, 1.0], [9.0, 0.5]], [[0.5, 1.1], [], [math.nan], [0.5, math.nan]]),
    (LowAcquisition, {"score": 0.2}, "top_score", [0.2, 0.0, -1.0], [0.21, None, math.nan]),
    (Agreement, {"error": 0.5}, "disagreement", [0.5, 0.0], [0.6, None, math.nan]),
]


@pytest.mark.parametrize(("rule", "settings", "field", "reached", "not_reached"), GOALS)
def test_a_goal_is_reached_at_or_below_its_value_and_never_when_it_is_unknown(
    make_progress, rule, settings, field, reached, not_reached
):
    assert [rule(settings).check(make_progress(**{field: value})).stop for value in reached] == [True] * len(reached)
    assert not any(rule(settings).check(make_progress(**{field: value})).stop for value in not_reached)


@pytest.mark.parametrize(
    ("errors", "stop"),
    [
        ([5.0, 1.00, 1.02, 1.01], True),
        ([1.00, 1.06, 1.01], False),
        ([1.0, 1.0], False),
        ([1.0, 0.9, 0.8, 0.7], False),
        ([1.0, 1.2, 1.4, 1.6], False),
        ([1.0, math.nan, 1.0], False),
        ([math.nan, 1.0, 1.0, 1.0], True),
        ([0.0, 0.0, 0.0], True),
        ([], False),
    ],
)
def test_a_plateau_is_an_error_that_stayed_within_a_fraction_of_its_mean(make_progress, errors, stop):
    rule = Plateau({"rounds": 2, "relative_change": 0.05})
    assert rule.check(make_progress(errors=errors)).stop is stop


def test_the_reason_names_the_value_and_the_goal(make_progress):
    assert TargetError({"error": 0.25}).check(make_progress()).reason == "the model error is 1, goal 0.25"
    assert (
        Agreement({"error": 1}).check(make_progress(disagreement=None)).reason
        == "the mean predicted error is not known"
    )
