from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.trajectory.frames import Frames


def frames(n_frames, first=0.0):
    values = first + np.arange(n_frames, dtype=np.float64)
    return Frames(
        symbols=("Ag", "Au"),
        positions=np.broadcast_to(values[:, None, None], (n_frames, 2, 3)),
        cells=np.tile(np.array([[2.0, 0, 0], [0, -3.0, 0], [1.0, 0, 4.0]]), (n_frames, 1, 1)),
        energy_potential=values,
        pressure=values + 10,
        pressure_virial=values + 20,
        temperature=values + 30,
        interval=6.0,
        steps_per_frame=3,
    )


def test_frames_stand_for_the_steps_to_the_next_frame():
    assert (len(frames(5)), frames(5).n_steps, frames(5).n_atoms) == (5, 15, 2)


def test_volume_is_positive_in_a_left_handed_cell():
    assert frames(1).volume_per_atom == pytest.approx(12.0)


def test_pressure_is_chosen_by_kind():
    assert frames(2).pressure_of("total").tolist() == [10.0, 11.0]
    assert frames(2).pressure_of("virial").tolist() == [20.0, 21.0]


def test_joined_frames_follow_one_another():
    joined = Frames.join([frames(2), frames(3, first=2.0)])
    assert joined.energy_potential.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    for name in ("positions", "cells", "pressure", "pressure_virial", "temperature"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(frames(5), name))
    assert (joined.symbols, joined.interval, joined.steps_per_frame) == (("Ag", "Au"), 6.0, 3)
