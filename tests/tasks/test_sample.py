from __future__ import annotations

import json

import numpy as np
import pytest

from aiida_matal.science.landscape.columns import KAPPA, MU, WANTED, vector
from aiida_matal.science.landscape.sampling.bias import bias_centres, trusted_mu
from aiida_matal.science.landscape.sampling.regions import TestSetSettings, design_test_set
from aiida_matal.science.landscape.sampling.sample import sample
from aiida_matal.science.landscape.sampling.settings import SamplingSettings
from aiida_matal.science.landscape.training import LandscapeLearnerSettings, train_landscape
from aiida_matal.science.learning.model_files import write_model
from aiida_matal.science.table import Table
from aiida_matal.tasks.main import main

PHI = {"composition": 50.0, "order": 0.05}
STRENGTH = np.array([50.0, 0.05, 0.05, 0.05])
SAMPLING = {
    "criteria": {"billiard_walk": {"n_points": 30}, "high_error": {"n_points": 4, "replicas": 2}},
    "reweighting": {"alpha": 10.0, "floor": 1},
    "explored_points": 200,
}


def run(folder):
    status = main([str(folder)])
    return status, json.loads((folder / "result.json").read_text())


@pytest.fixture
def trained(fcc, landscape_dataset):
    learner = LandscapeLearnerSettings(name="idnn", settings={"layers": 1, "neurons": 6, "epochs": 10})
    return train_landscape(landscape_dataset, learner, fcc, 2)


@pytest.fixture
def settings(fcc):
    return {"system": fcc.settings.as_dict(), "sampling": SAMPLING, "phi": PHI, "seed": 5}


def test_a_first_round_is_that_of_the_function_that_samples(write_task, fcc, settings):
    folder = write_task("sample", settings)
    status, result = run(folder)
    expected = sample(fcc, SamplingSettings.parse(SAMPLING, "sampling"), 0, 5, phi=STRENGTH)
    assert status == 0
    assert result["values"] == expected.summary
    assert Table.read(folder / "decision.npz") == expected.decision
    assert Table.read(folder / "candidates.npz") == expected.candidates


def test_a_later_round_has_models_labels_and_weights(write_task, fcc, settings, trained, landscape_dataset, tmp_path):
    write_model(tmp_path / "model", trained.model, trained.card)
    settings |= {"round": 1, "weights": {"billiard_walk": 0.5, "high_error": 1.5}}
    models = {"model": "model", "previous_model": "model"}
    folder = write_task("sample", settings, models, dataset=landscape_dataset)
    _, result = run(folder)
    weights = settings["weights"]
    expected = sample(
        fcc,
        SamplingSettings.parse(SAMPLING, "sampling"),
        1,
        5,
        phi=STRENGTH,
        dataset=landscape_dataset,
        model=trained.model,
        previous_model=trained.model,
        previous_weights=weights,
    )
    assert result["values"] == expected.summary
    assert {name: result["values"][f"weight_{name}"] for name in weights} == weights
    candidates = Table.read(folder / "candidates.npz")
    assert candidates == expected.candidates
    eta, kappa = vector(candidates, WANTED), vector(candidates, KAPPA)
    labels = landscape_dataset.take(landscape_dataset["status"] == "ok")
    expected = bias_centres(eta, STRENGTH, trained.model, trusted_mu(vector(labels, MU)))
    np.testing.assert_allclose(kappa, expected, rtol=1e-12, atol=1e-12)


def test_a_test_set_is_designed_by_region(write_task, fcc, settings):
    design = {"temperature": 900.0, "n_points": {"BW": 6, "wells": 3}, "explored_points": 100}
    del settings["sampling"]
    folder = write_task("sample", settings | {"test_design": design})
    _, result = run(folder)
    expected = design_test_set(fcc, TestSetSettings(**design), STRENGTH, 5)
    assert result["values"] == {"n_candidates": 9, "n_BW": 6, "n_wells": 3}
    assert set(result["tables"]) == {"candidates"}
    assert Table.read(folder / "candidates.npz") == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sampling": None}, "it needs either sampling or test_design"),
        ({"test_design": {"temperature": 900.0}}, "it needs either sampling or test_design"),
        ({"sampling": {"criteria": {"wells": {}}}}, "settings.sampling.criteria: 'wells' is refused"),
        ({"phi": {"composition": 0.0, "order": 1.0}}, "settings.phi.composition: 0.0 is refused"),
        ({"round": -1}, "settings.round: -1 is refused"),
    ],
)
def test_wrong_settings_are_refused(write_task, settings, change, message):
    status, result = run(write_task("sample", settings | change))
    assert status == 2
    assert message in result["message"]
