from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.mixing.liquid_cost import (
    MIN_COMPARABLE,
    LiquidCost,
    Wanted,
    comparable,
    core_hours_of,
    expected_jobs,
    expected_steps,
    shortest,
)
from aiida_matal.science.mixing.settings import LiquidSettings

SETTINGS = LiquidSettings(n_atoms=108, sample_every=10, hot_start_steps=1000, volume_steps=1500, production_steps=5000)
COST = LiquidCost(SETTINGS, "code", n_atoms=108, runs=4, jobs=4, steps=17_500, core_hours=0.5)
WANTED = Wanted(SETTINGS, "code", exponents=(1.0, 1.0), hot_start_in_job=True)
ELECTRONIC = replace(WANTED, exponents=(2.0, 3.0), hot_start_in_job=False)

histories = st.lists(
    st.builds(replace, st.just(COST), core_hours=st.floats(0.01, 100.0), steps=st.integers(6000, 60_000)),
    min_size=3,
    max_size=12,
)


def with_settings(wanted: Wanted, **changes: int) -> Wanted:
    return replace(wanted, settings=wanted.settings.model_copy(update=changes))


@pytest.mark.parametrize(
    ("changes", "in_job", "expected"),
    [
        ({}, True, (2, 6000, 5000)),
        ({}, False, (3, 6000, 5000)),
        ({"hot_start_steps": 0}, False, (2, 5000, 5000)),
        ({"volume_steps": 7000}, True, (1, 8000, 7000)),
        ({"segment_steps": 500}, True, (3 + 7, 6000, 5000)),
        ({"segment_steps": 500}, False, (2 + 3 + 7, 6000, 5000)),
        ({"volume_steps": 1501}, True, (2, 1000 + 1510 + 3490, 5000)),
    ],
)
def test_shortest_liquid_is_hot_start_one_volume_and_the_rest_of_the_production(changes, in_job, expected):
    assert shortest(SETTINGS.model_copy(update=changes), in_job) == expected


def test_with_the_same_settings_a_liquid_takes_what_it_took():
    assert (expected_jobs(COST, WANTED), expected_steps(COST, WANTED)) == (4, 17_500)


def test_the_steps_after_the_hot_start_grow_with_the_production():
    longer = with_settings(WANTED, production_steps=10_000, hot_start_steps=3000)
    assert expected_steps(COST, longer) == 3000 + 2 * 16_500


def test_jobs_grow_with_the_segments():
    assert expected_jobs(COST, with_settings(WANTED, segment_steps=500)) == 4 * 10 / 2


@given(histories, st.integers(1, 20), st.integers(0, 20))
def test_the_quantiles_are_in_order_and_more_liquids_never_cost_less(history, n_surely, n_more):
    few = core_hours_of(history, WANTED, n_surely, n_surely)
    more = core_hours_of(history, WANTED, n_surely, n_surely + n_more)
    surely_more = core_hours_of(history, WANTED, n_surely + n_more, n_surely + n_more)
    assert 0 < more.low <= more.median <= more.high
    assert few.low == more.low <= surely_more.low
    assert few.median <= more.median == surely_more.median
    assert few.high <= more.high == surely_more.high


@given(histories, st.floats(0.1, 10.0))
def test_a_machine_that_is_slower_by_a_factor_costs_that_factor(history, factor):
    slower = [replace(cost, core_hours=factor * cost.core_hours) for cost in history]
    expected = [factor * value for value in core_hours_of(history, WANTED, 3, 5)]
    assert list(core_hours_of(slower, WANTED, 3, 5)) == pytest.approx(expected)


@given(st.integers(1, 8))
def test_equal_liquids_leave_no_spread(n_liquids):
    assert list(core_hours_of([COST] * 5, WANTED, n_liquids, n_liquids)) == pytest.approx([0.5 * n_liquids] * 3)


def test_cost_grows_linearly_with_the_atoms_of_a_classical_liquid():
    larger = with_settings(WANTED, n_atoms=324)
    assert list(core_hours_of([COST] * 5, larger, 2, 2)) == pytest.approx([3.0, 3.0, 3.0])


def test_cost_with_electrons_lies_between_the_square_and_the_cube_of_the_atoms():
    larger = with_settings(ELECTRONIC, n_atoms=216)
    found = core_hours_of([COST] * 5, larger, 1, 1)
    assert 0.5 * 4 < found.low < 0.5 * 2**2.5 * 0.95 < 0.5 * 2**2.5 * 1.05 < found.high < 0.5 * 8
    assert found.median == pytest.approx(0.5 * 2**2.5, rel=0.05)


def test_eighty_percent_of_new_batches_cost_within_the_range():
    """History and batches are drawn from the same skewed costs: exponential, as wide as their mean."""
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(200):
        history = [replace(COST, core_hours=hours) for hours in rng.exponential(size=20)]
        found = core_hours_of(history, WANTED, 8, 8)
        inside.append(found.low <= rng.exponential(size=8).sum() <= found.high)
    assert 0.72 <= np.mean(inside) <= 0.88


def test_two_liquids_tell_no_range():
    assert core_hours_of([COST, COST], WANTED, 1, 2) == (pytest.approx(1.0), None, None)


def test_the_liquids_most_alike_are_gone_by_if_there_are_enough():
    other_settings = replace(COST, settings=SETTINGS.model_copy(update={"production_steps": 6000}))
    other_size, other_code = replace(COST, n_atoms=32), replace(COST, code="other")
    everything = [other_code, other_size, other_settings, *[COST] * (MIN_COMPARABLE - 1)]
    assert comparable([*everything, COST], WANTED) == [COST] * MIN_COMPARABLE
    assert comparable(everything, WANTED) == [other_settings, *[COST] * (MIN_COMPARABLE - 1)]
    assert comparable(everything[:2] + [other_settings] * 4, WANTED) == [other_size, *[other_settings] * 4]
    assert comparable([other_code, COST], WANTED) == [other_code, COST]
    assert comparable([], WANTED) == []
