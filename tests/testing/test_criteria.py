from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.acquisition.base import Criterion, Selection
from aiida_matal.science.registry import CRITERIA, load_class, registered_names
from aiida_matal.science.settings import Settings
from aiida_matal.testing import check_criterion


class NoSettings(Settings):
    pass


class LargestFirst(Criterion):
    Settings = NoSettings
    needs_labels = False

    def select(self, problem):
        scores = problem.candidates[:, 0]
        ranking = np.argsort(-scores, kind="stable")
        return Selection(ranking, {"largest_first": scores}, ["largest"] * problem.batch_size)


class AnySettings(Settings, extra="ignore"):
    pass


class AcceptsAnySetting(LargestFirst):
    Settings = AnySettings


class DrawsWithoutTheSeed(LargestFirst):
    def select(self, problem):
        ranking = np.random.default_rng().permutation(len(problem.candidates))
        return Selection(ranking, {}, ["drawn"] * problem.batch_size)


class RanksTheBatchOnly(LargestFirst):
    def select(self, problem):
        whole = super().select(problem)
        return Selection(whole.ranking[: problem.batch_size], whole.scores, whole.reasons)


class ChoosesOneTwice(LargestFirst):
    def select(self, problem):
        whole = super().select(problem)
        return Selection(np.append(whole.ranking[:-1], whole.ranking[0]), whole.scores, whole.reasons)


class TakesTheFirstRows(LargestFirst):
    def select(self, problem):
        return Selection(np.arange(len(problem.candidates)), {}, ["first"] * problem.batch_size)


class GivesNoReasons(LargestFirst):
    def select(self, problem):
        return Selection(super().select(problem).ranking, {}, [])


class ScoresTheBatchOnly(LargestFirst):
    def select(self, problem):
        whole = super().select(problem)
        return Selection(whole.ranking, {"short": np.zeros(1)}, whole.reasons)


class ShiftsTheCandidates(LargestFirst):
    def select(self, problem):
        np.subtract(problem.candidates, 1.0, out=problem.candidates)
        return super().select(problem)


class HidesThatItNeedsLabels(LargestFirst):
    def select(self, problem):
        if not len(problem.labelled):
            raise RuntimeError("no labels")
        return super().select(problem)


class DoesNotSayWhetherItNeedsLabels(LargestFirst):
    needs_labels = None


@pytest.mark.parametrize("name", registered_names(CRITERIA))
def test_every_registered_criterion_conforms(name):
    check_criterion(load_class(CRITERIA, name), {})


def test_a_criterion_of_a_third_party_conforms():
    check_criterion(LargestFirst, {})


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (AcceptsAnySetting, "accepts an unknown setting"),
        (DrawsWithoutTheSeed, "gives two rankings"),
        (RanksTheBatchOnly, "does not hold every candidate once"),
        (ChoosesOneTwice, "does not hold every candidate once"),
        (TakesTheFirstRows, "depends on the order of the candidates"),
        (GivesNoReasons, "does not give a reason"),
        (ScoresTheBatchOnly, "'short' of ScoresTheBatchOnly is not one number a candidate"),
        (ShiftsTheCandidates, "changes the arrays"),
        (HidesThatItNeedsLabels, "HidesThatItNeedsLabels fails without labels"),
        (DoesNotSayWhetherItNeedsLabels, "needs_labels is not a bool"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_criterion_is_caught(cls, message):
    with pytest.raises(AssertionError, match=message):
        check_criterion(cls, {})
