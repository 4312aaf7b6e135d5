from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Prediction
from aiida_matal.science.learning.committee import CommitteeLearner, CommitteeModel
from aiida_matal.science.learning.cross_validation import cross_validate
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner
from aiida_matal.science.learning.lightgbm import LightGBMLearner, LightGBMModel
from aiida_matal.science.learning.metrics import regression_metrics
from aiida_matal.science.mixing.binaries import MIEDEMA, binary_table
from aiida_matal.science.mixing.features import FEATURES
from aiida_matal.workflows.protocols.protocol import Protocols

MEMBERS = {"lightgbm": {"num_boost_round": 20}, "gaussian_process": {"length_scale": 3.0, "label_noise": 0.1}}


class Says(LightGBMModel):
    def __init__(self, mean, error):
        self.mean, self.error = mean, error

    def predict(self, features):
        n = len(features)
        return Prediction(np.full(n, self.mean), None if self.error is None else np.full(n, self.error))

    def importance(self):
        return None


def test_the_mean_and_the_variance_are_those_of_the_mixture():
    model = CommitteeModel({"a": Says(1.0, 3.0), "b": Says(5.0, 1.0), "c": Says(3.0, None)})
    prediction = model.predict(np.zeros((2, 1)))
    assert prediction.mean.tolist() == [3.0, 3.0]
    assert prediction.error == pytest.approx([np.sqrt(8 / 3 + 5.0)] * 2)
    assert model.importance() is None


def test_each_member_is_fitted_as_it_would_be_alone():
    features = np.random.default_rng(0).normal(size=(60, 2))
    target = features[:, 0] ** 2
    model = CommitteeLearner({"members": MEMBERS}).fit(features, target, target_error=None, seed=4)
    trees = LightGBMLearner(MEMBERS["lightgbm"]).fit(features, target, target_error=None, seed=4)
    process = GaussianProcessLearner(MEMBERS["gaussian_process"]).fit(features, target, target_error=None, seed=4)
    expected = (trees.predict(features).mean + process.predict(features).mean) / 2
    assert np.array_equal(model.predict(features).mean, expected)
    assert np.array_equal(model.importance(), trees.importance())


def test_features_are_ranked_by_the_first_member_and_settings_of_all_are_tuned():
    learner = CommitteeLearner({"members": MEMBERS})
    assert isinstance(learner.ranker(), LightGBMLearner)
    assert learner.ranker().settings.num_boost_round == 20
    assert {"members.lightgbm.num_leaves", "members.gaussian_process.label_noise"} <= set(learner.search_space)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"lightgbm": {}}, "two members or more"),
        ({"lightgbm": {}, "committee": {}}, "none of them a committee"),
        ({"lightgbm": {}, "neural": {}}, "'neural' is refused: it is not registered"),
        ({"lightgbm": {"leaves": 3}, "gaussian_process": {}}, "leaves"),
    ],
)
def test_members_that_cannot_be_are_refused(members, message):
    with pytest.raises(InputError, match=message):
        CommitteeLearner({"members": members})


@pytest.fixture(scope="module")
def open_systems(matal_data):
    """Enthalpies of mixing of 160 liquid binaries from assessments, with the features and Miedema's value."""
    import pandas as pd

    frame = pd.read_csv(matal_data / "liquid_enthalpy" / "liquid_dHmix_one_per_system.csv")
    names = (frame[column].to_numpy(dtype=str) for column in "AB")
    return binary_table(*names, frame["x_B"], frame["T_K"]), frame["dHmix_kJ_mol"].to_numpy()


@pytest.mark.parametrize(
    ("without", "seeds", "largest", "miedema"), [("", (1,), 9.3, 12.6), ("BC", (1, 2, 3), 6.3, 7.48)]
)
def test_the_protocol_beats_miedema_on_open_assessments(open_systems, without, seeds, largest, miedema):
    # A guard against regressions: the settings were chosen with these seeds, and other seeds scatter by 0.15 kJ/mol.
    table, enthalpy = open_systems
    kept = np.array([not set(without) & set(system.split("-")) for system in table["system"].tolist()])
    table, enthalpy = table.take(kept), enthalpy[kept]
    settings = Protocols("nested_training").inputs("quick", None)["learner"]["settings"]
    features, baseline = table.matrix([*FEATURES, MIEDEMA]), table[MIEDEMA]
    errors = []
    for seed in seeds:
        learner = CommitteeLearner(settings)
        found = cross_validate(learner, features, enthalpy - baseline, None, table["system"], 12, seed)
        errors.append(regression_metrics(enthalpy, found.mean + baseline)["rmse"])
    assert regression_metrics(enthalpy, baseline)["rmse"] == pytest.approx(miedema, abs=0.05)
    assert np.mean(errors) < largest
