from __future__ import annotations

import csv
import warnings
from importlib.resources import files

import numpy as np
import pytest
from pycalphad import Database, calculate
from pymatgen.core import Element
from scipy.constants import N_A

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import (
    ELEMENT_COLUMNS,
    element,
    element_codes,
    known_elements,
    liquid_volume_per_atom,
    property_array,
    property_matrix,
)

MELTING = {"Ag": 1234.93, "Au": 1337.33, "Cu": 1357.77, "Fe": 1811, "Co": 1768, "Ni": 1728, "Pd": 1828.0, "Pt": 2041.4}
UNITS = {"1", "K", "eV", "kJ/mol", "J/(mol K)", "Angstrom^3", "cm^3/mol", "kg/m^3", "W/(m K)"}
MAGNETIC = {"Fe": "COST507.tdb", "Ni": "COST507.tdb", "Co": "alcocrni.tdb"}
# Yttrium was assessed anew after COST507, and zinc has no phase of its own there.
SOLIDS = {
    **dict.fromkeys(["Al", "Cu", "Ni"], "FCC_A1"),
    **dict.fromkeys(["Ce", "Cr", "Fe", "Hf", "Li", "Mn", "Mo", "Nb", "Nd", "Ta", "Ti", "V", "W", "Zr"], "BCC_A2"),
    "B": "BETA_RHOMBO_B",
    "C": "GRAPHITE",
    "Mg": "HCP_A3",
    "Si": "DIAMOND_A4",
    "Sn": "BCT_A5",
}


def read_database(name: str) -> Database:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Database(str(files("pycalphad").joinpath("tests", "databases", name)))


def pure(database: Database, symbol: str, phase: str, temperature: float, output: str) -> float:
    points = np.ones((1, len(database.phases[phase].constituents)))
    species = [symbol.upper(), "VA"]
    result = calculate(database, species, phase, T=temperature, P=101325, N=1, output=output, points=points)
    return result[output].values.item()


@pytest.fixture(scope="module")
def cost507():
    return read_database("COST507.tdb")


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


@pytest.mark.parametrize("symbol", known_elements())
def test_temperatures_ionisation_energy_and_group_are_near_those_of_pymatgen(symbol):
    reference = Element(symbol)
    if symbol != "C":
        assert element(symbol)["melting_temperature"] == pytest.approx(reference.melting_point, rel=0.01)
    if symbol not in ("Si", "Cu"):
        assert element(symbol)["boiling_temperature"] == pytest.approx(reference.boiling_point, rel=0.03)
    assert element(symbol)["first_ionisation_energy"] == pytest.approx(reference.ionization_energies[0], rel=0.025)
    assert element(symbol)["group"] == reference.group


@pytest.mark.parametrize("symbol", known_elements())
def test_molar_volume_and_density_belong_to_one_atomic_mass(symbol):
    mass = element(symbol)["molar_volume"] * element(symbol)["density"] / 1000
    assert mass == pytest.approx(Element(symbol).atomic_mass, rel=0.06)


def test_the_table_is_complete():
    assert len(known_elements()) == 70
    assert {int(group) for group in property_array(known_elements(), "group")} == set(range(1, 17))
    values = property_matrix()
    assert values.shape == (70, 22)
    assert np.isfinite(values).all()
    may_be_zero = ["n_unfilled", "cp_fusion", "h_liquid", "h_solid"]
    positive = [name not in may_be_zero for name in ELEMENT_COLUMNS]
    assert (values[:, positive] > 0).all()
    assert (values >= -15).all()


def test_fusion_is_consistent_with_liquid_solid_and_melting_temperature():
    table = {name: property_array(known_elements(), name) for name in ELEMENT_COLUMNS}
    for quantity in ("h", "s", "cp"):
        difference = table[f"{quantity}_liquid"] - table[f"{quantity}_solid"]
        np.testing.assert_allclose(table[f"{quantity}_fusion"], difference, atol=2e-4)
    product = table["melting_temperature"] * table["s_fusion"] / 1000
    np.testing.assert_allclose(product, table["h_fusion"], rtol=3e-4)


def test_carbon_stands_out_as_the_paper_says():
    enthalpy = dict(zip(known_elements(), property_array(known_elements(), "h_fusion"), strict=True))
    assert enthalpy.pop("C") == pytest.approx(117.4, abs=0.1)
    assert max(enthalpy.values()) < 117.4 / 2
    assert max(known_elements(), key=lambda symbol: element(symbol)["first_ionisation_energy"]) == "C"


@pytest.mark.parametrize("symbol", SOLIDS)
def test_liquid_and_solid_agree_with_pycalphad(cost507, symbol):
    properties = element(symbol)
    melting = properties["melting_temperature"]
    for state, phase, sign in (("liquid", "LIQUID", 1), ("solid", SOLIDS[symbol], -1)):
        enthalpy, entropy = (pure(cost507, symbol, phase, melting + 0.001 * sign, name) for name in ("HM", "SM"))
        heat_capacity = pure(cost507, symbol, phase, melting + 2 * sign, "heat_capacity")
        assert properties[f"h_{state}"] == pytest.approx(enthalpy / 1000, abs=0.02)
        assert properties[f"s_{state}"] == pytest.approx(entropy, abs=0.01)
        assert properties[f"cp_{state}"] == pytest.approx(heat_capacity, abs=0.05)


@pytest.mark.parametrize("symbol", MAGNETIC)
def test_magnetic_elements_melt_where_pycalphad_melts_them(cost507, symbol):
    database = cost507 if MAGNETIC[symbol] == "COST507.tdb" else read_database(MAGNETIC[symbol])
    properties = element(symbol)
    melting = properties["melting_temperature"]
    liquid, *solids = (
        pure(database, symbol, phase, melting, "GM") for phase in ("LIQUID", "BCC_A2", "FCC_A1", "HCP_A3")
    )
    assert abs(liquid - min(solids)) / properties["s_fusion"] < 0.5
    phase = "BCC_A2" if symbol == "Fe" else "FCC_A1"
    assert pure(database, symbol, phase, melting, "GM") == min(solids)
    assert properties["h_solid"] == pytest.approx(pure(database, symbol, phase, melting, "HM") / 1000, abs=0.02)
    assert properties["cp_solid"] == pytest.approx(
        pure(database, symbol, phase, melting - 2, "heat_capacity"), abs=0.02
    )


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


def test_codes_are_rows_of_the_matrix():
    codes = element_codes(["Bi", "Li", "Bi"])
    np.testing.assert_array_equal(codes, [69, 0, 69])
    np.testing.assert_array_equal(property_matrix()[codes][:, 0], [15, 1, 15])


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
    with pytest.raises(ValueError, match="read-only"):
        property_matrix()[0, 0] = 2
