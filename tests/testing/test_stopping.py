from __future__ import annotations

import itertools

import pytest

from aiida_matal.science.registry import STOPPING, load_class, registered_names
from aiida_matal.science.settings import Settings
from aiida_matal.science.stopping.base import Answer, StoppingRule
from aiida_matal.testing import check_stopping_rule

SETTINGS = {
    "agreement": {"error": 0.1},
    "low_acquisition": {"score": 0.1},
    "max_core_hours": {"core_hours": 1.0},
    "max_labels": {"labels": 1},
    "max_rounds": {"rounds": 1},
    "target_error": {"error": 0.1},
}


class NoSettings(Settings):
    pass


class FewFailures(StoppingRule):
    Settings = NoSettings
    is_goal = False

    def check(self, progress):
        return Answer(progress.n_failed > 10, f"{progress.n_failed} failed")


class AnySettings(Settings, extra="ignore"):
    pass


class AcceptsAnySetting(FewFailures):
    Settings = AnySettings


class GivesNoReason(FewFailures):
    def check(self, progress):
        return Answer(False, " ")


class AnswersWithANumber(FewFailures):
    def check(self, progress):
        return Answer(progress.n_failed, "some failed")


class AnswersWithABool(FewFailures):
    def check(self, progress):
        return False


class StopsAtOnce(FewFailures):
    def check(self, progress):
        return Answer(progress.n_labels < 10, "few labels")


class ReachesItsGoalOnNothing(FewFailures):
    is_goal = True

    def check(self, progress):
        return Answer(progress.round > 3 and progress.top_score is None, "no score")


class ChangesItsMind(FewFailures):
    counter = itertools.count()

    def check(self, progress):
        return Answer(False, f"asked {next(self.counter)} times")


class SortsTheErrors(FewFailures):
    def check(self, progress):
        progress.errors.clear()
        return Answer(False, "no errors")


@pytest.mark.parametrize("name", registered_names(STOPPING))
def test_every_registered_rule_conforms(name):
    check_stopping_rule(load_class(STOPPING, name), SETTINGS.get(name, {}))


def test_a_rule_of_a_third_party_conforms():
    check_stopping_rule(FewFailures, {})


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (AcceptsAnySetting, "accepts an unknown setting"),
        (GivesNoReason, "gives no reason"),
        (AnswersWithANumber, "not True or False"),
        (AnswersWithABool, "does not return an Answer"),
        (StopsAtOnce, "nothing is known yet"),
        (ReachesItsGoalOnNothing, "nothing is known yet"),
        (ChangesItsMind, "in two ways"),
        (SortsTheErrors, "changes the errors"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_rule_is_caught(cls, message):
    with pytest.raises(AssertionError, match=message):
        check_stopping_rule(cls, {})
