from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner
from aiida_matal.science.learning.model_files import ModelCard
from aiida_matal.science.mixing.pool import mixing_pool
from aiida_matal.science.mixing.predictions import PredictionSpace, predict_binaries, predictable

FEATURES = ["mean_group", "avg_dev_electronegativity"]


@pytest.fixture
def points():
    return mixing_pool(PredictionSpace(elements=["Al", "Cu", "S"]))


def make_card(**changes):
    return ModelCard(kind="gaussian_process", features=FEATURES, target="enthalpy_of_mixing", unit="kJ/mol", **changes)


@pytest.fixture
def model(points):
    learner = GaussianProcessLearner({"n_restarts": 0})
    return learner.fit(points.matrix(FEATURES)[::5], points["x_b"][::5], target_error=None, seed=0)


def test_default_compositions_are_nineteen_in_steps_of_a_twentieth(points):
    assert points["x_b"][:19] == pytest.approx(np.arange(1, 20) / 20, abs=1e-15)
    assert len(points) == 3 * 19


def test_points_without_a_baseline_cannot_be_predicted(points):
    assert predictable(points, make_card()).all()
    can = predictable(points, make_card(baseline="miedema_enthalpy"))
    assert (can == (points["system"] == "Al-Cu")).all()


def test_predictions_come_with_error_baseline_and_domain(points, model):
    domain = {"mean_group": (12.0, 13.0), "avg_dev_electronegativity": (0.0, 9.0)}
    table = predict_binaries(points, model, make_card(domain=domain))
    expected = model.predict(points.matrix(FEATURES))
    assert (table["predicted"] == expected.mean).all()
    assert (table["predicted_error"] == expected.error).all()
    assert np.isnan(table["baseline"]).all()
    assert (table["inside_domain"] == ((points["mean_group"] >= 12) & (points["mean_group"] <= 13))).all()
    assert {column.unit for name, column in table.columns.items() if name.startswith("predicted")} == {"kJ/mol"}


def test_no_points_are_refused(points, model):
    with pytest.raises(InputError, match="none has all features and the baseline of the model"):
        predict_binaries(points.take([]), model, make_card())
