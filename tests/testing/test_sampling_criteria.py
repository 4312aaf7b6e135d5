from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.landscape.sampling.base import CriterionSettings, Proposals, SamplingCriterion
from aiida_matal.science.landscape.sampling.explored import walk
from aiida_matal.science.registry import SAMPLING_CRITERIA, load_class, registered_names
from aiida_matal.science.settings import Settings
from aiida_matal.testing.sampling_criteria import check_sampling_criterion


class Anywhere(SamplingCriterion):
    Settings = CriterionSettings

    def propose(self, problem, rng):
        eta = walk(problem.system, problem.n_points, 0.0, 0.0, int(rng.integers(100)))
        return Proposals(eta, np.full(len(eta), np.nan))


class AnySettings(CriterionSettings, extra="ignore"):
    pass


class AcceptsAnySetting(Anywhere):
    Settings = AnySettings


class NoNumber(Settings):
    pass


class HasNoNumberOfPoints(Anywhere):
    Settings = NoNumber


class LeavesThePolytope(Anywhere):
    def propose(self, problem, rng):
        return Proposals(super().propose(problem, rng).eta + 1, np.zeros(problem.n_points))


class DropsACoordinate(Anywhere):
    def propose(self, problem, rng):
        return Proposals(super().propose(problem, rng).eta[:, 1:], np.zeros(problem.n_points))


class DrawsWithoutTheGenerator(Anywhere):
    def propose(self, problem, rng):
        return super().propose(problem, np.random.default_rng())


class HidesThatItNeedsAModel(Anywhere):
    def propose(self, problem, rng):
        points = problem.known_explored().points[:2]
        return Proposals(points, np.zeros(2))


class NeedsAModel(HidesThatItNeedsAModel):
    needs_model = True


class ScoresWithoutLimit(Anywhere):
    def propose(self, problem, rng):
        return Proposals(super().propose(problem, rng).eta, np.full(problem.n_points, np.inf))


class MovesTheLabels(Anywhere):
    def propose(self, problem, rng):
        problem.labelled.eta[...] = 0.5
        return super().propose(problem, rng)


class DoesNotSayWhatItNeeds(Anywhere):
    needs_labels = None


@pytest.mark.parametrize("name", registered_names(SAMPLING_CRITERIA))
def test_every_registered_criterion_conforms(name):
    check_sampling_criterion(load_class(SAMPLING_CRITERIA, name), {})


@pytest.mark.parametrize("cls", [Anywhere, NeedsAModel])
def test_criteria_of_third_parties_conform(cls):
    check_sampling_criterion(cls, {"n_points": 4})


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (AcceptsAnySetting, "accepts an unknown setting"),
        (HasNoNumberOfPoints, "have no n_points"),
        (LeavesThePolytope, "outside the polytope"),
        (DropsACoordinate, "not 4 finite coordinates"),
        (DrawsWithoutTheGenerator, "proposes different points"),
        (HidesThatItNeedsAModel, "HidesThatItNeedsAModel fails without a model"),
        (ScoresWithoutLimit, "is infinite"),
        (MovesTheLabels, "changes the arrays"),
        (DoesNotSayWhatItNeeds, "needs_labels is not a bool"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_criterion_is_caught(cls, message):
    with pytest.raises(AssertionError, match=message):
        check_sampling_criterion(cls, {})
