from __future__ import annotations

import json

import pytest

from aiida_matal.science.calphad.espei_reader import EspeiSettings, read_espei
from aiida_matal.science.calphad.espei_writer import espei_datasets
from aiida_matal.science.calphad.points import Point, labelled_table

CU_MG = {
    "components": ["CU", "MG", "VA"],
    "phases": ["LIQUID"],
    "solver": {
        "mode": "manual",
        "sublattice_site_ratios": [1],
        "sublattice_configurations": [[["CU", "MG"]], [["MG", "CU"]]],
        "sublattice_occupancies": [[[0.25, 0.75]], [[0.1, 0.9]]],
    },
    "conditions": {"P": 101325, "T": 1100},
    "output": "HM_MIX",
    "values": [[[-6800, -3700]]],
    "reference": "somebody1987",
}


def changed(**changes):
    """Return the dataset with some keys changed, in ``solver`` and ``conditions`` too."""
    dataset = json.loads(json.dumps(CU_MG))
    for key, value in changes.items():
        where = next(part for part in (dataset["solver"], dataset["conditions"], dataset) if key in part)
        where[key] = value
    return dataset


def read(*datasets, phase="LIQUID"):
    files = {
        f"{number}.json": data if isinstance(data, bytes) else json.dumps(data).encode()
        for number, data in enumerate(datasets)
    }
    return read_espei(files, EspeiSettings(phase=phase))


def test_values_are_read_with_temperature_and_reference():
    first, second = read(CU_MG).points
    assert (first.system, first.x_b, first.value, first.temperature) == ("Cu-Mg", 0.75, -6.8, 1100.0)
    assert (second.system, second.x_b, second.value) == ("Cu-Mg", 0.1, -3.7)
    assert {point.source for point in (first, second)} == {"somebody1987"}
    assert second.where == "0.json, value 1, 1, 2"


def test_values_are_laid_out_over_pressures_and_temperatures():
    values = [[[1000, 2000], [3000, 4000], [5000, 6000]]]
    reading = read(changed(T=[1100, 1200, 1300], P=[101325], values=values))
    assert [(point.temperature, point.x_b, point.value) for point in reading.points] == [
        (1100.0, 0.75, 1.0),
        (1100.0, 0.1, 2.0),
        (1200.0, 0.75, 3.0),
        (1200.0, 0.1, 4.0),
        (1300.0, 0.75, 5.0),
        (1300.0, 0.1, 6.0),
    ]


def test_rounded_site_fractions_are_scaled_to_1():
    (point, _) = read(changed(sublattice_occupancies=[[[0.045, 0.956]], [[0.1, 0.9]]])).points
    assert point.x_b == pytest.approx(0.956 / 1.001, abs=1e-12)


def test_datasets_of_something_else_are_left_out():
    equilibrium = {key: value for key, value in CU_MG.items() if key != "solver"}
    reading = read(changed(output="SM_MIX"), changed(phases=["FCC_A1"]), equilibrium, CU_MG)
    assert len(reading.points) == 2
    assert reading.bad == []
    assert [(left.where, left.column, left.reason) for left in reading.left_out] == [
        ("0.json", "output", "it is not HM_MIX"),
        ("1.json", "phases", "it is not the phase LIQUID"),
        ("2.json", "solver", "the values are those of an equilibrium"),
    ]
    assert len(read(changed(phases=["LIQ"]), phase="LIQ").points) == 2


@pytest.mark.parametrize(
    ("dataset", "column", "reason"),
    [
        (b"{", "line 1", "it is not JSON"),
        (b'{\n"reference": "S\xe1nchez"}', "line 2", "it is not UTF-8"),
        (b"[" * 100_000, "dataset", "it is nested too deeply"),
        ([CU_MG], "dataset", "it has no keys output and phases"),
        (changed(mode="auto"), "solver.mode", "it is not manual"),
        (changed(sublattice_site_ratios=[1, 2]), "solver.sublattice_site_ratios", "a liquid has one sublattice"),
        (changed(sublattice_occupancies=[[[0.5, 0.5]]]), "solver", "configurations and occupancies differ in number"),
        (changed(sublattice_occupancies=None), "solver", "configurations and occupancies are not both lists"),
        (changed(T="hot"), "conditions.T", "it is no number"),
        (changed(T=[1100, None]), "conditions.T", "it is no number"),
        (changed(values=[[[-6800]]]), "values", "its shape is (1, 1, 1), not (1, 1, 2)"),
        (changed(values=[[[-6800, [1]]]]), "values", "it is no array of numbers"),
    ],
)
def test_a_wrong_dataset_is_refused_and_the_others_are_read(dataset, column, reason):
    reading = read(dataset, CU_MG)
    assert len(reading.points) == 2
    (bad,) = reading.bad
    assert (bad.where, bad.column) == ("0.json", column)
    assert reason in bad.reason


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"sublattice_configurations": [[["CU", "ZR", "MG"]], [["MG", "CU"]]]}, "configurations", "not two elements"),
        ({"sublattice_configurations": [["CU"], [["MG", "CU"]]]}, "configurations", "not two elements"),
        ({"sublattice_configurations": [[["CU", "XX"]], [["MG", "CU"]]]}, "components", "not in the element table"),
        ({"sublattice_occupancies": [[[0.2, 0.7]], [[0.1, 0.9]]]}, "occupancies", "their sum is 0.9"),
        ({"sublattice_occupancies": [[[0.0, 1.0]], [[0.1, 0.9]]]}, "x_b", "it is a pure element"),
        ({"sublattice_occupancies": [[0.5, 0.5], [[0.1, 0.9]]]}, "occupancies", "not have one sublattice"),
        ({"values": [[[float("nan"), -3700]]]}, "enthalpy_of_mixing", "needs a value"),
        ({"values": [[[-6.8e6, -3700]]]}, "enthalpy_of_mixing", "no liquid has more than"),
    ],
)
def test_a_wrong_value_is_refused_and_the_others_are_read(change, column, reason):
    reading = read(changed(**change))
    assert [point.value for point in reading.points] == [-3.7]
    (bad,) = reading.bad
    assert bad.where == "0.json, value 1, 1, 1"
    assert column in bad.column
    assert reason in bad.reason


def test_exported_labels_are_read_back():
    labels = [Point("", "Al", "Cu", x_b, value, temperature=1400.0) for x_b, value in ((0.25, -9.6), (0.75, -15.7))]
    labels.append(Point("", "Ir", "Sc", 0.5, -86.65, temperature=2750.0))
    reading = read(*espei_datasets(labelled_table(labels), "here").values())
    found = [(point.system, point.x_b, point.value, point.temperature, point.source) for point in reading.points]
    assert found == [(point.system, point.x_b, point.value, point.temperature, "here") for point in labels]
