from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.errors_by_group import error_table
from aiida_matal.science.table import Column, Table

GROUPS = {"system": [["Al-Cu", "Al-Cu", "Al-Ni"]], "element": [["Al", "Al", "Al"], ["Cu", "Cu", "Ni"]]}


def parity_of(predicted, baseline=None):
    arrays = {"id": [f"p{row}" for row in range(len(predicted))], "observed": np.zeros(len(predicted))}
    arrays |= {"predicted": predicted} if baseline is None else {"predicted": predicted, "baseline": baseline}
    return Table(arrays, {name: Column(name, "" if name == "id" else "kJ/mol") for name in arrays})


def test_errors_of_a_case_worked_out_by_hand():
    table = error_table(parity_of([3.0, -1.0, 2.0], [6.0, 0.0, 0.0]), GROUPS)
    rows = {(row["level"], row["name"]): tuple(row.values())[2:] for row in table.rows()}
    system, nickel = (2, math.sqrt(5), math.sqrt(18), 1.0), (1, 2.0, 0.0, 2.0)
    everything = (3, math.sqrt(14 / 3), math.sqrt(12), 4 / 3)
    assert rows["system", "Al-Cu"] == rows["element", "Cu"] == pytest.approx(system)
    assert rows["system", "Al-Ni"] == rows["element", "Ni"] == pytest.approx(nickel)
    assert rows["all", "all"] == rows["element", "Al"] == pytest.approx(everything)
    assert rows["system", "mean"] == pytest.approx((3, (system[1] + 2.0) / 2, system[2] / 2, 1.5))
    assert len(rows) == 1 + 3 + 4
    assert table.columns["rmse"].unit == "kJ/mol"


def test_without_a_baseline_its_error_is_unknown():
    assert np.isnan(error_table(parity_of([1.0, 2.0, 3.0]), GROUPS)["baseline_rmse"]).all()


@given(
    points=st.lists(st.tuples(st.sampled_from("abc"), st.floats(-100, 100)), min_size=1, max_size=20),
)
def test_the_squares_of_the_groups_add_up_to_those_of_all_points(points):
    names, predicted = zip(*points, strict=True)
    rows = list(error_table(parity_of(list(predicted)), {"group": [names]}).rows())
    squares = [row["n_points"] * row["rmse"] ** 2 for row in rows]
    assert sum(squares[2:]) == pytest.approx(squares[0])


def test_points_without_a_prediction_and_names_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="2 of 3"):
        error_table(parity_of([1.0, np.nan, 2.0]), GROUPS)
    with pytest.raises(InputError, match=r"groups.system: \(2,\)"):
        error_table(parity_of([1.0, 2.0, 3.0]), {"system": [["a", "b"]]})
