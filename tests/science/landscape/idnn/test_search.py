from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn import search as search_module
from aiida_matal.science.landscape.idnn.learner import IdnnLearner
from aiida_matal.science.landscape.idnn.search import draw
from aiida_matal.science.landscape.idnn.settings import IdnnSearchSettings, IdnnSettings
from aiida_matal.science.landscape.mean_field import MeanFieldModel
from aiida_matal.science.landscape.model import TrainingPoints

pytest.importorskip("jax")
#: Networks of one shape, so that they are compiled once.
BASE = {"layers": 1, "neurons": 8, "activation": "tanh", "batch_size": 20}
SAME = {
    "layers": [1, 1],
    "neurons": [8, 8],
    "activations": ["tanh"],
    "optimisers": ["adam"],
    "dropout": [0.0, 0.0],
    "batch_sizes": [20],
    "learning_rate": [1e-4, 3e-2],
}


@pytest.fixture(scope="module")
def points(fcc):
    eta = np.random.default_rng(0).uniform(0.02, 0.98, size=(100, 4)) @ fcc.order_parameters.Q.T
    return TrainingPoints([str(row) for row in range(100)], eta, MeanFieldModel(fcc, 1500.0).mu(eta), np.ones(100))


@pytest.fixture(scope="module")
def found(points, fcc):
    return IdnnLearner({**BASE, "epochs": 8}).search(points, fcc, 1, {**SAME, "n_trials": 4})


@given(st.integers(0, 2**32 - 1))
def test_settings_are_drawn_within_the_limits(seed):
    search = IdnnSearchSettings(learning_rate=(1e-3, 2e-3), dropout=(0.1, 0.2), layers=(2, 3), neurons=(7, 7))
    drawn = draw(IdnnSettings(epochs=77), search, np.random.default_rng(seed))
    assert IdnnSettings.parse(drawn.as_dict(), "settings") == drawn
    assert drawn.epochs == 77
    assert drawn.layers in (2, 3)
    assert drawn.neurons == 7
    assert 1e-3 <= drawn.learning_rate <= 2e-3
    assert 0.1 <= drawn.dropout <= 0.2
    assert drawn.batch_size in search.batch_sizes


def test_learning_rates_are_even_on_a_logarithmic_scale():
    search, rng = IdnnSearchSettings(learning_rate=(1e-4, 1e-2)), np.random.default_rng(0)
    rates = [draw(IdnnSettings(), search, rng).learning_rate for _ in range(400)]
    assert np.mean(np.array(rates) < 1e-3) == pytest.approx(0.5, abs=0.08)


def test_the_hyper_parameters_so_far_are_among_those_tried(found):
    names = ("layers", "neurons", "activation", "dropout", "optimiser", "learning_rate", "batch_size", "patience")
    assert {name: found.trials[name][0] for name in names} == {
        name: value for name, value in IdnnSettings(**BASE).as_dict().items() if name in names
    }
    assert len(set(found.trials["learning_rate"])) == 4


def test_the_best_trial_is_the_model(found, points, fcc):
    trials = found.trials
    best = int(np.argmin(trials["validation_loss"]))
    assert trials["rank"][best] == 0
    np.testing.assert_array_equal(np.argsort(trials["validation_loss"]), np.argsort(trials["rank"]))
    assert found.settings["learning_rate"] == trials["learning_rate"][best]
    assert found.history["validation_loss"].min() == trials["validation_loss"][best]
    assert found.scores["validation_rmse"] == pytest.approx(np.sqrt(trials["validation_loss"][best]) / 100, rel=1e-4)
    assert len(set(trials["validation_loss"])) == 4


def test_the_other_trials_are_the_committee(found, points):
    assert len(found.model.members) == 4
    np.testing.assert_array_equal(found.model.members[0].mu(points.eta), found.model.mu(points.eta))
    errors = [((member.mu(points.eta) - points.mu) ** 2).mean() for member in found.model.members]
    assert errors[0] < errors[-1]
    assert (found.model.predict(points.eta).error > 0).all()


def test_a_committee_can_be_small(points, fcc, found):
    again = IdnnLearner({**BASE, "epochs": 8}).search(points, fcc, 1, {**SAME, "n_trials": 4, "n_members": 2})
    assert len(again.model.members) == 2
    assert again.trials == found.trials
    np.testing.assert_array_equal(again.model.members[1].mu(points.eta), found.model.members[1].mu(points.eta))


def test_trials_that_diverge_are_left_out(points, fcc, monkeypatch):
    train = search_module.train
    calls = []

    def sometimes(training, validation, settings, seed, report):
        calls.append(seed)
        trained = train(training, validation, settings, seed, report)
        return trained if len(calls) != 2 else search_module.Trained(trained.network, np.inf, trained.history)

    monkeypatch.setattr(search_module, "train", sometimes)
    result = IdnnLearner({**BASE, "epochs": 2}).search(points, fcc, 1, {**SAME, "n_trials": 3})
    assert result.trials["rank"][1] == -1
    assert np.isnan(result.trials["validation_loss"][1])
    assert len(result.model.members) == 2


def test_a_search_in_which_all_diverge_is_refused(points, fcc):
    huge = TrainingPoints(points.ids, points.eta, points.mu * 1e30, points.weights)
    with pytest.raises(InputError, match="every training diverged"):
        IdnnLearner({**BASE, "epochs": 2}).search(huge, fcc, 1, {**SAME, "n_trials": 2})


def test_each_trial_is_told(points, fcc):
    lines = []
    IdnnLearner({**BASE, "epochs": 2}).search(points, fcc, 1, {**SAME, "n_trials": 2}, lines.append)
    assert [line.split(": epoch 1")[0] for line in lines] == ["trial 1 of 2", "trial 2 of 2"]
