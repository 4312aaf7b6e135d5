from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import Dict

from aiida_matal.calculations.landscape.surrogate import SurrogateCalculation
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.landscape.columns import MU, candidate_table, vector
from aiida_matal.science.landscape.idnn.inputs import Inputs
from aiida_matal.science.landscape.idnn.model import IdnnModel
from aiida_matal.science.landscape.idnn.network import Network
from aiida_matal.science.landscape.polynomials import Polynomials
from aiida_matal.science.learning.model_files import ModelCard, write_model
from aiida_matal.science.learning.standardisation import Standardisation


@pytest.fixture
def model():
    """A network with random weights, of the composition and one squared order parameter."""
    rng = np.random.default_rng(2)
    network = Network([rng.normal(size=(2, 4)), rng.normal(size=(4, 1))], [rng.normal(size=4)], "tanh")
    polynomials = Polynomials(np.array([[2]]), np.array([[1.0]]))
    return IdnnModel(Inputs(polynomials, Standardisation(np.zeros(2), np.ones(2))), (network,))


@pytest.fixture
def inputs(task_code, model, tmp_path):
    card = ModelCard(kind="idnn", features=["eta_0", "eta_1"], target="free_energy", unit="eV")
    write_model(tmp_path / "model", model, card)
    wanted = np.array([[0.5, 0.1], [0.4, -0.2]])
    return {
        "code": task_code,
        "model": ModelData.from_folder(tmp_path / "model", {}),
        "settings": Dict({"seed": 4}),
        "candidates": TableData(candidate_table(["a", "b"], ["vertices"] * 2, wanted, wanted), role="candidates"),
    }


def test_labels_are_an_output_and_equal_inputs_are_taken_from_the_cache(inputs, model):
    outputs, node = run_get_node(SurrogateCalculation, **inputs)
    assert node.is_finished_ok, node.exit_message
    labels = outputs["labels"]
    assert labels.role == "labels"
    np.testing.assert_array_equal(vector(labels.table, MU), model.mu([[0.5, 0.1], [0.4, -0.2]]))
    with enable_caching(identifier="aiida.calculations:matal.surrogate"):
        copy = run_get_node(SurrogateCalculation, **inputs)[1]
    assert copy.base.caching.get_cache_source() == node.uuid


def test_refused_settings_end_with_the_message_of_the_worker(inputs):
    _, node = run_get_node(SurrogateCalculation, **{**inputs, "settings": Dict({"seed": 0})})
    assert node.exit_status == 210
    assert "settings.seed: 0 is refused" in node.exit_message
