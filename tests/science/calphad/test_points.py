from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np
import pytest

from aiida_matal.science.calphad.points import Point, Reading, check_point, labelled_table, without_repetitions
from aiida_matal.science.errors import InputError

POINT = Point("line 2", "Al", "Cu", 0.25, -9.6, 0.3, 1400.0, source="somebody")


def test_a_table_has_the_columns_of_a_pool_and_of_a_dataset():
    separated = Point("line 3", "As", "Os", 0.5, nan, status="rejected", reason="phase separation")
    first, second = labelled_table([POINT, separated]).rows()
    assert first["id"] == "Al-Cu_x0.250"
    label = {"enthalpy_of_mixing": -9.6, "enthalpy_of_mixing_error": 0.3, "status": "ok", "reason": ""}
    added = {"evidence": "", "core_hours": 0.0, "round": -1, "source": "somebody"}
    assert {name: first[name] for name in (*label, *added)} == {**label, **added}
    assert first["mean_group"] == pytest.approx(0.75 * 13 + 0.25 * 11)
    assert (second["status"], second["reason"]) == ("rejected", "phase separation")
    assert np.isnan([second["enthalpy_of_mixing"], second["enthalpy_of_mixing_error"], second["temperature"]]).all()
    table = labelled_table([POINT])
    assert {name: table.columns[name].unit for name in label} == {
        "enthalpy_of_mixing": "kJ/mol",
        "enthalpy_of_mixing_error": "kJ/mol",
        "status": "",
        "reason": "",
    }


def test_elements_come_in_alphabetical_order_with_the_digits_as_written():
    swapped = check_point(replace(POINT, element_a="Ti", x_b=0.9))
    assert (swapped.element_a, swapped.element_b, swapped.x_b) == ("Cu", "Ti", 0.1)


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"element_a": "Xx"}, "element_a", "it is not in the element table"),
        ({"element_b": "Al"}, "element_b", "both elements are the same"),
        ({"x_b": 0.0}, "x_b", "it is a pure element"),
        ({"x_b": 1.0}, "x_b", "it is a pure element"),
        ({"x_b": 25.0}, "x_b", "it is not between 0 and 1"),
        ({"x_b": nan}, "x_b", "it is not between 0 and 1"),
        ({"value": nan}, "enthalpy_of_mixing", "a label that is ok needs a value"),
        ({"value": -9600.0}, "enthalpy_of_mixing", "no liquid has more than 1000 kJ/mol"),
        ({"value": float("inf")}, "enthalpy_of_mixing", "no liquid has more than 1000 kJ/mol"),
        ({"status": "failed"}, "status", "the row has a value"),
        ({"status": "good"}, "status", "it is unknown"),
        ({"error": -0.1}, "enthalpy_of_mixing_error", "it is no standard error"),
        ({"temperature": 0.0}, "temperature", "it is not above 0 K"),
    ],
)
def test_a_wrong_point_is_refused_by_column(change, column, reason):
    with pytest.raises(InputError, match=reason) as refused:
        check_point(replace(POINT, **change))
    assert refused.value.field == column


def test_equal_values_are_kept_once_and_different_ones_are_all_bad():
    points = [
        replace(POINT, where="line 2"),
        replace(POINT, where="line 3", x_b=0.2501),
        replace(POINT, where="line 4", element_b="Ni", value=-40.0),
        replace(POINT, where="line 5", element_b="Ni", value=-41.0),
        replace(POINT, where="line 6", x_b=0.5),
    ]
    checked = without_repetitions(Reading(points))
    assert [point.where for point in checked.points] == ["line 2", "line 6"]
    assert [(bad.where, bad.column, bad.reason) for bad in checked.bad] == [
        ("line 4", "enthalpy_of_mixing", "Al-Ni_x0.250 has another value: -41 kJ/mol in line 5"),
        ("line 5", "enthalpy_of_mixing", "Al-Ni_x0.250 has another value: -40 kJ/mol in line 4"),
    ]
    assert [(left.where, left.reason) for left in checked.left_out] == [("line 3", "it repeats Al-Cu_x0.250 of line 2")]
