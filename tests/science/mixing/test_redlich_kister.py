from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.redlich_kister import (
    COEFFICIENTS,
    RedlichKister,
    extremum,
    fit_redlich_kister,
    polynomials_of,
    redlich_kister_table,
)
from aiida_matal.science.table import Column, Table

GRID = np.arange(1, 20) * 0.05
# Cu-Mg of COST507: H = x_Cu x_Mg (-36962.71 - 8182.19 (x_Cu - x_Mg)) J/mol at any temperature.
CU_MG = RedlichKister((-36962.71, -8182.19))
COEFFICIENT = st.floats(-1e5, 1e5).map(lambda value: round(value, 3))
POLYNOMIALS = st.lists(COEFFICIENT, min_size=1, max_size=4).map(lambda values: RedlichKister(tuple(values)))


def points_of(systems: dict[str, tuple[np.ndarray, np.ndarray]], unit: str = "kJ/mol") -> Table:
    """Return a table of predictions: mole fractions and enthalpies by system."""
    names = np.concatenate([np.full(len(x_b), name) for name, (x_b, _) in systems.items()])
    element_a, element_b = np.array([name.split("-") for name in names]).T
    arrays = {
        "id": np.arange(len(names)).astype(str),
        "system": names,
        "element_a": element_a,
        "element_b": element_b,
        "x_b": np.concatenate([x_b for x_b, _ in systems.values()]),
        "predicted": np.concatenate([value for _, value in systems.values()]),
    }
    units = {"x_b": "1", "predicted": unit}
    return Table(arrays, {name: Column(name, units.get(name, "")) for name in arrays})


def test_value_by_hand():
    assert CU_MG.value(0.5) == pytest.approx(-36.96271 / 4)
    assert CU_MG.value(0.25) == pytest.approx(0.25 * 0.75 * (-36.96271 - 8.18219 * 0.5))
    np.testing.assert_array_equal(CU_MG.value([0.0, 1.0]), 0.0)


@given(POLYNOMIALS, st.floats(0, 1))
def test_odd_coefficients_change_sign_when_the_elements_are_swapped(polynomial, x_b):
    assert polynomial.swapped.value(1 - x_b) == pytest.approx(polynomial.value(x_b), abs=1e-9)
    assert polynomial.swapped.swapped == polynomial


@pytest.mark.parametrize("coefficients", [(-36962.71,), (-36962.71, -8182.19), (1e4, 0, -3e4), (0, 0, 50, 8e4)])
def test_a_polynomial_is_recovered_exactly_with_its_order(coefficients):
    fit = fit_redlich_kister(GRID, RedlichKister(coefficients).value(GRID))
    assert fit.polynomial.coefficients == pytest.approx(coefficients, abs=1e-6)
    assert fit.max_deviation < 1e-9


@given(POLYNOMIALS)
def test_values_of_a_polynomial_are_recovered_to_1_J_per_mol(polynomial):
    fit = fit_redlich_kister(GRID, polynomial.value(GRID))
    fine = np.linspace(0, 1, 101)
    np.testing.assert_allclose(fit.polynomial.value(fine), polynomial.value(fine), atol=1e-3)
    assert fit.polynomial.order <= polynomial.order


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_aicc_finds_the_order_of_noisy_data_in_most_cases(order):
    true = RedlichKister((-40000.0, 15000.0, -12000.0, 20000.0)[: order + 1])
    rng = np.random.default_rng(order)
    fits = [fit_redlich_kister(GRID, true.value(GRID) + rng.normal(0, 0.15, len(GRID))) for _ in range(200)]
    assert np.mean([fit.polynomial.order == order for fit in fits]) > 0.75
    assert np.mean([fit.rmse for fit in fits]) == pytest.approx(0.15, rel=0.15)


def test_a_wrong_point_with_a_large_error_does_no_harm_and_only_ratios_of_errors_count():
    value = CU_MG.value(GRID)
    value[3] += 20.0
    error = np.where(np.arange(len(GRID)) == 3, 1e4, 0.1)
    fit = fit_redlich_kister(GRID, value, error)
    np.testing.assert_allclose(fit.polynomial.coefficients, CU_MG.coefficients, rtol=1e-5)
    assert fit.max_deviation == pytest.approx(20.0, abs=1e-3)
    assert fit.poor
    scaled = fit_redlich_kister(GRID, value, 7 * error)
    assert scaled.polynomial.coefficients == pytest.approx(fit.polynomial.coefficients)
    assert abs(fit_redlich_kister(GRID, value).polynomial.value(0.2) - CU_MG.value(0.2)) > 1.0


@pytest.mark.parametrize(("n_points", "highest"), [(1, 0), (4, 0), (5, 1), (6, 2), (7, 3)])
def test_few_points_allow_low_orders_only(n_points, highest):
    steep = RedlichKister((1e4, -2e4, 3e4, 4e4))
    x_b = np.linspace(0.1, 0.8, n_points)
    assert fit_redlich_kister(x_b, 100 * steep.value(x_b)).polynomial.order <= highest


def test_repeated_compositions_do_not_determine_more_coefficients():
    x_b = np.repeat([0.3, 0.7], 10)
    assert fit_redlich_kister(x_b, np.linspace(-9, 9, 20)).polynomial.order <= 1


@given(POLYNOMIALS)
def test_the_extremum_is_that_of_a_fine_grid(polynomial):
    x_b = np.linspace(0, 1, 2001)
    values = polynomial.value(x_b)
    found = extremum([polynomial.coefficients])
    largest = np.abs(values).max()
    assert largest - 1e-12 <= abs(found.value[0]) <= largest * (1 + 1e-4) + 1e-12
    assert polynomial.value(found.x_b[0]) == found.value[0]


def test_extrema_of_known_polynomials():
    # A regular solution; L1 alone, with two of equal size at (1 +- 1/sqrt 3) / 2; no mixing at all.
    found = extremum([[-40000.0, 0.0, 0.0], [0.0, 10000.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(found.value, [-10.0, 10 / (6 * np.sqrt(3)), 0.0], atol=1e-9)
    np.testing.assert_allclose(found.x_b, [0.5, (1 - 1 / np.sqrt(3)) / 2, 0.5], atol=1e-9)


def test_a_table_of_systems_is_fitted_as_each_alone_whatever_their_compositions_and_order():
    rng = np.random.default_rng(1)
    shapes = {"Cu-Mg": GRID, "Al-Ni": GRID, "Al-Cu": np.array([0.2, 0.5, 0.6, 0.9, 0.95]), "Ir-Sc": np.array([0.5])}
    systems = {name: (x_b, rng.normal(-20, 5, len(x_b)) * x_b * (1 - x_b)) for name, x_b in shapes.items()}
    points = points_of(systems)
    table = redlich_kister_table(points.take(rng.permutation(len(points))))
    assert table["system"].tolist() == ["Al-Cu", "Al-Ni", "Cu-Mg", "Ir-Sc"]
    assert table["n_points"].tolist() == [5, 19, 19, 1]
    for row in table.rows():
        alone = fit_redlich_kister(*systems[row["system"]])
        padded = np.pad(alone.polynomial.coefficients, (0, 3 - alone.polynomial.order))
        np.testing.assert_allclose([row[name] for name in COEFFICIENTS], padded, rtol=1e-9)
        assert row["fit_rmse"] == pytest.approx(alone.rmse)
        assert row["max_deviation"] == pytest.approx(alone.max_deviation)
        assert row["extremum"] == pytest.approx(alone.polynomial.value(row["x_extremum"]))
        assert polynomials_of(table)[row["system"]].order == alone.polynomial.order


def test_a_polynomial_that_misses_a_point_is_flagged():
    wave = 10 * np.sin(8 * np.pi * GRID)
    table = redlich_kister_table(points_of({"Al-Cu": (GRID, wave), "Cu-Mg": (GRID, CU_MG.value(GRID))}))
    assert table["poor_fit"].tolist() == [True, False]
    assert table["max_deviation"][0] > 1.0


def test_assessed_liquids_get_their_polynomials_back_and_one_of_order_4_is_flagged(matal_data):
    frame = pd.read_csv(matal_data / "liquid_enthalpy" / "liquid_dHmix_one_per_system.csv")
    columns = {name: part[["x_B", "dHmix_kJ_mol"]].to_numpy().T for name, part in frame.groupby("system")}
    table = redlich_kister_table(points_of(columns))
    assert len(table) == 160
    assert table["system"][table["poor_fit"]].tolist() == ["B-W"]
    by_system = frame.groupby("system")[["max_RK_order", "associates"]].first().loc[table["system"]]
    simple = ((by_system["max_RK_order"] <= 3) & (by_system["associates"] == 0)).to_numpy()
    assert simple.sum() == 158
    # The table is rounded to 0.1 J/mol.
    assert table["max_deviation"][simple].max() < 3e-4
    assert (table["order"] <= by_system["max_RK_order"].to_numpy())[simple].all()
    assert polynomials_of(table)["Si-Zr"].coefficients == pytest.approx((-200000.0,))


@pytest.mark.parametrize(
    ("x_b", "value", "error", "words"),
    [
        ([0.0, 0.5], [0.0, 1.0], None, "row 0 is not the composition of a binary"),
        ([0.5, np.nan], [0.0, 1.0], None, "row 1 is not the composition"),
        ([0.5], [np.nan], None, "enthalpy: nan"),
        ([0.5], [1.0, 2.0], None, "there are 1 compositions"),
        ([], [], None, "there are no points"),
        ([0.5], [1.0], [0.0], "above 0"),
    ],
)
def test_points_that_cannot_be_right_are_refused(x_b, value, error, words):
    with pytest.raises(InputError, match=words):
        fit_redlich_kister(x_b, value, error)


def test_tables_that_cannot_be_right_are_refused():
    system = {"Al-Cu": (GRID, CU_MG.value(GRID))}
    with pytest.raises(InputError, match="are in kJ/mol"):
        redlich_kister_table(points_of(system, unit="J/mol"))
    with pytest.raises(InputError, match="alphabetical order"):
        redlich_kister_table(points_of({"Mg-Cu": (GRID, CU_MG.value(GRID))}))
    with pytest.raises(InputError, match="no such column"):
        redlich_kister_table(points_of(system), quantity="enthalpy_of_mixing")
    with pytest.raises(InputError, match="no such order"):
        redlich_kister_table(points_of(system), max_order=4)
