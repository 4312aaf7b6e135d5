from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import ELEMENT_COLUMNS, element, known_elements
from aiida_matal.science.mixing.features import FEATURES, FINAL_FEATURES, GP_FEATURES, binary_features

SYMBOLS = st.sampled_from(known_elements())


def feature(name: str, a: str, b: str, x_b: float) -> float:
    matrix, columns = binary_features([a], [b], [x_b])
    return matrix[0, list(columns).index(name)]


def test_values_by_hand():
    assert feature("mean_electronegativity", "Ag", "Au", 0.25) == pytest.approx(0.75 * 1.93 + 0.25 * 2.54)
    assert feature("avg_dev_electronegativity", "Ag", "Au", 0.25) == pytest.approx(2 * 0.75 * 0.25 * (2.54 - 1.93))


def test_columns_have_the_units_of_the_element_table():
    matrix, columns = binary_features(["Cu", "Al"], ["Ni", "Ti"], [0.5, 0.1])
    assert matrix.shape == (2, 2 * len(ELEMENT_COLUMNS)) == (2, len(columns))
    for name, column in ELEMENT_COLUMNS.items():
        assert columns[f"mean_{name}"].unit == columns[f"avg_dev_{name}"].unit == column.unit


def test_the_selections_of_the_paper_are_among_the_44_features():
    _, columns = binary_features(["Cu"], ["Ni"], [0.5])
    assert list(columns) == FEATURES
    assert (len(FEATURES), len(FINAL_FEATURES), len(GP_FEATURES)) == (44, 30, 10)
    for chosen, n_means in ((FINAL_FEATURES, 12), (GP_FEATURES, 3)):
        assert len(set(chosen) & set(FEATURES)) == len(chosen)
        assert sum(name.startswith("mean_") for name in chosen) == n_means


def test_fifty_thousand_compositions_take_well_under_a_second():
    rng = np.random.default_rng(1)
    first, second = rng.choice(known_elements(), (2, 50_000))
    x_b = rng.random(50_000)
    began = time.process_time()
    matrix, _ = binary_features(first, second, x_b)
    assert time.process_time() - began < 0.5
    again, _ = binary_features(first[-1:], second[-1:], x_b[-1:])
    np.testing.assert_array_equal(matrix[-1:], again)


@given(SYMBOLS, SYMBOLS, st.floats(0, 1))
def test_the_order_of_the_elements_does_not_matter(a, b, x_b):
    first, _ = binary_features([a], [b], [x_b])
    second, _ = binary_features([b], [a], [1 - x_b])
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-9)


@given(SYMBOLS, SYMBOLS, st.floats(0, 1))
def test_the_mean_lies_between_the_elements_and_the_deviation_is_that_of_a_binary(a, b, x_b):
    matrix, _ = binary_features([a], [b], [x_b])
    mean, deviation = np.split(matrix[0], 2)
    first, second = (np.array([element(symbol)[name] for name in ELEMENT_COLUMNS]) for symbol in (a, b))
    slack = 1e-9 * np.maximum(np.abs(first), np.abs(second))
    assert (mean >= np.minimum(first, second) - slack).all()
    assert (mean <= np.maximum(first, second) + slack).all()
    np.testing.assert_allclose(deviation, 2 * x_b * (1 - x_b) * np.abs(first - second), rtol=1e-6, atol=1e-9)


@given(SYMBOLS)
def test_a_pure_element_has_its_own_properties_and_no_deviation(symbol):
    matrix, _ = binary_features([symbol], ["Cu"], [0.0])
    mean, deviation = np.split(matrix[0], 2)
    np.testing.assert_array_equal(mean, [element(symbol)[name] for name in ELEMENT_COLUMNS])
    np.testing.assert_array_equal(deviation, 0)


def test_no_alloy_gives_no_row():
    matrix, columns = binary_features([], [], [])
    assert matrix.shape == (0, len(columns))


def test_input_that_cannot_be_right_is_refused():
    with pytest.raises(InputError, match="not a mole fraction"):
        binary_features(["Ag"], ["Au"], [1.5])
    with pytest.raises(InputError, match="not a mole fraction"):
        binary_features(["Ag"], ["Au"], [np.nan])
    with pytest.raises(InputError, match="lengths differ"):
        binary_features(["Ag"], ["Au", "Cu"], [0.5])
    with pytest.raises(InputError, match="'Xx'"):
        binary_features(["Ag"], ["Xx"], [0.5])
