"""The CalcJob for CASM 1.x, with a stand-in that reads and writes its files; CASM 1.x itself was never run here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.orm import Computer, Dict, RemoteData

from aiida_matal.calculations.ccasm.monte import CcasmMonteCalculation
from aiida_matal.data.table import TableData
from aiida_matal.science.landscape.columns import candidate_table

STIFFNESS = np.array([0.5, -0.02, 0.01])
KAPPA = np.array([[0.5, 0.0, 0.0], [0.4, 0.2, -0.1], [0.6, -0.3, 0.05]])
SETTINGS = {
    "temperature": 300.0,
    "supercell": [[6, 0, 0], [0, 6, 0], [0, 0, 6]],
    "phi": {"composition": 50.0, "order": 0.05},
    "order_parameter": {"basis": [[0.125, 0.125]]},
    "n_components": 5,
    "components": [1, 2, 3],
    "scale": [8.0, -8.0, 4.0],
    "sites_per_cell": 2,
    "min_passes": 2000,
    "max_passes": 20_000,
    "precision": 4e-4,
}


@pytest.fixture
def project(tmp_path, localhost):
    """Return a function that gives a project whose stand-in behaves in a way."""

    def make(**behaviour):
        folder = tmp_path / "project"
        for part in (".casm", "basis_sets", "cluster_expansions"):
            (folder / part).mkdir(parents=True)
        (folder / ".casm" / "behaviour.json").write_text(json.dumps(behaviour))
        return RemoteData(computer=localhost, remote_path=str(folder))

    return make


@pytest.fixture
def inputs(script_code, project):
    stand_in = Path(__file__).with_name("ccasm_stand_in.py")
    candidates = candidate_table(["p0", "p1", "p2"], ["billiard_walk"] * 3, KAPPA, KAPPA)
    return {
        "code": script_code(f'exec {sys.executable} {stand_in} "$@"'),
        "candidates": TableData(candidates, role="candidates"),
        "settings": Dict(SETTINGS),
    }


def run(inputs, project, **changes):
    outputs, node = run_get_node(CcasmMonteCalculation, **{**inputs, "project": project, **changes})
    return (outputs["labels"].table if "labels" in outputs else None), node


def test_chemical_potentials_are_the_derivatives_of_the_free_energy(inputs, project):
    labels, node = run(inputs, project())
    assert node.is_finished_ok, node.exit_message
    phi = np.array([50.0, 0.05, 0.05])
    # Where mu = c eta is -2 phi (eta - kappa); the stand-in has its own units, cell and component 0 besides.
    expected = 2 * phi * KAPPA / (STIFFNESS + 2 * phi)
    eta, mu, eta_error, mu_error = (
        np.column_stack([labels[name.format(j)] for j in range(3)])
        for name in ("eta_{}", "mu_{}", "eta_{}_error", "mu_{}_error")
    )
    np.testing.assert_allclose(eta, expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(mu, STIFFNESS * expected, rtol=1e-9, atol=1e-15)
    # Half of the precision asked of CASM, 4e-4 of the component with the least scale, is its 95 % half-width.
    np.testing.assert_allclose(eta_error, np.tile([1e-4, 1e-4, 2e-4], (3, 1)) / 1.959964, rtol=1e-6)
    np.testing.assert_allclose(mu_error, 2 * phi * eta_error, rtol=1e-12)
    assert labels["id"].tolist() == ["p0", "p1", "p2"]
    assert labels["status"].tolist() == ["ok"] * 3
    assert labels["n_passes"].tolist() == [1900] * 3
    assert labels["core_hours"].tolist() == pytest.approx([0.01, 0.02, 0.03])
    assert labels["evidence"].tolist() == [node.uuid] * 3


def test_settings_of_casm_have_its_units_and_leave_other_components_free(inputs, project):
    _, node = run(inputs, project())
    written = json.loads(node.base.repository.get_object_content("monte.json"))
    conditions = written["driver"]["custom_conditions"]
    assert [condition["temperature"] for condition in conditions] == [300.0] * 3
    np.testing.assert_allclose(conditions[1]["order_parameter_quad_pot_target"], [0, 3.2, -1.6, -0.4, 0])
    np.testing.assert_allclose(
        conditions[1]["order_parameter_quad_pot_vector"], [0, 100 / 64, 0.1 / 64, 0.1 / 16, 0], rtol=1e-12
    )
    assert written["model"]["order_parameter"] == SETTINGS["order_parameter"]
    assert written["data"]["confidence"] == 0.95
    assert written["data"]["measurements"][-1] == {"quantity": "order_parameter", "precision": pytest.approx(1.6e-3)}
    assert (written["driver"]["mode"], written["driver"]["dependent_runs"]) == ("custom", False)


def test_units_of_the_zigzag_order(inputs, project):
    # 32 sublattices: phi / 1024 and 32 kappa, and a precision of 0.01 for about 3e-4 of eta.
    changes = {"scale": [32.0] * 3, "sites_per_cell": 1, "precision": 0.01 / 32}
    _, node = run(inputs, project(), settings=Dict({**SETTINGS, **changes}))
    written = json.loads(node.base.repository.get_object_content("monte.json"))
    condition = written["driver"]["custom_conditions"][2]
    np.testing.assert_allclose(condition["order_parameter_quad_pot_target"], [0, 19.2, -9.6, 1.6, 0], rtol=1e-12)
    assert condition["order_parameter_quad_pot_vector"][1:3] == [50 / 1024, 0.05 / 1024]
    assert written["data"]["measurements"][-1]["precision"] == pytest.approx(0.01)


def test_points_that_did_not_converge_or_equilibrate_are_failed(inputs, project):
    labels, node = run(inputs, project(unconverged=[0], drifting=[2]))
    assert node.is_finished_ok
    assert labels["status"].tolist() == ["failed", "ok", "failed"]
    assert labels["reason"][0] == "not converged: the half-width of eta_2 is 0.0012"
    assert labels["reason"][2] == "CASM does not find it equilibrated"
    assert np.isnan(labels["mu_0"]).tolist() == [True, False, True]
    assert np.isfinite(labels["eta_0"]).tolist() == [True, True, False]
    assert labels["n_passes"][0] == 19_900


def test_job_that_ended_early_keeps_what_was_done(inputs, project):
    labels, node = run(inputs, project(stop_after=2))
    assert (node.exit_status, node.exit_message) == (
        370,
        "The job ended after 2 of 3 points; what was done is kept.",
    )
    assert labels["id"].tolist() == ["p0", "p1"]


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ('{"T" : [300.0, 30', 303, "no readable results.json"),
        ("", 303, "no readable results.json"),
        ('{"T": [300.0]}', 304, "it has no is_equilibrated"),
        ("[]", 304, "it holds no keys"),
    ],
)
def test_results_that_cannot_be_read_or_lack_a_key_are_told(inputs, project, text, status, message):
    labels, node = run(inputs, project(text=text))
    assert labels is None
    assert node.exit_status == status
    assert message in node.exit_message


def test_results_of_other_conditions_are_told(inputs, project):
    names = [f"<order_parameter({component})>" for component in (1, 2, 3)]
    results = {"T": [280.0], "is_equilibrated": [True], "is_converged": [True], "N_avg_samples": [5000]}
    results |= {name: [1.0] for name in [*names, *(f"prec({name})" for name in names)]}
    _, node = run(inputs, project(text=json.dumps(results)))
    assert node.exit_status == 304
    assert "its temperatures are [280.0], not 300.0" in node.exit_message


def test_results_of_more_points_are_told(inputs, project):
    first = TableData(inputs["candidates"].table.take([0]), role="candidates")
    names = [f"<order_parameter({component})>" for component in (1, 2, 3)]
    results = {"T": [300.0] * 2, "is_equilibrated": [True] * 2, "is_converged": [True] * 2, "N_avg_samples": [5000] * 2}
    results |= {name: [1.0] * 2 for name in [*names, *(f"prec({name})" for name in names)]}
    _, node = run(inputs, project(text=json.dumps(results)), candidates=first)
    assert (node.exit_status, node.exit_message) == (
        304,
        "results.json is not that of the settings: it has 2 points, not 1.",
    )


def test_folder_that_is_no_project_is_told_with_the_words_of_the_code(inputs, localhost, tmp_path):
    _, node = run(inputs, RemoteData(computer=localhost, remote_path=str(tmp_path / "nowhere")))
    assert node.exit_status == 303
    assert "No casm project found" in node.exit_message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"components": [1, 1, 2]}, "a component is there twice"),
        ({"components": [1, 2, 5]}, "the components are 0 to 4"),
        ({"scale": [8.0, 8.0]}, "there are 3 components"),
        ({"scale": [8.0, 0.0, 8.0]}, "a scale is 0"),
        ({"max_passes": 1000}, "it is below min_passes"),
        ({"components": [1, 2], "scale": [8.0, 8.0]}, "the system has 2 components"),
        ({"temprature": 300}, "Did you mean 'temperature'?"),
    ],
)
def test_settings_that_do_not_fit_are_refused_before_anything_runs(inputs, project, changes, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        run(inputs, project(), settings=Dict({**SETTINGS, **changes}))


def test_project_on_another_computer_is_refused(inputs, tmp_path):
    other = Computer("elsewhere", "elsewhere.example", "", "core.local", "core.direct", str(tmp_path)).store()
    with pytest.raises(ValueError, match="on another computer than the code"):
        run(inputs, RemoteData(computer=other, remote_path=str(tmp_path)))
