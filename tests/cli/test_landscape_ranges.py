from __future__ import annotations

import pytest

from aiida_matal.cli.landscape_ranges import parse_orders, parse_range, parse_repeats
from aiida_matal.science.errors import InputError


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("300", [300.0]),
        ("-0.1:0.1:0.05", [-0.1, -0.05, 0.0, 0.05, 0.1]),
        ("0.3:0.7:0.2", [0.3, 0.5, 0.7]),
        ("450:250:-100", [450.0, 350.0, 250.0]),
        ("450:250:100", [450.0, 350.0, 250.0]),
        ("1:1:5", [1.0]),
    ],
)
def test_range_holds_both_ends(text, numbers):
    assert parse_range("--mu", text) == numbers


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a", "it is no number and no range"),
        ("0:1", "it is no number and no range"),
        ("0:1:2:3", "it is no number and no range"),
        ("nan", "it is no number and no range"),
        ("0:inf:1", "it is no number and no range"),
        ("0:1:0", "the step is 0"),
        ("0:1:1e-9", "more than 10000 steps"),
        ("0:1:0.3", "the steps do not end at STOP"),
    ],
)
def test_what_is_no_range_is_refused(text, reason):
    with pytest.raises(InputError, match=f"^--mu: '{text}' is refused: .*{reason}"):
        parse_range("--mu", text)


def test_repeats_are_three_whole_numbers():
    assert parse_repeats("--repeats", "2, 3,4") == [2, 3, 4]
    for text in ("2,2", "2,2,2,2", "0,1,1", "-1,1,1", "1.5,1,1", ""):
        with pytest.raises(InputError, match="it is not three whole numbers"):
            parse_repeats("--repeats", text)


def test_orders_have_names_and_ratios():
    assert parse_orders("--order", []) == {}
    assert parse_orders("--order", ["L1_2=1,1,1", "b = -1, 0.5"]) == {"L1_2": [1, 1, 1], "b": [-1, 0.5]}


@pytest.mark.parametrize("texts", [["1,1"], ["=1,1"], ["a="], ["a=1,b"], ["a=1", "a=2"]])
def test_what_is_no_order_is_refused(texts):
    with pytest.raises(InputError, match="Give for example L1_2=1,1,1"):
        parse_orders("--order", texts)
