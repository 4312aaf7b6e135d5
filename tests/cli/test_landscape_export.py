"""The command that writes free energies for other programs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aiida_matal.science.landscape.export.export import FILES
from aiida_matal.science.landscape.system import read_system
from tests.landscape_campaigns import store_campaign, store_model
from tests.landscape_models import random_idnn

SYSTEM = Path(__file__).parents[2] / "examples" / "free_energy" / "fcc_l10.yaml"


@pytest.fixture(scope="module")
def fcc():
    return read_system(SYSTEM)


def shift_of(folder):
    with np.load(folder / "free_energy.npz") as arrays:
        return arrays["input_shift"].tolist()


def test_the_newest_model_of_a_campaign_is_written(run_command, tmp_path, fcc, localhost):
    campaign = store_campaign(fcc, localhost, seeds=(1, 2))
    text = run_command("landscape", "export", campaign.pk, "-o", tmp_path / "out").stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)
    assert all(name in text for name in FILES)
    assert shift_of(tmp_path / "out") == random_idnn(fcc, seed=2).inputs.scaling.mean.tolist()
    again = run_command("landscape", "export", campaign.pk, "-o", tmp_path / "out", exit_code=2).output
    assert "it exists and is not empty" in again


def test_a_model_alone_needs_its_system(run_command, tmp_path, fcc, aiida_profile):
    _, node = store_model(fcc, 5)
    refused = run_command("landscape", "export", node.pk, "-o", tmp_path / "out", exit_code=2).output
    assert "the graph does not tell the system" in refused
    assert not (tmp_path / "out").exists()
    run_command("landscape", "export", node.uuid, "--system", SYSTEM, "-o", tmp_path / "out")
    assert shift_of(tmp_path / "out") == random_idnn(fcc, seed=5).inputs.scaling.mean.tolist()


def test_a_campaign_without_a_model_is_refused(run_command, fcc, localhost):
    campaign = store_campaign(fcc, localhost, seeds=())
    assert "it has no model yet" in run_command("landscape", "export", campaign.pk, exit_code=2).output


def test_other_nodes_are_refused(run_command, fcc, localhost):
    campaign = store_campaign(fcc, localhost, seeds=())
    output = run_command("landscape", "export", campaign.inputs.system.pk, exit_code=2).output
    assert "it is a Dict without a model" in output
