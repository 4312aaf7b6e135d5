from __future__ import annotations

import pickle

import numpy as np
import pytest

from aiida_matal.science.learning.base import Learner, Model, Prediction, as_features, as_training_data
from aiida_matal.science.learning.search_space import Range
from aiida_matal.science.registry import LEARNERS, load_class, registered_names
from aiida_matal.science.settings import Settings
from aiida_matal.testing import check_learner


class MeanModel(Model):
    def __init__(self, mean, n_columns):
        self.mean, self.n_columns = mean, n_columns

    def predict(self, features):
        return Prediction(np.full(len(as_features(features, self.n_columns)), self.mean))

    def write(self, folder):
        (folder / "mean.txt").write_text(f"{self.mean!r} {self.n_columns}")

    @classmethod
    def read(cls, folder):
        mean, n_columns = (folder / "mean.txt").read_text().split()
        return cls(float(mean), int(n_columns))


class MeanSettings(Settings):
    pass


class MeanLearner(Learner):
    Settings = MeanSettings
    model_class = MeanModel

    def fit(self, features, target, *, target_error, seed):
        points, values, _ = as_training_data(features, target, target_error)
        return self.model_class(float(values.mean()), points.shape[1])


class AnySettings(Settings, extra="ignore"):
    pass


class AcceptsAnySetting(MeanLearner):
    Settings = AnySettings


class DrawsWithoutTheSeed(MeanLearner):
    def fit(self, features, target, *, target_error, seed):
        model = super().fit(features, target, target_error=target_error, seed=seed)
        return MeanModel(model.mean + np.random.default_rng().normal(), model.n_columns)


class SortsTheTarget(MeanLearner):
    def fit(self, features, target, *, target_error, seed):
        model = super().fit(features, target, target_error=target_error, seed=seed)
        target.sort()
        return model


class AcceptsNan(MeanLearner):
    def fit(self, features, target, *, target_error, seed):
        return super().fit(np.nan_to_num(features), target, target_error=target_error, seed=seed)


class RaisesItsOwnError(MeanLearner):
    def fit(self, features, target, *, target_error, seed):
        if np.isnan(features).any():
            raise RuntimeError("no NaN please")
        return super().fit(features, target, target_error=target_error, seed=seed)


class DividesByTheSpread(MeanLearner):
    def fit(self, features, target, *, target_error, seed):
        model = super().fit(features, target, target_error=target_error, seed=seed)
        spread = np.ptp(target)
        return MeanModel(model.mean / spread if spread else np.nan, model.n_columns)


def learner_of(model):
    return type(f"LearnerOf{model.__name__}", (MeanLearner,), {"model_class": model})


class LooksAtTheOtherRows(MeanModel):
    def predict(self, features):
        points = as_features(features, self.n_columns)
        return Prediction(points[:, 0] - points[:, 0].mean())


class AcceptsMissingColumns(MeanModel):
    def predict(self, features):
        return Prediction(np.full(len(as_features(features)), self.mean))


class RoundsInTheFile(MeanModel):
    def write(self, folder):
        (folder / "mean.txt").write_text(f"{self.mean:.2f} {self.n_columns}")


class Pickles(MeanModel):
    def write(self, folder):
        (folder / "mean.txt").write_bytes(pickle.dumps(self))


class CannotBeTuned(MeanLearner):
    search_space = {"shrinkage": Range(0.0, 1.0)}


class NegativeImportance(MeanModel):
    def importance(self):
        return np.full(self.n_columns, -1.0)


class NegativeError(MeanModel):
    def predict(self, features):
        mean = super().predict(features).mean
        return Prediction(mean, mean - mean.max() - 1)


@pytest.mark.parametrize("name", registered_names(LEARNERS))
def test_every_registered_learner_conforms(name):
    check_learner(load_class(LEARNERS, name), {})


def test_a_learner_of_a_third_party_conforms():
    check_learner(MeanLearner, {})


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (AcceptsAnySetting, "accepts an unknown setting"),
        (DrawsWithoutTheSeed, "gives two models"),
        (SortsTheTarget, "changes the arrays"),
        (AcceptsNan, "accepts NaN in the features"),
        (RaisesItsOwnError, "RuntimeError instead of InputError"),
        (CannotBeTuned, "refuses a limit of its search space: .*shrinkage"),
        (DividesByTheSpread, "cannot learn from a constant target"),
        (learner_of(LooksAtTheOtherRows), "depends on other rows"),
        (learner_of(AcceptsMissingColumns), "accepts a missing column"),
        (learner_of(RoundsInTheFile), "after it was written and read"),
        (learner_of(Pickles), "is pickled"),
        (learner_of(NegativeImportance), "not one non-negative number a feature"),
        (learner_of(NegativeError), "not one non-negative number a row"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_learner_is_caught(cls, message):
    with pytest.raises(AssertionError, match=message):
        check_learner(cls, {})
