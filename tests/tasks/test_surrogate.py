"""Labels that the worker takes from a stored free energy."""

from __future__ import annotations

import json

import numpy as np
import pytest

from aiida_matal.science.landscape.columns import MU, candidate_table, vector
from aiida_matal.science.landscape.idnn.inputs import Inputs
from aiida_matal.science.landscape.idnn.model import IdnnModel
from aiida_matal.science.landscape.idnn.network import Network
from aiida_matal.science.landscape.polynomials import Polynomials
from aiida_matal.science.learning.model_files import ModelCard, write_model
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.table import Table
from aiida_matal.tasks.main import main


@pytest.fixture
def model():
    """A network with random weights, of the composition and one squared order parameter."""
    rng = np.random.default_rng(2)
    network = Network([rng.normal(size=(2, 4)), rng.normal(size=(4, 1))], [rng.normal(size=4)], "tanh")
    polynomials = Polynomials(np.array([[2]]), np.array([[1.0]]))
    return IdnnModel(Inputs(polynomials, Standardisation(np.zeros(2), np.ones(2))), (network,))


@pytest.fixture
def candidates():
    wanted = np.array([[0.5, 0.1], [0.4, -0.2]])
    return candidate_table(["a", "b"], ["vertices"] * 2, wanted, wanted)


@pytest.fixture
def surrogate_folder(write_task, tmp_path, model, candidates):
    """Return a function that writes a task folder with the model."""

    def write(settings, models=("model",), kind="idnn"):
        card = ModelCard(kind=kind, features=["eta_0", "eta_1"], target="free_energy", unit="eV")
        write_model(tmp_path / "model", model, card)
        return write_task("surrogate", settings, dict.fromkeys(models, "model"), candidates=candidates)

    return write


def test_labels_are_the_gradient_of_the_stored_model(surrogate_folder, model):
    folder = surrogate_folder({"seed": 1})
    assert main([str(folder)]) == 0, (folder / "result.json").read_text()
    labels = Table.read(folder / "labels.npz")
    np.testing.assert_array_equal(vector(labels, MU), model.mu([[0.5, 0.1], [0.4, -0.2]]))
    assert json.loads((folder / "result.json").read_text())["values"] == {"n_labels": 2, "n_failed": 0}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({"seed": 1, "noise": -0.1},), "settings.noise: -0.1 is refused"),
        (({},), "settings.seed: '(missing)' is refused"),
        (({"seed": 1}, ()), "'model' is missing"),
        (({"seed": 1}, ("model",), "gaussian_process"), "'gaussian_process' is refused: it is not registered"),
    ],
)
def test_wrong_settings_and_models_are_refused(surrogate_folder, arguments, message):
    folder = surrogate_folder(*arguments)
    assert main([str(folder)]) == 2
    assert message in json.loads((folder / "result.json").read_text())["message"]
