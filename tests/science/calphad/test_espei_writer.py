from __future__ import annotations

import json

import numpy as np
import pytest

from aiida_matal.science.calphad.espei_reader import EspeiSettings, read_espei
from aiida_matal.science.calphad.espei_writer import espei_datasets, write_espei
from aiida_matal.science.errors import InputError
from aiida_matal.science.table import Column, Table

ROWS = [
    # system, x_b, temperature, value, error, status
    ("Ir-Sc", 0.5, 2750.0, -86.65, 0.4, "ok"),
    ("Al-Cu", 0.75, 1500.0, -15.691, np.nan, "ok"),
    ("Al-Cu", 0.1, 1500.0, -3.25, 0.1, "ok"),
    ("Al-Cu", 0.25, 1500.0, np.nan, np.nan, "failed"),
    ("Al-Cu", 0.5, 1373.15, -16.656, 0.2, "ok"),
]
UNITS = {"x_b": "1", "temperature": "K", "enthalpy_of_mixing": "kJ/mol", "enthalpy_of_mixing_error": "kJ/mol"}


def labels_of(rows=ROWS, unit="kJ/mol"):
    system, x_b, temperature, value, error, status = zip(*rows, strict=True)
    element_a, element_b = zip(*(name.split("-") for name in system), strict=True)
    arrays = {
        "id": [f"{name}_x{x:.3f}" for name, x in zip(system, x_b, strict=True)],
        "element_a": element_a,
        "element_b": element_b,
        "x_b": x_b,
        "temperature": temperature,
        "enthalpy_of_mixing": value,
        "enthalpy_of_mixing_error": error,
        "status": status,
        "evidence": ["uuid-of-ir-sc", "", "", "", ""][: len(rows)],
    }
    units = {**UNITS, "enthalpy_of_mixing": unit}
    return Table(arrays, {name: Column(name, units.get(name, "")) for name in arrays})


def test_a_dataset_has_the_form_that_espei_asks_for():
    dataset = espei_datasets(labels_of(), "aiida-matal 1234")["AL-CU_1500K_HM_MIX.json"]
    assert dataset.pop("comment") == ("Al-Cu_x0.100: standard error 100 J/mol; Al-Cu_x0.750: standard error unknown")
    assert dataset == {
        "components": ["AL", "CU", "VA"],
        "phases": ["LIQUID"],
        "solver": {
            "mode": "manual",
            "sublattice_site_ratios": [1],
            "sublattice_configurations": [[["AL", "CU"]], [["AL", "CU"]]],
            "sublattice_occupancies": [[[0.9, 0.1]], [[0.25, 0.75]]],
        },
        "conditions": {"P": 101325, "T": 1500.0},
        "output": "HM_MIX",
        "values": [[[-3250.0, -15691.0]]],
        "reference": "aiida-matal 1234",
    }


def test_one_file_a_system_and_temperature_is_written_with_the_evidence_and_read_back(tmp_path):
    paths = write_espei(espei_datasets(labels_of(), "ours"), tmp_path)
    names = ["AL-CU_1373.15K_HM_MIX.json", "AL-CU_1500K_HM_MIX.json", "IR-SC_2750K_HM_MIX.json"]
    assert [path.name for path in paths] == names == sorted(path.name for path in tmp_path.iterdir())
    ir_sc = json.loads(paths[-1].read_text())
    assert ir_sc["comment"] == "Ir-Sc_x0.500: standard error 400 J/mol, evidence uuid-of-ir-sc"
    reading = read_espei({path.name: path.read_bytes() for path in paths}, EspeiSettings())
    assert not reading.bad
    assert not reading.left_out
    found = {(point.system, point.x_b, point.temperature, point.value, point.source) for point in reading.points}
    assert found == {(*row[:4], "ours") for row in ROWS if row[5] == "ok"}


def test_labels_that_espei_cannot_take_are_refused():
    with pytest.raises(InputError, match="none has the status ok"):
        espei_datasets(labels_of([ROWS[3]]), "ours")
    with pytest.raises(InputError, match=r"Ir-Sc_x0\.500"):
        espei_datasets(labels_of([("Ir-Sc", 0.5, np.nan, -86.65, 0.4, "ok")]), "ours")
    with pytest.raises(InputError, match="are in kJ/mol"):
        espei_datasets(labels_of(unit="J/mol"), "ours")
    with pytest.raises(InputError, match="no such column"):
        espei_datasets(labels_of().select(["id", "status"]), "ours")
