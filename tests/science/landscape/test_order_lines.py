from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.order_lines import order_lines


def test_the_line_of_an_ordering_ends_in_a_variant(zigzag, fcc):
    for system in (zigzag, fcc):
        (line,) = order_lines(system, {})
        assert line.name == "ordered"
        assert line.one_sided
        end = line.vector + 0.5 * np.eye(system.d)[0]
        assert np.isclose(system.order_parameters.variants, end).all(axis=1).any()


def test_the_line_of_another_order_is_as_long_as_fits(fcc):
    """L1_2: one of four sublattices full at x = 1/4; three of them, the other direction, at x = 3/4."""
    _, line = order_lines(fcc, {"L1_2": [2, 2, 2]})
    assert (line.name, line.one_sided) == ("L1_2", False)
    for x, sign, full in ((0.25, 1, 1), (0.75, -1, 3)):
        occupations = (sign * line.vector + np.array([x, 0, 0, 0])) @ fcc.order_parameters.signs
        assert np.sort(occupations) == pytest.approx([0.0] * (4 - full) + [1.0] * full, abs=1e-12)


def test_a_direction_with_an_equivalent_opposite_one_is_one_sided(fcc):
    assert order_lines(fcc, {"other": [1, 1, 0]})[1].one_sided


@pytest.mark.parametrize("ratios", [[1, 1], [1, 1, 1, 1], [0, 0, 0], [np.nan, 1, 1]])
def test_orders_of_other_systems_are_refused(fcc, ratios):
    with pytest.raises(InputError, match=r"settings\.orders\.L1_2: .* the system has 3 order parameters"):
        order_lines(fcc, {"L1_2": ratios}, "settings.orders")
