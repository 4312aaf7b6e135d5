from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.mixing.demixing import demixing

LENGTH = 10.0
SYMBOLS = ["Ag"] * 20 + ["Cu"] * 30


def frames(shares):
    """Return atoms at random places, of which a share of each frame is on the side of its element."""
    random = np.random.default_rng(3)
    positions = random.uniform(0, LENGTH, (len(shares), 50, 3))
    sides = np.repeat([0.0, 0.4], [20, 30]), np.repeat([0.4, 0.6], [20, 30])
    own = LENGTH * (sides[0] + sides[1] * random.uniform(size=(len(shares), 50)))
    sorted_atoms = random.uniform(size=own.shape) < np.asarray(shares)[:, np.newaxis]
    positions[..., 0] = np.where(sorted_atoms, own, positions[..., 0])
    return positions, np.tile(LENGTH * np.eye(3), (len(shares), 1, 1))


def test_random_mixture_neither_has_order_nor_gets_it():
    found = demixing(*frames(np.zeros(90)), SYMBOLS)
    assert abs(found.order) < 4 * found.order_error < 0.05
    assert abs(found.growth) < 4 * found.growth_error


def test_separated_phases_have_the_order_of_sorted_atoms():
    found = demixing(*frames(np.ones(90)), SYMBOLS)
    assert found.order == pytest.approx(found.separated_order, abs=0.05)
    assert abs(found.growth) < 4 * found.growth_error


def test_growth_is_that_from_the_first_to_the_last_third():
    found = demixing(*frames(np.linspace(0, 1, 90)), SYMBOLS)
    assert found.growth > 4 * found.growth_error
    ends = [demixing(*frames(np.full(90, share)), SYMBOLS).order for share in (1 / 6, 5 / 6)]
    assert found.growth == pytest.approx(ends[1] - ends[0], abs=0.08)


def test_short_run_has_an_order_and_no_growth():
    found = demixing(*frames(np.ones(29)), SYMBOLS)
    assert found.order > 0.2
    assert (found.growth, found.growth_error) == (None, None)


def test_there_is_nothing_to_tell_of_a_pure_element_or_few_frames():
    assert demixing(*frames(np.ones(30)), ["Ag"] * 50) is None
    assert demixing(*frames(np.ones(9)), SYMBOLS) is None
