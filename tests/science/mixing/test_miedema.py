from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import known_elements, property_array
from aiida_matal.science.mixing.miedema import miedema_enthalpy, miedema_group, miedema_p_q

WITHOUT = ["S", "Se", "Te"]
COVERED = [symbol for symbol in known_elements() if symbol not in WITHOUT]
SYMBOLS = st.sampled_from(COVERED)
# Takeuchi and Inoue, Mater. Trans. 46, 2817 (2005).
PUBLISHED = {
    "Al-Ni": -22,
    "Ni-Ti": -35,
    "Cu-Zr": -23,
    "Al-Zr": -44,
    "Cr-Fe": -1,
    "Cu-Ni": 4,
    "B-Fe": -26,
    "C-Fe": -50,
    "Ir-Zr": -76,
    "Re-Zr": -35,
    "Ti-W": -6,
    "Ca-Mg": -6,
    "Bi-Ca": -56,
    "Bi-Yb": -55,
    "Cs-Eu": 16,
    "Ag-Sn": -3,
}


def equimolar(system: str) -> float:
    a, b = system.split("-")
    return float(miedema_enthalpy([a], [b], [0.5])[0])


@pytest.fixture
def pairs(matal_data):
    lines = (matal_data / "elements" / "MiedemaLiquidDeltaHf.tsv").read_text().splitlines()[1:]
    rows = [line.split() for line in lines]
    first, second, values = np.array([row for row in rows if set(row[:2]) <= set(COVERED)]).T
    return first, second, values.astype(float)


@pytest.mark.parametrize("system", PUBLISHED)
def test_published_values(system):
    assert equimolar(system) == pytest.approx(PUBLISHED[system], abs=1.0)


def test_the_systems_that_are_known_to_differ_from_the_published_table():
    assert equimolar("Al-Cu") == pytest.approx(-7.7, abs=0.1)
    assert equimolar("Fe-Si") == pytest.approx(-17.8, abs=0.1)
    assert equimolar("Mg-Si") == pytest.approx(-9.0, abs=0.1)


def test_the_table_of_two_thousand_pairs(pairs):
    first, second, values = pairs
    deviation = np.abs(miedema_enthalpy(first, second, np.full(len(first), 0.5)) - values)
    named = np.isin([first, second], ["C", "P", "B", "Si", "Ge"]).any(axis=0)
    assert (~named).sum() == 1891
    assert np.median(deviation[~named]) <= 0.3
    assert (deviation[~named] <= 1).mean() >= 0.95
    differing = np.isin([first, second], ["Cu", "Si", "Ge"]).any(axis=0)
    assert (~differing).sum() == 2016
    assert deviation[~differing].max() <= 2.1


def test_the_published_table_counts_the_transformation_of_silicon(pairs):
    first, second, values = pairs
    silicon = (first == "Si") ^ (second == "Si")
    silicon &= ~np.isin([first, second], ["Cu", "Ge"]).any(axis=0)
    shifted = values[silicon] + 34 * 0.5
    deviation = np.abs(miedema_enthalpy(first[silicon], second[silicon], np.full(silicon.sum(), 0.5)) - shifted)
    assert deviation.max() < 1.1


def test_error_on_the_open_systems(matal_data):
    with (matal_data / "liquid_enthalpy" / "liquid_dHmix_one_per_system.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    first, second, x_b, assessed = (np.array([row[name] for row in rows]) for name in ("A", "B", "x_B", "dHmix_kJ_mol"))
    error = miedema_enthalpy(first, second, x_b.astype(float)) - assessed.astype(float)
    light = np.isin([first, second], ["C", "B"]).any(axis=0)
    assert np.sqrt(np.mean(error**2)) == pytest.approx(12.60, abs=0.05)
    assert np.sqrt(np.mean(error[~light] ** 2)) == pytest.approx(7.48, abs=0.05)


@given(SYMBOLS, SYMBOLS, st.floats(0, 1))
def test_the_order_of_the_elements_does_not_matter(a, b, x_b):
    one, other = miedema_enthalpy([a, b], [b, a], [x_b, 1 - x_b])
    assert one == pytest.approx(other, rel=1e-9, abs=1e-9)


@given(SYMBOLS, SYMBOLS)
def test_the_pure_ends_have_none_and_an_element_does_not_mix_with_itself(a, b):
    np.testing.assert_array_equal(miedema_enthalpy([a, a, a], [b, b, a], [0.0, 1.0, 0.5]), 0)


def test_elements_without_parameters_give_nan():
    found = miedema_enthalpy(["Al", "Se", "Al", "Te"], ["S", "Cu", "Cu", "Te"], [0.5] * 4)
    np.testing.assert_array_equal(np.isnan(found), [True, True, False, True])


def test_groups_and_parameters_of_the_pairs():
    first, second = ["Cu", "Zn", "Al", "Eu", "La", "S"], ["Ag", "Fe", "Si", "Yb", "Au", "Ti"]
    groups = ["TM-TM", "TM-nonTM", "nonTM-nonTM", "nonTM-nonTM", "TM-TM", "TM-nonTM"]
    assert miedema_group(first, second).tolist() == miedema_group(second, first).tolist() == groups
    p, q = miedema_p_q(first, second)
    assert p.tolist() == [14.2, 12.35, 10.7, 10.7, 14.2, 12.35]
    np.testing.assert_allclose(q, 9.4 * p)


def test_heat_capacity_and_entropy_of_the_liquid_follow_p_and_q():
    metals = [symbol for symbol in COVERED if miedema_group([symbol], ["Fe"])[0] == "TM-TM"]
    p, q = miedema_p_q(metals, metals)
    assert np.mean(property_array(metals, "cp_liquid") / p) == pytest.approx(3, abs=0.25)
    assert np.mean(property_array(metals, "s_liquid") / q) == pytest.approx(0.8, abs=0.1)


def test_every_parameter_has_a_unit_and_a_source():
    folder = files("aiida_matal.science.mixing")
    described = list(csv.DictReader(folder.joinpath("miedema_parameters_columns.csv").read_text().splitlines()))
    rows = list(csv.DictReader(folder.joinpath("miedema_parameters.csv").read_text().splitlines()))
    assert [row["element"] for row in rows] == known_elements()
    assert all(row["unit"] and row["meaning"] and row["source"] for row in described)
    assert set(rows[0]) - {"element"} == {row["column"] for row in described}


def test_input_that_cannot_be_right_is_refused():
    with pytest.raises(InputError, match="not a mole fraction"):
        miedema_enthalpy(["Ag"], ["Au"], [1.5])
    with pytest.raises(InputError, match="lengths differ"):
        miedema_enthalpy(["Ag"], ["Au", "Cu"], [0.5])
    with pytest.raises(InputError, match="'Xx'"):
        miedema_group(["Ag"], ["Xx"])
