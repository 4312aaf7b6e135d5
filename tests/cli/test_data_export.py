"""The command `data export` over a real prediction, and over labels."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.orm import Dict, load_node

from aiida_matal.calculations.predict import PredictCalculation
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.labels import ROUND, Label, label_table
from aiida_matal.science.learning.model_files import write_model
from aiida_matal.science.learning.training import LearnerSettings, fit
from aiida_matal.science.learning.training_data import training_data
from aiida_matal.science.mixing.binaries import binary_table
from aiida_matal.science.mixing.extrapolation import muggianu
from aiida_matal.science.mixing.redlich_kister import RedlichKister, polynomials_of, redlich_kister_table
from aiida_matal.science.table import Table

LEARNER = {
    "name": "gaussian_process",
    "features": ["mean_electronegativity", "avg_dev_electronegativity"],
    "target": "enthalpy_of_mixing",
}
#: L_v in J/mol, for the labels.
KNOWN = {"Al-Cu": (-66622.0, 46800.0), "Al-Mg": (-12000.0, 8566.0, 1894.0), "Cu-Mg": (-36962.71, -8182.19)}


def labels() -> Table:
    """Return a dataset of the three systems at five compositions each; one label failed."""
    x_b = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    names = np.repeat(sorted(KNOWN), len(x_b))
    pool = binary_table(*zip(*(name.split("-") for name in names), strict=True), np.tile(x_b, len(KNOWN)), 1500.0)
    values = np.concatenate([RedlichKister(KNOWN[name]).value(x_b) for name in sorted(KNOWN)])
    made = [Label(name, "ok", value, 0.2) for name, value in zip(pool["id"].tolist(), values.tolist(), strict=True)]
    made[2] = Label(made[2].id, "failed", reason="it froze")
    table = label_table(made, "enthalpy_of_mixing", "kJ/mol")
    added = [name for name in table.names if name != "id"]
    described = {**{name: table.columns[name] for name in added}, "round": ROUND}
    return pool.with_columns(
        {**{name: table[name] for name in added}, "round": np.zeros(len(made), dtype=int)}, described
    )


@pytest.fixture(scope="module")
def made():
    return {}


@pytest.fixture
def prediction(made, task_code, tmp_path):
    """A prediction of the three systems, made once for all tests of this module."""
    if "prediction" not in made:
        learner, known = LearnerSettings.parse(LEARNER, "learner"), labels()
        data = training_data(known, learner.features, learner.target, learner.baseline)
        model, card = fit(data, learner, seed=1)
        write_model(tmp_path / "model", model, card)
        inputs = {
            "model": ModelData.from_folder(tmp_path / "model", {"cv_rmse": 1.25}),
            "space": Dict({"elements": ["Al", "Cu", "Mg"]}),
        }
        made["prediction"] = run_get_node(PredictCalculation, code=task_code, **inputs)[1].pk
    return load_node(made["prediction"])


@pytest.fixture
def dataset(aiida_profile):
    return TableData(labels(), role="dataset").store()


def rows_of(path):
    """Return the header, the units and the rows of a CSV file."""
    header, units, *rows = csv.reader(path.open(newline=""))
    return header, units, [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize("of", ["process", "predictions", "redlich_kister"])
def test_tdb_holds_the_polynomials_and_says_where_they_are_from(run_command, prediction, tmp_path, of):
    pycalphad = pytest.importorskip("pycalphad", reason="it reads the file: pip install aiida-matal[calphad]")
    node = prediction if of == "process" else prediction.outputs[of]
    path = tmp_path / "liquid.tdb"
    output = run_command("data", "export", node.pk, "--format", "tdb", "-o", path).output
    assert f"Wrote 3 systems of 3 elements to {path}" in " ".join(output.split())
    comments = " ".join(path.read_text().split("\nELEMENT")[0].replace("$", " ").split())
    model = prediction.inputs.model
    assert f"Made by PredictCalculation {prediction.uuid}" in comments
    assert f"Model: {model.uuid}, gaussian_process, 2 features, 14 labels, cross-validated RMSE 1.25 kJ/mol" in comments
    points = np.array([[0.2, 0.5, 0.3]])
    components, conditions = ["AL", "CU", "MG", "VA"], {"T": 1500.0, "P": 101325, "N": 1}
    database = pycalphad.Database(path)
    found = pycalphad.calculate(database, components, "LIQUID", points=points, output="HM_MIX", **conditions)
    polynomials = polynomials_of(prediction.outputs.redlich_kister.table)
    expected = 1000 * muggianu(points, ["Al", "Cu", "Mg"], polynomials)
    np.testing.assert_allclose(found.HM_MIX.values.ravel(), expected, atol=1e-3)


def test_polynomials_are_a_csv_file_with_units(run_command, prediction, tmp_path):
    path = tmp_path / "polynomials.csv"
    run_command("data", "export", prediction.pk, "--format", "redlich-kister", "--systems", "Cu-Mg,Cu-Al", "-o", path)
    header, units, rows = rows_of(path)
    assert dict(zip(header, units, strict=True)) | {"system": "#"} == {
        **dict.fromkeys(["element_a", "element_b", "poor_fit"], ""),
        **dict.fromkeys(["L0", "L1", "L2", "L3"], "J/mol"),
        **dict.fromkeys(["fit_rmse", "max_deviation", "extremum"], "kJ/mol"),
        **dict.fromkeys(["order", "n_points", "x_extremum"], "1"),
        "system": "#",
    }
    assert [row["system"] for row in rows] == ["Al-Cu", "Cu-Mg"]
    expected = prediction.outputs.redlich_kister.table
    assert float(rows[1]["L1"]) == expected["L1"][expected["system"] == "Cu-Mg"][0]


def test_poor_fits_and_systems_that_are_missing_are_told(run_command, prediction, tmp_path):
    table = prediction.outputs.predictions.table
    points = table.take(table["system"] != "Cu-Mg")
    al_cu = RedlichKister(KNOWN["Al-Cu"]).value(points["x_b"])
    wave = np.where(points["system"] == "Al-Mg", 9 * np.cos(40 * points["x_b"]), al_cu)
    points = points.with_columns({"predicted": wave}, {"predicted": points.columns["predicted"]})
    node = TableData(points, role="predictions").store()
    path = tmp_path / "two.tdb"
    output = " ".join(run_command("data", "export", node.pk, "--format", "tdb", "-o", path).output.split())
    assert redlich_kister_table(points)["poor_fit"].tolist() == [False, True]
    assert "1 of 2 polynomials deviate by more than 1 kJ/mol from a prediction (poor_fit): Al-Mg." in output
    assert "which mix ideally: Cu-Mg." in output
    assert "(poor_fit): Al-Mg" in " ".join(path.read_text().replace("$", " ").split())


def test_tau_adds_an_entropy(run_command, prediction, tmp_path):
    path = tmp_path / "liquid.tdb"
    run_command("data", "export", prediction.pk, "--format", "tdb", "--tau", 3000, "-o", path)
    assert "*T; 6000 N !" in path.read_text()
    other = ("data", "export", prediction.pk, "--format", "csv", "--tau", 3000, "-o", tmp_path / "x.csv")
    assert "has no entropy" in run_command(*other, exit_code=2).output


def test_labels_become_espei_datasets_and_csv(run_command, dataset, tmp_path):
    folder = tmp_path / "espei"
    command = ("data", "export", dataset.pk, "--format", "espei", "--elements", "Al,Cu", "-o", folder)
    output = " ".join(run_command(*command).output.split())
    assert [path.name for path in folder.iterdir()] == ["AL-CU_1500K_HM_MIX.json"]
    assert "1 files, 4 labels" in output
    assert "left out: Al-Cu_x0.500" in output
    assert "not empty" in run_command(*command, exit_code=2).output
    run_command(*command, "--force")

    path = tmp_path / "labels.csv"
    run_command("data", "export", dataset.pk, "--format", "csv", "--systems", "Al-Mg", "-o", path)
    header, units, rows = rows_of(path)
    assert units[header.index("enthalpy_of_mixing")] == "kJ/mol"
    assert [row["x_b"] for row in rows] == ["0.1", "0.3", "0.5", "0.7", "0.9"]


def test_csv_of_a_process_has_its_predictions(run_command, prediction, tmp_path):
    path = tmp_path / "predictions.csv"
    assert "Wrote 57 rows" in run_command("data", "export", prediction.uuid, "--format", "csv", "-o", path).output
    assert len(rows_of(path)[2]) == 57


def test_nodes_without_what_is_asked_for_are_refused_with_the_command_that_makes_it(run_command, dataset, tmp_path):
    def refused(node, kind, *more):
        target = tmp_path / "refused"
        text = run_command("data", "export", node, "--format", kind, "-o", target, *more, exit_code=2).output
        assert not target.exists()
        return " ".join(text.split())

    assert "aiida-matal model predict" in refused(dataset.pk, "tdb")
    table = dataset.table
    bare = TableData(table.select(["id", "enthalpy_of_mixing", "enthalpy_of_mixing_error", "status"])).store()
    assert "lack the columns system" in refused(bare.pk, "espei")
    assert "without labels" in refused(TableData(table.select(["id", "x_b"])).store().pk, "espei")
    assert "no such node" in refused("987654321", "csv")
    assert "Did you mean 'Al-Cu'" in refused(dataset.pk, "espei", "--systems", "Al-Cr")
    assert "no system has two of them" in refused(dataset.pk, "csv", "--elements", "Al")


def test_a_file_that_exists_is_kept(run_command, dataset, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("mine")
    assert "the file exists" in run_command("data", "export", 1, "--format", "csv", "-o", path, exit_code=2).output
    run_command("data", "export", dataset.pk, "--format", "csv", "-o", path, "--force")
    assert path.read_text() != "mine"
