from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aiida_matal.science.acquisition.base import Criterion, Selection, best_batch, ranking_after
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
        ranking = ranking_after(best_batch(scores, problem), scores)
        return Selection(ranking, {"largest_first": scores}, ["by size"] * len(scores))


class AnySettings(Settings, extra="ignore"):
    pass


class AcceptsAnySetting(LargestFirst):
    Settings = AnySettings


class DrawsWithoutTheSeed(LargestFirst):
    def select(self, problem):
        scores = np.random.default_rng().uniform(size=len(problem.candidates))
        ranking = ranking_after(best_batch(scores, problem), scores)
        return Selection(ranking, {}, ["drawn"] * len(ranking))


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
        scores = -np.arange(float(len(problem.candidates)))
        ranking = ranking_after(best_batch(scores, problem), scores)
        return Selection(ranking, {}, ["first"] * len(problem.candidates))


class GivesReasonsForTheBatchOnly(LargestFirst):
    def select(self, problem):
        whole = super().select(problem)
        return Selection(whole.ranking, whole.scores, whole.reasons[: problem.batch_size])


class DoesNotLookAtGroups(LargestFirst):
    def select(self, problem):
        return super().select(replace(problem, groups=None))


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


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("regression_tree", {"within_leaf": "diversity", "min_samples_leaf": 2}),
        ("gp_variance", {"fixed": {"length_scales": [1.0, 1.0, 1.0]}}),
        ("gp_variance", {"learned_by": "physbo", "kernel": "rbf", "ard": False}),
    ],
)
def test_criteria_conform_with_other_settings(name, settings):
    check_criterion(load_class(CRITERIA, name), settings)


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
        (GivesReasonsForTheBatchOnly, "does not give a reason"),
        (DoesNotLookAtGroups, "chooses two candidates of one group"),
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
