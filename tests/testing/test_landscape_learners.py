from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.model import FitResult, LandscapeLearner, LandscapeModel, TrainingPoints
from aiida_matal.science.learning.base import as_features
from aiida_matal.science.registry import LANDSCAPE_LEARNERS, load_class, registered_names
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Column, Table
from aiida_matal.testing.landscape_learners import check_landscape_learner

#: Settings of each registered learner, and of its search, that make it quick.
QUICK = {
    "idnn": (
        {"layers": 1, "neurons": 8, "batch_size": 16, "epochs": 3},
        {"n_trials": 2, "layers": [1, 1], "neurons": [8, 8], "batch_sizes": [16], "dropout": [0.0, 0.0]},
    )
}


class ParabolaModel(LandscapeModel):
    """g = b eta + eta^T A eta / 2 with a diagonal A."""

    def __init__(self, slope, bend, others=()):
        self.slope, self.bend, self.others = slope, bend, others

    @property
    def d(self):
        return len(self.slope)

    @property
    def members(self):
        return (type(self)(self.slope, self.bend), *self.others) if self.others else ()

    def g(self, eta):
        points = as_features(eta, self.d)
        return (points * self.slope + 0.5 * points**2 * self.bend).sum(axis=1)

    def mu(self, eta):
        return self.slope + as_features(eta, self.d) * self.bend

    def hessian(self, eta):
        return np.tile(np.diag(self.bend), (len(as_features(eta, self.d)), 1, 1))

    def write(self, folder):
        rows = [[model.slope, model.bend] for model in (self, *self.others)]
        (folder / "parabola.txt").write_text(repr(np.array(rows).tolist()))

    @classmethod
    def read(cls, folder):
        import json

        rows = np.array(json.loads((folder / "parabola.txt").read_text()))
        return cls(*rows[0], [cls(*row) for row in rows[1:]])


class NoSettings(Settings):
    pass


class ParabolaLearner(LandscapeLearner):
    Settings = NoSettings
    SearchSettings = NoSettings
    model_class = ParabolaModel

    def fit(self, points, system, seed, report=None):
        if points.eta.shape[1] != system.d:
            raise InputError("points", points.eta.shape, "they are of another system")
        fits = [np.polyfit(x, y, 1, w=np.sqrt(points.weights)) for x, y in zip(points.eta.T, points.mu.T, strict=True)]
        bend, slope = np.array(fits).T
        return self.result(self.model_class(slope, bend))

    def search(self, points, system, seed, settings, report=None):
        self.SearchSettings.parse(settings, "search settings")
        model = self.fit(points, system, seed).model
        model.others = [self.model_class(model.slope, 2 * model.bend)]
        return replace(self.result(model), trials=Table({"rank": [0, 1]}, {"rank": Column("rank", "1")}))

    def result(self, model):
        return FitResult(model, Table({"epoch": [0]}, {"epoch": Column("epoch", "1")}), {"rmse": 1.0}, {})


class DrawsWithoutTheSeed(ParabolaLearner):
    def result(self, model):
        return super().result(self.model_class(model.slope + np.random.default_rng().normal(), model.bend))


class ChangesTheLabels(ParabolaLearner):
    def fit(self, points, system, seed, report=None):
        result = super().fit(points, system, seed)
        points.mu[:] = 0
        return result


class TakesAnyPoints(ParabolaLearner):
    def fit(self, points, system, seed, report=None):
        d = points.eta.shape[1]
        return super().fit(points, type("System", (), {"d": d}), seed)


class AnySettings(Settings, extra="ignore"):
    pass


class AcceptsAnySetting(ParabolaLearner):
    Settings = AnySettings


class AcceptsAnySearchSetting(ParabolaLearner):
    SearchSettings = AnySettings


class HasNoScores(ParabolaLearner):
    def result(self, model):
        return replace(super().result(model), scores={"rmse": np.nan})


class KeepsNoTrials(ParabolaLearner):
    def search(self, points, system, seed, settings, report=None):
        return replace(super().search(points, system, seed, settings), trials=None)


class SearchesWithoutACommittee(ParabolaLearner):
    def search(self, points, system, seed, settings, report=None):
        result = super().search(points, system, seed, settings)
        result.model.others = []
        return result


def learner_of(model):
    return type(f"LearnerOf{model.__name__}", (ParabolaLearner,), {"model_class": model})


class HalfTheGradient(ParabolaModel):
    def mu(self, eta):
        return 0.5 * super().mu(eta)


class HalfTheHessian(ParabolaModel):
    def hessian(self, eta):
        return 0.5 * super().hessian(eta)


class NotAnchored(ParabolaModel):
    def g(self, eta):
        return super().g(eta) + 0.1


class LooksAtOtherRows(ParabolaModel):
    def g(self, eta):
        return super().g(eta) + as_features(eta)[:, 0].std()


class AcceptsNan(ParabolaModel):
    def mu(self, eta):
        return super().mu(np.nan_to_num(eta))


class AcceptsFewerColumns(ParabolaModel):
    def hessian(self, eta):
        return np.tile(np.diag(self.bend), (len(as_features(eta)), 1, 1))


class ForgetsTheCommittee(ParabolaModel):
    @classmethod
    def read(cls, folder):
        model = super().read(folder)
        return cls(model.slope, model.bend)


class Pickles(ParabolaModel):
    def write(self, folder):
        (folder / "parabola.txt").write_bytes(pickle.dumps(self))


class OtherDerivatives(ParabolaModel):
    def derivatives(self, eta):
        g, mu, hessian = super().derivatives(eta)
        return g, mu, 2 * hessian


class AnotherSpread(ParabolaModel):
    def predict(self, features):
        prediction = super().predict(features)
        return prediction if prediction.error is None else replace(prediction, error=2 * prediction.error)


@pytest.mark.parametrize("name", registered_names(LANDSCAPE_LEARNERS))
def test_every_registered_learner_conforms(name):
    check_landscape_learner(load_class(LANDSCAPE_LEARNERS, name), *QUICK[name])


def test_a_learner_of_a_third_party_conforms():
    check_landscape_learner(ParabolaLearner, {}, {})


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (AcceptsAnySetting, "accepts an unknown setting"),
        (AcceptsAnySearchSetting, "search accepts an unknown setting"),
        (DrawsWithoutTheSeed, "gives two models"),
        (ChangesTheLabels, "changes the arrays"),
        (TakesAnyPoints, "fit accepts a missing coordinate"),
        (HasNoScores, "does not return scores that are finite"),
        (KeepsNoTrials, "no table of trials"),
        (SearchesWithoutACommittee, "has no committee"),
        (learner_of(HalfTheGradient), "mu of .* is not the gradient of g"),
        (learner_of(HalfTheHessian), "the Hessian of .* is not the gradient of mu"),
        (learner_of(NotAnchored), "not 0 at the origin"),
        (learner_of(LooksAtOtherRows), "depends on other rows"),
        (learner_of(AcceptsNan), "accepts NaN"),
        (learner_of(AcceptsFewerColumns), "accepts a missing column"),
        (learner_of(ForgetsTheCommittee), "another one after it was written and read"),
        (learner_of(Pickles), "is pickled"),
        (learner_of(OtherDerivatives), "are not its g, mu and Hessian"),
        (learner_of(AnotherSpread), "not the spread of g"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_learner_is_caught(cls, message):
    with pytest.raises(AssertionError, match=message):
        check_landscape_learner(cls, {}, {})


def test_points_are_checked_before_any_learner_sees_them():
    with pytest.raises(InputError, match="not finite"):
        TrainingPoints(["a"], np.full((1, 2), np.nan), np.ones((1, 2)), np.ones(1))
