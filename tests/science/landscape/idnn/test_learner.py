from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn import training
from aiida_matal.science.landscape.idnn.data import training_data
from aiida_matal.science.landscape.idnn.learner import IdnnLearner
from aiida_matal.science.landscape.mean_field import MeanFieldModel
from aiida_matal.science.landscape.model import TrainingPoints
from aiida_matal.science.registry import LANDSCAPE_LEARNERS, load_class

pytest.importorskip("jax")
SMALL = {"layers": 2, "neurons": 32, "batch_size": 100, "learning_rate": 5e-3, "patience": 20}


def labelled(eta, mu):
    return TrainingPoints([f"point-{row}" for row in range(len(eta))], eta, mu, np.ones(len(eta)))


@pytest.fixture(scope="module")
def spread(fcc):
    """Points that fill the polytope of four sublattices."""
    occupations = np.random.default_rng(0).uniform(0.02, 0.98, size=(1200, 4))
    return occupations @ fcc.order_parameters.Q.T


@pytest.fixture(scope="module")
def mean_field(fcc):
    return MeanFieldModel(fcc, 1500.0)


def test_it_is_registered():
    assert load_class(LANDSCAPE_LEARNERS, "idnn") is IdnnLearner


def test_it_learns_a_polynomial_of_the_invariants_of_the_zig_zag(zigzag, inside):
    eta = inside(zigzag, 1000)
    factors = np.random.default_rng(1).normal(size=12)
    factors[1:] *= 0.3 / zigzag.invariants.values(eta)[:, 1:].std(axis=0)

    def g(points):
        h = zigzag.invariants.values(points)
        return 0.02 * (h @ factors + h[:, 0] ** 2)

    def mu(points):
        jacobian = zigzag.invariants.jacobian(points)
        slope = factors + np.outer(2 * points[:, 0], np.eye(12)[0])
        return 0.02 * np.einsum("nh,nhd->nd", slope, jacobian)

    result = IdnnLearner({**SMALL, "epochs": 150}).fit(labelled(eta[:800], mu(eta[:800])), zigzag, seed=1)
    new = eta[800:]
    assert np.sqrt(((result.model.mu(new) - mu(new)) ** 2).mean()) < 0.1 * np.sqrt((mu(new) ** 2).mean())
    wrong = result.model.g(new) - (g(new) - g(np.zeros((1, 7))))
    assert wrong.std() < 0.05 * g(new).std()


def test_it_learns_a_mean_field_free_energy_from_its_gradient(fcc, mean_field, spread):
    settings = {**SMALL, "epochs": 200, "ideal_mixing": 1500.0}
    result = IdnnLearner(settings).fit(labelled(spread[:1000], mean_field.mu(spread[:1000])), fcc, seed=1)
    new = spread[1000:]
    wrong = result.model.g(new) - mean_field.g(new)
    # g is 0 at the origin, far from the points: the mean error is what goes wrong on the way there.
    assert abs(wrong.mean()) < 0.01
    assert wrong.std() < 0.015 * mean_field.g(new).std()
    squared = (result.model.mu(new) - mean_field.mu(new)) ** 2
    assert result.scores["validation_rmse"] == pytest.approx(np.sqrt(squared.mean()), rel=1)
    assert result.scores["validation_rmse"] < 2e-3


def test_the_losses_are_those_of_the_model(fcc, mean_field, spread):
    points = labelled(spread[:300], mean_field.mu(spread[:300]))
    result = IdnnLearner({**SMALL, "epochs": 5}).fit(points, fcc, seed=1)
    held_back = training_data(points, fcc, 0.2, None, seed=1).validation_rows
    errors = 100 * (result.model.mu(points.eta) - points.mu)[held_back]
    assert result.history["validation_loss"].min() == pytest.approx((errors**2).mean(), rel=1e-4)
    assert result.scores["validation_rmse"] == pytest.approx(np.sqrt((errors**2).mean()) / 100)
    assert result.history["epoch"].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("optimiser", "dropout"), [("adam", 0.0), ("nadam", 0.1), ("rmsprop", 0.1)])
def test_the_same_seed_gives_the_same_network(fcc, mean_field, spread, optimiser, dropout):
    points = labelled(spread[:300], mean_field.mu(spread[:300]))
    learner = IdnnLearner({**SMALL, "epochs": 10, "optimiser": optimiser, "dropout": dropout})
    first, again, other = (learner.fit(points, fcc, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.model.mu(spread), again.model.mu(spread))
    assert first.history == again.history
    assert not np.array_equal(first.model.mu(spread), other.model.mu(spread))
    assert first.history["loss"][-1] < 0.8 * first.history["loss"][0]


def test_the_network_does_not_depend_on_the_number_of_threads(tmp_path):
    script = """
import sys, numpy as np
from aiida_matal.science.landscape.idnn.data import Samples
from aiida_matal.science.landscape.idnn.settings import IdnnSettings
from aiida_matal.science.landscape.idnn.training import train
rng = np.random.default_rng(0)
values, tangents, targets = (rng.normal(size=(4000, *shape)) for shape in ((12,), (7, 12), (7,)))
samples = Samples(values, tangents, targets, np.ones(4000))
settings = IdnnSettings(layers=2, neurons=128, batch_size=2000, epochs=2)
np.save(sys.argv[1], train(samples, samples, settings, 1, print).network.weights[1])
"""
    for threads in ("1", "4"):
        command = [sys.executable, "-c", script, str(tmp_path / threads)]
        subprocess.run(command, check=True, env={**os.environ, "NPROC": threads}, capture_output=True)
    np.testing.assert_array_equal(np.load(tmp_path / "1.npy"), np.load(tmp_path / "4.npy"))


def test_training_ends_where_the_loss_stops_falling_and_keeps_the_best(fcc, mean_field, spread):
    points = labelled(spread[:60], mean_field.mu(spread[:60]))
    settings = {**SMALL, "epochs": 400, "patience": 4, "learning_rate": 0.02}
    result = IdnnLearner(settings).fit(points, fcc, seed=1)
    losses = result.history["validation_loss"]
    assert len(losses) < 400
    assert losses.argmin() == len(losses) - 1 - 8
    assert result.history["learning_rate"][-1] < 0.02
    assert result.scores["validation_rmse"] == pytest.approx(np.sqrt(losses.min()) / 100, rel=1e-4)


def test_heavier_points_are_learned_better(fcc, spread):
    # Two halves with labels that contradict each other: the weights decide which one is believed.
    mu = np.zeros((300, 4))
    mu[::2, 0], mu[1::2, 0] = 0.1, -0.1
    eta = np.repeat(spread[:150], 2, axis=0)
    weights = np.where(np.arange(300) % 2 == 0, 9.0, 1.0)
    points = TrainingPoints([str(row) for row in range(300)], eta, mu, weights)
    result = IdnnLearner({**SMALL, "epochs": 60}).fit(points, fcc, seed=1)
    assert result.model.mu(eta)[:, 0].mean() == pytest.approx(0.08, abs=0.01)


def test_points_are_learned_in_any_number(fcc, mean_field, spread):
    for n in (2, 3, 101):
        points = labelled(spread[:n], mean_field.mu(spread[:n]))
        result = IdnnLearner({**SMALL, "epochs": 2}).fit(points, fcc, seed=1)
        assert np.isfinite(result.model.mu(spread)).all()


def test_a_training_that_diverges_is_refused(fcc, spread):
    points = labelled(spread[:60], np.full((60, 4), 1e30))
    with pytest.raises(InputError, match="diverged"):
        IdnnLearner({**SMALL, "epochs": 3}).fit(points, fcc, seed=1)


def test_progress_is_told(fcc, mean_field, spread, monkeypatch):
    monkeypatch.setattr(training, "SECONDS_BETWEEN_REPORTS", 0.0)
    lines = []
    points = labelled(spread[:300], mean_field.mu(spread[:300]))
    result = IdnnLearner({**SMALL, "epochs": 3}).fit(points, fcc, 1, lines.append)
    assert len(lines) == 3
    held_back = 10 * np.sqrt(result.history["validation_loss"][2])
    assert lines[2].startswith("epoch 2: error ")
    assert f"on points held back {held_back:.3g} meV, learning rate 5.0e-03" in lines[2]


def test_without_jax_it_says_what_to_install(fcc, mean_field, spread, monkeypatch):
    from aiida_matal.science.landscape.idnn import backend

    def missing(module, extra, needed_by):
        raise InputError(needed_by, module, "the library is not installed", f"Install {extra}.")

    backend.start_jax.cache_clear()
    monkeypatch.setattr(backend, "require", missing)
    points = labelled(spread[:60], mean_field.mu(spread[:60]))
    with pytest.raises(InputError, match="the learner idnn: 'jax' is refused: the library is not installed"):
        IdnnLearner(SMALL).fit(points, fcc, seed=1)
