from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.binaries import MIEDEMA, binary_table, point_ids
from aiida_matal.science.mixing.elements import known_elements
from aiida_matal.science.mixing.features import FEATURES, binary_features
from aiida_matal.science.mixing.miedema import miedema_enthalpy

PAIRS = st.lists(st.sampled_from(known_elements()), min_size=2, max_size=2, unique=True)


def test_the_columns_and_their_units():
    table = binary_table(["Al"], ["Cu"], [0.25], 1400.0)
    base = ["id", "system", "element_a", "element_b", "x_b", "temperature", MIEDEMA]
    assert table.names == base + FEATURES
    assert [table.columns[name].unit for name in base] == ["", "", "", "", "1", "K", "kJ/mol"]


def test_elements_come_in_alphabetical_order():
    table = binary_table(["Cu", "Al"], ["Al", "Cu"], [0.75, 0.5], [1400.0, 1500.0])
    assert table["id"].tolist() == ["Al-Cu_x0.250", "Al-Cu_x0.500"]
    assert table["system"].tolist() == ["Al-Cu", "Al-Cu"]
    assert (table["element_a"].tolist(), table["element_b"].tolist()) == (["Al", "Al"], ["Cu", "Cu"])
    assert table["x_b"].tolist() == [0.25, 0.5]
    assert table["temperature"].tolist() == [1400.0, 1500.0]


def test_estimate_and_features_are_those_of_the_rows():
    table = binary_table(["Zr", "Fe", "Se"], ["Ni", "Zn", "Al"], [0.3, 0.6, 0.5], 2000.0)
    rows = table["element_a"], table["element_b"], table["x_b"]
    np.testing.assert_array_equal(table[MIEDEMA], miedema_enthalpy(*rows))
    np.testing.assert_array_equal(table.matrix(FEATURES), binary_features(*rows)[0])
    assert np.isnan(table[MIEDEMA]).tolist() == [False, False, True]


@given(PAIRS, st.integers(0, 1000))
def test_a_liquid_has_one_name_whichever_element_comes_first(pair, permille):
    a, b = pair
    x_b = permille / 1000
    one, other = point_ids([f"{a}-{b}", f"{b}-{a}"], [x_b, 1 - x_b])
    assert one == other
    assert one == binary_table([b], [a], [1 - x_b], np.nan)["id"][0]
    assert one.startswith("-".join(sorted(pair)) + "_x")


def test_no_liquid_gives_an_empty_table():
    table = binary_table([], [], [], [])
    assert len(table) == len(point_ids([], [])) == 0
    assert table.names[-1] == FEATURES[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["Al"], ["Al"], [0.5], 1000.0), "the first element too"),
        ((["Al"], ["Xx"], [0.5], 1000.0), "'Xx'"),
        ((["Al"], ["Cu"], [1.2], 1000.0), "not a mole fraction"),
        ((["Al"], ["Cu", "Ni"], [0.5], 1000.0), "lengths differ"),
        ((["Al"], ["Cu"], [0.5], [1000.0, 1100.0]), "lengths differ"),
        ((["Al"], ["Cu"], [0.5], 0.0), "not positive"),
        ((["Al"], ["Cu"], [0.5], np.inf), "not positive"),
        ((["Al", "Cu"], ["Cu", "Al"], [0.25, 0.75], 1000.0), "ids repeat"),
    ],
)
def test_input_that_cannot_be_right_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        binary_table(*arguments)
