"""Tables and models are shown and exported."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from aiida.orm import Dict
from aiida.orm.nodes.repository import NodeRepository

from aiida_matal.cli.verdi_data import matal
from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner
from aiida_matal.science.learning.model_files import ModelCard, write_model
from aiida_matal.science.table import Column, Table


@pytest.fixture
def run(run_command):
    """Return a function that runs `verdi data matal`."""
    return lambda *arguments, **kwargs: run_command(*arguments, group=matal, **kwargs)


@pytest.fixture
def table():
    arrays = {"id": ["a", "=1+1", "-x"], "t": [1.5, np.nan, -2.0], "n": [1, 2, 3], "good": [True, False, True]}
    units = {"t": "K", "n": "1"}
    return Table(arrays, {name: Column(name, units.get(name, "")) for name in arrays})


@pytest.fixture
def table_node(aiida_profile, table):
    return TableData(table, role="pool").store()


@pytest.fixture
def model_node(aiida_profile, tmp_path):
    x = np.linspace(0, 1, 5)[:, None]
    model = GaussianProcessLearner({}).fit(x, x[:, 0], target_error=None, seed=1)
    folder = tmp_path / "fitted"
    folder.mkdir()
    card = ModelCard(
        kind="gaussian_process",
        features=["x"],
        target="y",
        unit="K",
        baseline="estimate_of_y",
        settings={"n_restarts": 7},
        n_labels=5,
        domain={"x": (0.125, 0.75)},
    )
    write_model(folder, model, card)
    return ModelData.from_folder(folder, {"cv_rmse": 0.25}).store()


def test_group_hangs_below_verdi_data():
    command = [sys.executable, "-m", "aiida", "data", "matal", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Show and export tables." in done.stdout


def test_table_is_shown_with_units(run, table_node):
    lines = run("table", "show", table_node.pk).stdout.splitlines()
    assert lines[0].split() == ["id", "t", "(K)", "n", "good"]
    assert [line.split() for line in lines[2:]] == [
        ["a", "1.5", "1", "True"],
        ["=1+1", "-", "2", "False"],
        ["-x", "-2", "3", "True"],
    ]


def test_columns_and_rows_can_be_chosen(run, table_node):
    lines = run("table", "show", table_node.uuid, "--columns", "n, id", "--rows", "1").stdout.splitlines()
    assert [line.split() for line in (lines[0], lines[2])] == [["n", "id"], ["1", "a"]]
    assert lines[3] == "... 2 more rows"


def test_csv_has_units_below_names_and_no_formulas(run, table_node, tmp_path):
    path = tmp_path / "t.csv"
    run("table", "export", table_node.pk, "--output", path)
    rows = list(csv.reader(path.open(newline="")))
    assert rows[:2] == [["id", "t", "n", "good"], ["#", "K", "1", ""]]
    assert rows[2:] == [["a", "1.5", "1", "True"], ["'=1+1", "", "2", "False"], ["'-x", "-2.0", "3", "True"]]
    frame = pd.read_csv(path, comment="#")
    assert frame["t"].tolist()[::2] == [1.5, -2.0]


def test_json_has_units_meanings_and_null_for_nan(run, table_node, tmp_path):
    path = tmp_path / "t.json"
    run("table", "export", table_node.pk, "--format", "json", "--output", path)
    content = json.loads(path.read_text())
    assert content["columns"]["t"] == {"meaning": "t", "unit": "K"}
    assert content["rows"][1] == {"id": "=1+1", "t": None, "n": 2, "good": False}


def test_npz_is_read_back_unchanged(run, table_node, table, tmp_path):
    path = tmp_path / "t.npz"
    run("table", "export", table_node.pk, "--format", "npz", "--output", path)
    assert Table.read(path) == table


def test_files_are_overwritten_only_by_force(run, table_node, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("mine")
    assert "the file exists" in run("table", "export", table_node.pk, "-o", path, exit_code=2).output
    assert path.read_text() == "mine"
    run("table", "export", table_node.pk, "-o", path, "--force")
    assert path.read_text() != "mine"


def test_file_in_a_folder_that_is_not_there_is_refused(run, table_node, tmp_path):
    output = run("table", "export", table_node.pk, "-o", tmp_path / "no" / "t.csv", exit_code=2).output
    assert "its folder does not exist" in output


def test_list_shows_role_and_rows(run, table_node):
    assert [str(table_node.pk), "pool", "3"] in [line.split()[:3] for line in run("table", "list").stdout.splitlines()]


@pytest.mark.parametrize("kind", ["table", "model"])
def test_other_nodes_are_refused(run, kind, aiida_profile):
    assert "it is a Dict" in run(kind, "show", Dict({}).store().pk, exit_code=2).output
    assert "no such node" in run(kind, "show", "987654321", exit_code=2).output


def test_model_is_shown_with_scores_and_checksums(run, model_node):
    text = run("model", "show", model_node.pk).stdout
    shown = [line.split() for line in text.splitlines()]
    assert ["baseline", "estimate_of_y"] in shown
    assert ["n_labels", "5"] in shown
    assert ["x", "0.125", "0.75"] in shown
    assert ["n_restarts", "7"] in shown
    for part in ("gaussian_process", "cv_rmse", "0.25", *model_node.base.attributes.get("sha256").values()):
        assert part in text
    assert str(model_node.pk) in run("model", "list").stdout


def test_model_is_exported_with_the_files_of_its_card(run, model_node, tmp_path):
    folder = tmp_path / "out"
    run("model", "export", model_node.pk, folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(model_node.base.repository.list_object_names())
    assert "not empty" in run("model", "export", model_node.pk, folder, exit_code=2).output


def test_model_whose_files_were_changed_is_not_exported(run, model_node, tmp_path, monkeypatch):
    monkeypatch.setattr(NodeRepository, "get_object_content", lambda self, path, mode: b"changed")
    output = run("model", "export", model_node.pk, tmp_path / "out", exit_code=1).output
    assert "Nothing was written" in output
    assert not (tmp_path / "out").exists()
