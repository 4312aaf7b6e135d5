"""The verdict of a round: go on or stop, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from aiida_matal.science.registry import STOPPING, load_class
from aiida_matal.science.stopping.base import Progress, StoppingRule

ALWAYS = "pool_exhausted"


class Verdict(NamedTuple):
    """Whether to stop, whether the campaign reached a goal, and why.

    ``reasons`` has one sentence for each rule that stops the campaign, or for every rule if none does.
    """

    stop: bool
    goal_reached: bool
    reasons: list[str]


def judge(rules: Mapping[str, Mapping[str, Any]], progress: Progress) -> Verdict:
    """Return the verdict of all rules; one that wants to stop is enough. ``pool_exhausted`` always applies.

    :param rules: settings of each rule, by its registered name.
    :raises InputError: for a rule that is not registered or whose settings are refused.
    """
    checks = {}
    for name, settings in {**rules, ALWAYS: rules.get(ALWAYS, {})}.items():
        rule: StoppingRule = load_class(STOPPING, name)(settings)
        checks[name] = (rule.is_goal, rule.check(progress))
    stopping = {name: check for name, check in checks.items() if check[1].stop}
    reasons = [f"{name}: {answer.reason}" for name, (_, answer) in (stopping or checks).items()]
    return Verdict(bool(stopping), any(is_goal for is_goal, _ in stopping.values()), reasons)
