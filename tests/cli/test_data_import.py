"""The commands `data import`: what they print, store and refuse."""

from __future__ import annotations

import json

import pytest
from aiida.orm import Node, QueryBuilder, load_node

CSV = "system,x_b,enthalpy_of_mixing (kJ/mol),temperature (K)\nAl-Cu,0.25,-9.6,1400\nAl-Ni,0.5,-51.8,\n"


@pytest.fixture
def csv_file(tmp_path):
    path = tmp_path / "calorimetry.csv"
    path.write_text(CSV)
    return path


@pytest.fixture
def n_nodes(aiida_profile):
    return lambda: QueryBuilder().append(Node).count()


def test_a_dataset_is_stored_and_can_be_shown(run_command, csv_file):
    printed = json.loads(run_command("data", "import", "csv", csv_file, "--json").stdout)
    node = load_node(printed["uuid"])
    assert (printed["pk"], printed["labels"], printed["systems"]) == (node.pk, 2, ["Al-Cu", "Al-Ni"])
    assert (printed["statuses"], printed["refused"], printed["notes"]) == ({"ok": 2}, [], [])
    assert (node.role, node.table["enthalpy_of_mixing"].tolist()) == ("dataset", [-9.6, -51.8])

    text = run_command("data", "import", "csv", csv_file).stdout
    assert "2 (2 ok)" in text
    assert "2: Al-Cu, Al-Ni" in text
    assert "-51.80 (Al-Ni_x0.500) to -9.60 (Al-Cu_x0.250)" in text
    assert "1400, unknown for 1" in text
    assert "verdi data matal table show" in text


def test_a_dry_run_stores_nothing(run_command, csv_file, n_nodes):
    before = n_nodes()
    assert "Nothing was stored" in run_command("data", "import", "csv", csv_file, "--dry-run").stdout
    assert "pk" not in json.loads(run_command("data", "import", "csv", csv_file, "--dry-run", "--json").stdout)
    assert n_nodes() == before


def test_bad_rows_are_refused_or_skipped(run_command, csv_file, n_nodes):
    csv_file.write_text(f"{CSV}Al-Xx,0.5,-1,\nAl-Ti,1.5,-30,\n")
    before = n_nodes()
    refused = run_command("data", "import", "csv", csv_file, exit_code=2).stderr
    assert "line 4, system: 'Xx' is refused: it is not in the element table" in refused
    assert "--skip-bad (2 bad in all, 2 good)" in refused
    assert n_nodes() == before

    text = run_command("data", "import", "csv", csv_file, "--skip-bad").stdout
    assert "refused: 2" in text
    for line, column in (("line 4", "system"), ("line 5", "x_b")):
        assert any(line in row and column in row for row in text.splitlines())


def test_headers_are_renamed(run_command, tmp_path):
    path = tmp_path / "mendeley.csv"
    path.write_text("liquid,x,dH (kJ/mol)\nAl-Cu,25,-9.6\n")
    renamed = ["-c", "system=liquid", "-c", "x_b (at.%)=x", "--column", "enthalpy_of_mixing=dH (kJ/mol)"]
    assert "Al-Cu_x0.250" in run_command("data", "import", "csv", path, *renamed, "--dry-run").stdout
    assert "Write it as in" in run_command("data", "import", "csv", path, "-c", "x_b", exit_code=2).stderr


def test_a_database_is_imported(run_command, tmp_path):
    pytest.importorskip("pycalphad", reason="TDB files are read by pycalphad: pip install aiida-matal[calphad]")
    options = ["--elements", "Al, Cu", "--compositions", "0.25,0.5", "--temperature", "1400", "--json"]
    printed = json.loads(run_command("data", "import", "tdb", "--cost507", *options).stdout)
    node = load_node(printed["pk"])
    assert node.table["id"].tolist() == ["Al-Cu_x0.250", "Al-Cu_x0.500"]
    # Al-Cu of COST 507: L0 = -66622, L1 = 32800 at 1400 K, L2 = -2812 J/mol.
    assert node.table["enthalpy_of_mixing"].tolist() == pytest.approx([-9.5484375, -16.6555])
    assert node.creator.inputs.source.filename == "COST507.tdb"

    path = tmp_path / "solid.tdb"
    path.write_text("ELEMENT AL FCC_A1 26.98 1 1 !\nPHASE FCC_A1 % 1 1 !\n")
    assert "Its phases: FCC_A1" in run_command("data", "import", "tdb", path, exit_code=2).stderr
    assert "Give one of them" in run_command("data", "import", "tdb", exit_code=2).stderr
    assert "Give one of them" in run_command("data", "import", "tdb", path, "--cost507", exit_code=2).stderr
    wrong = ["--cost507", "--compositions", "0.25,a"]
    assert "--compositions: 'a' is refused" in run_command("data", "import", "tdb", *wrong, exit_code=2).stderr


def test_a_folder_of_espei_datasets_is_imported(run_command, tmp_path):
    solver = {
        "sublattice_site_ratios": [1],
        "sublattice_configurations": [[["CU", "MG"]]],
        "sublattice_occupancies": [[[0.5, 0.5]]],
    }
    dataset = {"phases": ["LIQUID"], "output": "HM_MIX", "conditions": {"P": 101325, "T": 1100}, "solver": solver}
    folder = tmp_path / "input-data"
    folder.mkdir()
    refused = run_command("data", "import", "espei", folder, exit_code=2).stderr
    assert "the folder holds no JSON files" in refused
    (folder / "liquid.json").write_text(json.dumps({**dataset, "values": [[[-9000]]]}))
    (folder / "solid.json").write_text(json.dumps({**dataset, "phases": ["LAVES"], "values": [[[-9000]]]}))
    text = run_command("data", "import", "espei", folder).stdout
    assert "Cu-Mg_x0.500" in text
    assert "it is not the phase LIQUID" in text
    single = run_command("data", "import", "espei", folder / "liquid.json", "--dry-run", "--json").stdout
    assert json.loads(single)["file"] == "liquid.json"


def test_the_table_of_the_paper_is_imported(run_command):
    printed = json.loads(run_command("data", "import", "bizot2025", "--json").stdout)
    assert printed["statuses"] == {"ok": 23, "rejected": 8, "pending": 9}


@pytest.mark.parametrize("name", ["csv", "tdb", "espei", "bizot2025"])
def test_every_command_has_an_example(run_command, name):
    assert f"aiida-matal data import {name}" in run_command("data", "import", name, "--help").stdout
