"""Ranges of numbers, repeats of a cell and orders, as options of commands."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aiida_matal.cli.text import split_list
from aiida_matal.science.errors import InputError

_MAX_VALUES = 10_000
_ENDS_MEET = 1e-6


def parse_range(option: str, text: str) -> list[float]:
    """Return the numbers in ``START:STOP:STEP``, both ends included, or the one number.

    They are rounded to ten digits after the point. STOP may lie below START; the sign of STEP does not matter.

    :raises InputError: if it is neither, STEP is 0 or does not lead from START to STOP, or there are too many.
    """
    cure = "Give a number, or START:STOP:STEP such as -0.5:0.5:0.02."
    try:
        numbers = [float(part) for part in text.split(":")]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 3) or not all(math.isfinite(number) for number in numbers):
        raise InputError(option, text, "it is no number and no range", cure)
    if len(numbers) == 1:
        return numbers
    start, stop, step = numbers[0], numbers[1], abs(numbers[2])
    if step == 0 or abs(stop - start) / step > _MAX_VALUES:
        raise InputError(option, text, f"the step is 0, or there are more than {_MAX_VALUES} steps", cure)
    n_steps = round(abs(stop - start) / step)
    if abs(n_steps * step - abs(stop - start)) > _ENDS_MEET * step:
        raise InputError(option, text, "the steps do not end at STOP", cure)
    direction = math.copysign(step, stop - start)
    return [round(start + number * direction, 10) + 0.0 for number in range(n_steps + 1)]


def parse_repeats(option: str, text: str) -> list[int]:
    """Return the three whole numbers of ``A,B,C``.

    :raises InputError: if they are no whole numbers of 1 or more, or not three.
    """
    parts = split_list(text)
    if len(parts) != 3 or not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise InputError(option, text, "it is not three whole numbers of 1 or more", "Give for example 4,4,4.")
    return [int(part) for part in parts]


def parse_orders(option: str, texts: Sequence[str]) -> dict[str, list[float]]:
    """Return names and ratios of order parameters of texts like ``L1_2=1,1,1``.

    :raises InputError: if one of them is no such text, or a name is there twice.
    """
    orders: dict[str, list[float]] = {}
    for text in texts:
        name, _, ratios = text.partition("=")
        try:
            numbers = [float(part) for part in split_list(ratios)]
        except ValueError:
            numbers = []
        if not name.strip() or not numbers or name.strip() in orders:
            reason = "it is no name with numbers, or the name is there twice"
            raise InputError(option, text, reason, "Give for example L1_2=1,1,1.")
        orders[name.strip()] = numbers
    return orders
