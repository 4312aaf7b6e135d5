"""Points labelled by a stored free energy in place of Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.orm import CalcJobNode, Dict

from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import ETA, MU, candidate_table, vector
from aiida_matal.science.landscape.idnn.inputs import Inputs
from aiida_matal.science.landscape.idnn.model import IdnnModel
from aiida_matal.science.landscape.idnn.network import Network
from aiida_matal.science.landscape.polynomials import Polynomials
from aiida_matal.science.landscape.surrogate import SurrogateSettings, surrogate_labels
from aiida_matal.science.learning.model_files import ModelCard, write_model
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.table import Table
from aiida_matal.workflows.oracles.landscape_model import LandscapeModelWorkChain

SETTINGS = {"noise": 0.002, "seed": 4}


@pytest.fixture
def model():
    """A network with random weights, of the composition and one squared order parameter."""
    rng = np.random.default_rng(2)
    network = Network([rng.normal(size=(2, 4)), rng.normal(size=(4, 1))], [rng.normal(size=4)], "tanh")
    polynomials = Polynomials(np.array([[2]]), np.array([[1.0]]))
    return IdnnModel(Inputs(polynomials, Standardisation(np.zeros(2), np.ones(2))), (network,))


def points(d=2):
    wanted = np.random.default_rng(0).uniform(size=(5, d))
    return candidate_table([f"p{row}" for row in range(5)], ["billiard_walk"] * 5, wanted, wanted + 0.1)


@pytest.fixture
def inputs(task_code, model, tmp_path):
    card = ModelCard(kind="idnn", features=["eta_0", "eta_1"], target="free_energy", unit="eV")
    write_model(tmp_path / "model", model, card)
    return {
        "code": task_code,
        "model": ModelData.from_folder(tmp_path / "model", {}),
        "settings": Dict(SETTINGS),
        "candidates": TableData(points(), role="candidates"),
    }


def test_labels_are_those_of_the_model_with_the_job_as_evidence(inputs, model):
    outputs, node = run_get_node(LandscapeModelWorkChain, **inputs)
    assert node.is_finished_ok, node.exit_message
    assert outputs["labels"].role == "labels"
    labels = outputs["labels"].table
    expected = surrogate_labels(points(), model, SurrogateSettings.parse(SETTINGS, "settings"))
    (job,) = [called for called in node.called if isinstance(called, CalcJobNode)]
    assert labels["evidence"].tolist() == [job.uuid] * 5
    names = [name for name in labels.names if name != "evidence"]
    assert labels.select(names) == expected.select(names)
    np.testing.assert_array_equal(vector(labels, ETA), vector(points(), "wanted_eta"))
    assert 0 < np.abs(vector(labels, MU) - model.mu(vector(labels, ETA))).max() < 5 * 0.002
    assert LandscapeModelWorkChain.get_quantity(inputs) == MU


def test_job_that_fails_ends_the_oracle_with_the_reason(inputs, aiida_code_installed, localhost):
    inputs["code"] = aiida_code_installed(computer=localhost, filepath_executable="/bin/false")
    _, node = run_get_node(LandscapeModelWorkChain, **inputs)
    assert node.exit_status == 310
    assert "The job that evaluates the model failed: SurrogateCalculation<" in node.exit_message


@pytest.mark.parametrize(
    ("settings", "d", "message"),
    [
        ({"seed": 1, "nois": 0.1}, 2, "oracle.settings.nois: 0.1 is refused: the key is unknown. Did you mean 'noise'"),
        ({"seed": 1}, 7, "candidates.wanted_eta: 7 is refused: the system has 2 components"),
    ],
)
def test_wrong_settings_and_points_are_refused(inputs, settings, d, message):
    with pytest.raises(InputError, match=message):
        LandscapeModelWorkChain.check_inputs({**inputs, "settings": Dict(settings)}, points(d))


def test_good_inputs_are_accepted_before_there_are_points(inputs):
    LandscapeModelWorkChain.check_inputs(inputs, Table({}, {}))
