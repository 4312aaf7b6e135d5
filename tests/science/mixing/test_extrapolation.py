from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.extrapolation import muggianu, toop
from aiida_matal.science.mixing.redlich_kister import RedlichKister

ELEMENTS = ("Al", "Cu", "Mg", "Si")
PAIRS = ["-".join(pair) for pair in combinations(ELEMENTS, 2)]
COEFFICIENTS = st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=4).map(lambda values: RedlichKister(tuple(values)))
POLYNOMIALS = st.fixed_dictionaries(dict.fromkeys(PAIRS, COEFFICIENTS))
GROUPS = st.sets(st.sampled_from(ELEMENTS), min_size=1, max_size=3)
COMPOSITIONS = st.lists(st.floats(0.01, 1), min_size=4, max_size=4).map(lambda values: np.array(values) / sum(values))
TERNARY = {
    "Al-Cu": RedlichKister((-66622.0, 46800.0, -2812.0)),
    "Al-Mg": RedlichKister((-12000.0, 8566.0, 1894.0)),
    "Cu-Mg": RedlichKister((-36962.71, -8182.19)),
}


def polynomial_sum(coefficients: tuple[float, ...], difference: float) -> float:
    return sum(value * difference**power for power, value in enumerate(coefficients)) / 1000


@given(POLYNOMIALS, GROUPS, st.sampled_from(PAIRS), st.floats(0, 1), st.permutations(ELEMENTS))
def test_binary_limits_are_exact_in_any_order_of_the_elements(polynomials, group, system, x_b, elements):
    first, second = system.split("-")
    fractions = [{first: 1 - x_b, second: x_b}.get(symbol, 0.0) for symbol in elements]
    expected = polynomials[system].value(x_b)
    assert muggianu(fractions, elements, polynomials)[0] == pytest.approx(expected, rel=1e-12, abs=1e-9)
    assert toop(fractions, elements, polynomials, group)[0] == pytest.approx(expected, rel=1e-12, abs=1e-9)


@given(POLYNOMIALS, GROUPS, COMPOSITIONS)
def test_regular_solutions_have_one_extrapolation(polynomials, group, fractions):
    regular = {name: RedlichKister(polynomial.coefficients[:1]) for name, polynomial in polynomials.items()}
    by_hand = sum(
        fractions[i] * fractions[j] * regular[f"{ELEMENTS[i]}-{ELEMENTS[j]}"].coefficients[0] / 1000
        for i, j in combinations(range(4), 2)
    )
    assert muggianu(fractions, ELEMENTS, regular)[0] == pytest.approx(by_hand, abs=1e-9)
    assert toop(fractions, ELEMENTS, regular, group)[0] == pytest.approx(by_hand, abs=1e-9)


@given(POLYNOMIALS, GROUPS, COMPOSITIONS, st.permutations(range(4)))
def test_neither_the_order_of_the_elements_nor_the_name_of_the_group_matters(polynomials, group, fractions, order):
    elements = [ELEMENTS[number] for number in order]
    others = set(ELEMENTS) - group
    expected = toop(fractions, ELEMENTS, polynomials, group)
    np.testing.assert_allclose(toop(fractions[list(order)], elements, polynomials, others), expected, atol=1e-9)
    shuffled = muggianu(fractions[list(order)], elements, polynomials)
    np.testing.assert_allclose(shuffled, muggianu(fractions, ELEMENTS, polynomials), atol=1e-9)


def test_muggianu_by_hand():
    x, y, z = 0.2, 0.5, 0.3
    expected = (
        x * y * polynomial_sum((-66622.0, 46800.0, -2812.0), x - y)
        + x * z * polynomial_sum((-12000.0, 8566.0, 1894.0), x - z)
        + y * z * polynomial_sum((-36962.71, -8182.19), y - z)
    )
    assert muggianu([x, y, z], ["Al", "Cu", "Mg"], TERNARY)[0] == pytest.approx(expected)


@pytest.mark.parametrize("asymmetric", ["Al", "Cu", "Mg"])
def test_toop_is_his_formula_in_a_ternary(asymmetric):
    # H = x_b/(1-x_a) H_ab(x_a) + x_c/(1-x_a) H_ac(x_a) + (1-x_a)^2 H_bc(x_b/(x_b+x_c)).
    fractions = {"Al": 0.2, "Cu": 0.5, "Mg": 0.3}

    def binary(first: str, second: str, x_second: float) -> float:
        if first < second:
            return TERNARY[f"{first}-{second}"].value(x_second)
        return TERNARY[f"{second}-{first}"].value(1 - x_second)

    b, c = sorted(set(fractions) - {asymmetric})
    x_a, x_b, x_c = fractions[asymmetric], fractions[b], fractions[c]
    expected = (
        x_b / (1 - x_a) * binary(asymmetric, b, 1 - x_a)
        + x_c / (1 - x_a) * binary(asymmetric, c, 1 - x_a)
        + (1 - x_a) ** 2 * binary(b, c, x_c / (x_b + x_c))
    )
    assert toop(list(fractions.values()), list(fractions), TERNARY, [asymmetric])[0] == pytest.approx(expected)


@given(POLYNOMIALS, COMPOSITIONS)
def test_a_ternary_limit_of_a_quaternary_is_that_ternary(polynomials, fractions):
    ternary = fractions[:3] / fractions[:3].sum()
    inside = toop([*ternary, 0.0], ELEMENTS, polynomials, ["Al", "Si"])
    np.testing.assert_allclose(inside, toop(ternary, ELEMENTS[:3], polynomials, ["Al"]), atol=1e-9)


def test_many_liquids_are_worked_out_at_once():
    fractions = [[0.2, 0.5, 0.3], [1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]
    elements = ["Al", "Cu", "Mg"]
    for many, single in (
        (muggianu(fractions, elements, TERNARY), [muggianu(x, elements, TERNARY)[0] for x in fractions]),
        (toop(fractions, elements, TERNARY, ["Mg"]), [toop(x, elements, TERNARY, ["Mg"])[0] for x in fractions]),
    ):
        np.testing.assert_array_equal(many, single)
        assert many[1] == 0


@pytest.mark.parametrize(
    ("fractions", "elements", "words"),
    [
        ([0.5, 0.6], ["Al", "Cu"], "row 0 is not a composition"),
        ([1.5, -0.5], ["Al", "Cu"], "row 0 is not a composition"),
        ([0.5, np.nan], ["Al", "Cu"], "not finite"),
        ([0.5, 0.5], ["Al", "Cu", "Mg"], "there are 3 elements"),
        ([0.5, 0.5], ["Al", "Al"], "no mixture"),
        ([0.5, 0.5], ["Al", "Ti"], "Al-Ti"),
    ],
)
def test_liquids_that_cannot_be_extrapolated_are_refused(fractions, elements, words):
    with pytest.raises(InputError, match=words):
        muggianu(fractions, elements, TERNARY)


@pytest.mark.parametrize("asymmetric", [[], ["Al", "Cu", "Mg"], ["Ti"]])
def test_groups_that_are_none_are_refused(asymmetric):
    with pytest.raises(InputError, match="no group of the elements"):
        toop([0.2, 0.5, 0.3], ["Al", "Cu", "Mg"], TERNARY, asymmetric)
