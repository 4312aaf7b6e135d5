from __future__ import annotations

import numpy as np
import pytest
from ase import units
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.final_state import accelerations, velocities_at


def oscillators(timestep, n_steps=12):
    """Return exact positions, accelerations and velocities of three atoms that oscillate."""
    frequency = np.array([0.02, 0.03, 0.05])[:, np.newaxis] * np.ones(3)
    phase = np.arange(9.0).reshape(3, 3) + frequency * (np.arange(n_steps) * timestep)[:, np.newaxis, np.newaxis]
    return np.sin(phase), -(frequency**2) * np.sin(phase), frequency * np.cos(phase)


def error_at(step, timestep, known):
    x, a, v = oscillators(timestep)
    return np.abs(velocities_at(x, a[:known], step, timestep) - v[step]).max()


@pytest.mark.parametrize(("step", "known", "order"), [(5, 11, 2), (0, 11, 2), (11, 12, 2), (11, 11, 2)])
def test_error_falls_with_the_square_of_the_time_step(step, known, order):
    # The motion up to the step takes the same time in both runs only to first order: compare with some room.
    assert error_at(step, 1.0, known) < error_at(step, 2.0, known) / 2 ** (order - 0.5)


@given(st.integers(1, 10), st.floats(0.5, 3.0))
def test_velocity_at_the_end_is_that_within_the_run_but_for_the_extrapolated_force(step, timestep):
    x, a, _ = oscillators(timestep)
    verlet = x.copy()
    for k in range(1, len(x) - 1):
        acceleration = -(np.array([0.02, 0.03, 0.05])[:, np.newaxis] ** 2) * verlet[k]
        verlet[k + 1] = 2 * verlet[k] - verlet[k - 1] + timestep**2 * acceleration
    forces = -(np.array([0.02, 0.03, 0.05])[:, np.newaxis] ** 2) * verlet
    within = velocities_at(verlet, forces, step, timestep)
    at_the_end = velocities_at(verlet[: step + 1], forces[: step + 1], step, timestep)
    np.testing.assert_allclose(at_the_end, within, atol=1e-12)
    extrapolated = velocities_at(verlet[: step + 1], forces[:step], step, timestep)
    assert np.abs(extrapolated - within).max() <= 0.5 * timestep * np.abs(np.diff(a, axis=0)).max() * 1.2


def test_only_known_force_is_taken_for_the_last():
    x, a, v = oscillators(0.01, n_steps=2)
    np.testing.assert_allclose(velocities_at(x, a[:1], 1, 0.01), v[1], atol=1e-6)


def test_accelerations_are_in_our_units():
    joule_per_metre, kilogram = 1.602176634e-19 / 1e-10, 1.66053906892e-27
    expected = joule_per_metre / kilogram * 1e10 / 1e30
    np.testing.assert_allclose(accelerations([[[1.0, 0.0, -2.0]]], [2.0])[0, 0], expected * np.array([0.5, 0, -1]))
    assert pytest.approx(units.fs**2, rel=1e-6) == expected


@pytest.mark.parametrize(("n", "m", "step"), [(1, 0, 0), (3, 1, 1), (3, 4, 1), (3, 2, 3), (3, 3, -1)])
def test_steps_that_do_not_fit_are_refused(n, m, step):
    with pytest.raises(InputError):
        velocities_at(np.zeros((n, 2, 3)), np.zeros((m, 2, 3)), step, 1.0)
