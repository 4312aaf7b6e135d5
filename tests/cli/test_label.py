"""The command `label show` over the labels of a real oracle: two small alloys of Ag and Cu by LAMMPS."""

from __future__ import annotations

import json

import pytest
from aiida.engine import run_get_node
from aiida.orm import Dict, Str, load_node

from aiida_matal.data.table import TableData
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
from aiida_matal.workflows.oracles.mixing_enthalpy import MixingEnthalpyWorkChain

LIQUID = {
    "n_atoms": 32,
    "timestep": 2.0,
    "sample_every": 5,
    "hot_start_steps": 300,
    "volume_steps": 200,
    "production_steps": 200,
    "max_production_steps": 1000,
    "energy_error": 10.0,
    "volume_search": {"pressure_tolerance": 100.0},
    "liquid_check": {"min_displacement": 0.05, "min_exponent": 0.1, "min_valley": 0.1},
}


@pytest.fixture(scope="module")
def made():
    return {}


@pytest.fixture
def oracle(made, lammps_code, eam_files):
    """The oracle, run once for all tests of this module."""
    if "oracle" not in made:
        files = eam_files(["Ag", "Cu"])
        potential = {"pair_style": "eam", "files": {symbol: node.filename for symbol, node in files.items()}}
        space = MixingSpace(elements=["Ag", "Cu"], compositions=[0.25, 0.5], temperature=2500.0)
        inputs = {
            "candidates": TableData(mixing_pool(space), role="candidates"),
            "settings": Dict({"seed": 3, "liquid": LIQUID}),
            "engine_name": Str("matal.md.lammps"),
            "engine": {"code": lammps_code, "potential": Dict(potential), "files": files},
        }
        made["oracle"] = run_get_node(MixingEnthalpyWorkChain, **inputs)[1].pk
    return load_node(made["oracle"])


def test_several_labels_are_listed_and_one_of_them_is_shown(run_command, oracle, tmp_path):
    listed = run_command("label", "show", oracle.pk).stdout
    assert f"aiida-matal label show {oracle.pk} --id Ag-Cu_x0.250" in listed
    rows = json.loads(run_command("label", "show", oracle.pk, "--json").stdout)
    assert [row["id"] for row in rows] == ["Ag-Cu_x0.250", "Ag-Cu_x0.500"]

    folder = tmp_path / "figures"
    text = run_command("label", "show", oracle.pk, "--id", "Ag-Cu_x0.500", "--output", folder).stdout
    assert f"enthalpy of mixing  {rows[1]['value']:+.2f} +- {rows[1]['error']:.2f} kJ/mol" in text
    assert "Ag16 Cu16" in text
    assert "Most of the error comes from" in text
    for name in ("alloy", "pure_Ag", "pure_Cu"):
        assert str(folder / f"{name}.svg") in text
        assert (folder / f"{name}.svg").read_text().startswith("<svg")


def test_evidence_shows_its_label_as_json(run_command, oracle, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = oracle.outputs.labels.table
    evidence = table["evidence"].tolist()[0]
    for _ in range(2):
        shown = json.loads(run_command("label", "show", evidence, "--json").stdout)
    label = shown["label"]
    assert label["value"] == table["enthalpy_of_mixing"][0]
    assert sum(part**2 for part in label["contributions"].values()) ** 0.5 == pytest.approx(label["error"])
    assert [liquid["name"] for liquid in label["liquids"]] == ["alloy", "pure Ag", "pure Cu"]
    assert label["liquids"][0]["n_steps"] == sum(point["n_steps"] for point in label["liquids"][0]["points"]) >= 200
    assert label["liquids"][0]["core_hours"] > 0
    assert shown["figures"] == [f"label_Ag-Cu_x0.250/{name}.svg" for name in ("alloy", "pure_Ag", "pure_Cu")]

    (tmp_path / "label_Ag-Cu_x0.250" / "alloy.svg").write_text("mine")
    assert "it exists and holds something else" in run_command("label", "show", evidence, exit_code=2).output


def test_pure_liquid_is_shown_on_its_own(run_command, oracle, tmp_path):
    pure = oracle.base.links.get_outgoing().get_node_by_label("reference_Ag_2500K")
    text = run_command("label", "show", pure.pk, "-o", tmp_path).stdout
    assert "the evidence of no label" in text
    assert [path.name for path in tmp_path.iterdir()] == ["pure_Ag.svg"]
    assert "Leave --id out" in run_command("label", "show", pure.pk, "--id", "x", exit_code=2).output


def test_wrong_input_is_refused_with_its_cure(run_command, oracle):
    refused = run_command("label", "show", oracle.pk, "--id", "Ag-Cu_x0.51", exit_code=2).output
    assert "Did you mean 'Ag-Cu_x0.500'" in refused
    assert "Give the PK of a campaign" in run_command("label", "show", "987654321", exit_code=2).output
