from __future__ import annotations

import math

import pytest

from aiida_matal.cli.text import number, text_table


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "-"), (math.nan, "-"), (0.1 + 0.2, "0.3"), (1234567.0, "1.23457e+06"), (12, "12"), ("a\n b", "a b")],
)
def test_values_are_one_short_line(value, expected):
    assert number(value) == expected


def test_numbers_align_to_the_right_and_text_to_the_left():
    lines = text_table(["name", "n"], [("a", 1), ("long", 100)]).splitlines()
    assert lines[2:] == ["a         1", "long    100"]


def test_text_that_looks_like_a_number_is_left_alone():
    assert text_table(["id"], [("1e5",), ("007",)]).split()[-2:] == ["1e5", "007"]


def test_table_without_rows_is_its_header():
    assert text_table(["pk", "state"], []).split()[:2] == ["pk", "state"]
