from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.extrema import elements_of_periods, extremum_rows, gaps, system_names


def test_the_extremum_is_largest_in_size_and_known():
    system = ["Fe-Ti", "Al-Cu", "Al-Cu", "Al-Cu", "Al-Ni", "Al-Ni", "Cu-Ni"]
    value = [1.0, 2.0, -3.0, np.nan, 5.0, -5.0, np.nan]
    assert extremum_rows(system, value).tolist() == [2, 4, 0]


def test_lengths_that_differ_are_refused():
    with pytest.raises(InputError, match="lengths differ"):
        extremum_rows(["Al-Cu"], [1.0, 2.0])


def test_periods_end_at_the_noble_gases():
    symbols = ["Te", "Ne", "Ar", "Na", "Cs", "K", "Sn", "Rb", "W"]
    assert elements_of_periods(symbols, 3, 5) == ["Na", "Ar", "K", "Rb", "Sn", "Te"]
    assert elements_of_periods(symbols, 6, 6) == ["Cs", "W"]


def test_gaps_are_where_an_element_is_left_out():
    assert gaps(["Na", "Mg", "K", "Ca", "Ti"]) == [2, 4]


def test_systems_are_named_in_alphabetical_order():
    assert system_names("Ir", ["Zr", "Al", "Sc"]) == ["Ir-Zr", "Al-Ir", "Ir-Sc"]
