"""Conformance suite for stopping rules."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiida_matal.science.stopping.base import Answer, Progress, StoppingRule
from aiida_matal.testing.requirements import require, require_settings


def check_stopping_rule(cls: type[StoppingRule], settings: Mapping[str, Any]) -> None:
    """Check that a rule keeps the promises of :class:`aiida_matal.science.stopping.base.StoppingRule`.

    :param settings: valid settings of the rule.
    :raises AssertionError: naming the rule and the first promise that it breaks.
    """
    name = cls.__name__
    require_settings(cls, settings, name)
    require(isinstance(getattr(cls, "is_goal", None), bool), f"{name}.is_goal is not a bool")
    rule = cls(settings)
    begun = _begun()
    for progress in [begun, *_unknown(begun), *_advanced(begun)]:
        _check_answer(name, rule, progress)
    for progress in [begun, *(_unknown(begun) if cls.is_goal else [])]:
        require(not rule.check(progress).stop, f"{name} stops a campaign of which nothing is known yet")


def _begun() -> Progress:
    return Progress(
        round=0,
        n_labels=0,
        n_failed=0,
        n_candidates_left=1000,
        core_hours=0.0,
        errors=[],
        top_score=None,
        disagreement=None,
    )


def _unknown(progress: Progress) -> list[Progress]:
    """Return campaigns late in their run whose model errors or decisions are unknown."""
    late = replace(progress, round=50, n_labels=500)
    return [late, replace(late, errors=[math.nan] * 50, top_score=math.nan, disagreement=math.nan)]


def _advanced(progress: Progress) -> list[Progress]:
    known = replace(progress, round=50, n_labels=500, core_hours=1e6, top_score=0.0, disagreement=0.0)
    return [replace(known, errors=[1.0] * 50), replace(known, errors=[0.0] * 50, n_candidates_left=0)]


def _check_answer(name: str, rule: StoppingRule, progress: Progress) -> None:
    errors = list(progress.errors)
    answer = rule.check(progress)
    require(isinstance(answer, Answer), f"{name}.check does not return an Answer")
    require(isinstance(answer.stop, bool), f"the answer of {name} is not True or False")
    require(bool(answer.reason.strip()), f"{name} gives no reason")
    require(rule.check(progress) == answer, f"{name} answers the same question in two ways")
    unchanged = len(errors) == len(progress.errors)
    require(unchanged, f"{name}.check changes the errors that it is given")
