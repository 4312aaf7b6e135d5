from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import pytest
from pymatgen.core import Element
from scipy.constants import N_A

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import (
    ELEMENT_COLUMNS,
    element,
    known_elements,
    liquid_volume_per_atom,
    property_array,
)

MELTING = {"Ag": 1234.93, "Au": 1337.33, "Cu": 1357.77, "Fe": 1811, "Co": 1768, "Ni": 1728, "Pd": 1828.0, "Pt": 2041.4}
UNITS = {"1", "K", "eV", "kJ/mol", "Angstrom^3", "cm^3/mol", "kg/m^3", "W/(m K)"}


@pytest.mark.parametrize("symbol", ["Ag", "Au", "Cu", "Ni", "Pd", "Pt"])
def test_six_metals_agree_with_pymatgen(symbol):
    reference = Element(symbol)
    assert element(symbol)["melting_temperature"] == pytest.approx(reference.melting_point, abs=2)
    assert element(symbol)["electronegativity"] == reference.X
    assert element(symbol)["molar_volume"] == pytest.approx(reference.molar_volume, rel=0.01)
    assert element(symbol)["density"] == pytest.approx(reference.density_of_solid, rel=0.01)


@pytest.mark.parametrize("symbol", MELTING)
def test_melting_temperatures_are_the_accepted_ones(symbol):
    assert element(symbol)["melting_temperature"] == pytest.approx(MELTING[symbol], abs=1)


@pytest.mark.parametrize("symbol", [name for name in known_elements() if name != "C"])
def test_melting_temperature_and_ionisation_energy_are_near_those_of_pymatgen(symbol):
    reference = Element(symbol)
    assert element(symbol)["melting_temperature"] == pytest.approx(reference.melting_point, rel=0.01)
    assert element(symbol)["first_ionisation_energy"] == pytest.approx(reference.ionization_energies[0], rel=0.01)
    assert element(symbol)["group"] == reference.group


@pytest.mark.parametrize("symbol", known_elements())
def test_molar_volume_and_density_belong_to_one_atomic_mass(symbol):
    mass = element(symbol)["molar_volume"] * element(symbol)["density"] / 1000
    assert mass == pytest.approx(Element(symbol).atomic_mass, rel=0.06)


def test_the_table_is_complete_and_positive():
    assert len(known_elements()) == 65
    values = np.array([property_array(known_elements(), name) for name in ELEMENT_COLUMNS])
    assert values.shape == (11, 65)
    assert (values > 0).all()


def test_every_column_has_meaning_unit_and_source():
    text = files("aiida_matal.science.mixing").joinpath("elements_columns.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["column"] for row in rows} == set(ELEMENT_COLUMNS)
    assert all(row["meaning"] and row["source"] for row in rows)
    assert {row["unit"] for row in rows} <= UNITS


def test_property_array_keeps_order_and_repetition():
    found = property_array(["Cu", "Ag", "Cu"], "melting_temperature")
    np.testing.assert_array_equal(found, [1357.77, 1234.93, 1357.77])
    assert property_array([], "group").shape == (0,)


def test_the_liquid_starts_at_the_volume_of_the_solid_plus_ten_percent():
    assert liquid_volume_per_atom("Cu", 1300.0) == pytest.approx(1.1 * 4 * 3.615**3 / 16, rel=0.01)
    assert liquid_volume_per_atom("Al", 933.47 + 100) == pytest.approx(1.1 * 1.01 * 10e24 / N_A, rel=1e-4)


@pytest.mark.parametrize(("symbol", "cure"), [("cu", "Did you mean 'Cu'"), ("Xx", "Known elements: Li, Be")])
def test_an_unknown_element_is_refused_with_a_cure(symbol, cure):
    with pytest.raises(InputError, match=cure):
        element(symbol)
    with pytest.raises(InputError, match=cure):
        property_array(["Cu", symbol], "group")


def test_an_unknown_property_is_refused():
    with pytest.raises(InputError, match="Known properties: group"):
        property_array(["Cu"], "colour")


def test_values_cannot_be_changed():
    with pytest.raises(TypeError):
        element("Cu")["group"] = 12
