from __future__ import annotations

import numpy as np
import pytest
from ase import units
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.trajectory.velocities import draw_velocities


@given(st.lists(st.floats(1.0, 250.0), min_size=2, max_size=40), st.floats(10.0, 5000.0), st.integers(1, 2**31 - 1))
def test_temperature_is_exact_and_the_centre_of_mass_rests(masses, temperature, seed):
    velocities = draw_velocities(masses, temperature, seed)
    mass = np.array(masses)[:, np.newaxis]
    np.testing.assert_allclose((mass * velocities).sum(axis=0), 0, atol=1e-9)
    twice_kinetic = np.sum(mass * (velocities / units.fs) ** 2)
    assert twice_kinetic / ((3 * len(masses) - 3) * units.kB) == pytest.approx(temperature)


def test_seed_decides():
    np.testing.assert_array_equal(draw_velocities([1.0, 2.0], 300.0, 5), draw_velocities([1.0, 2.0], 300.0, 5))
    assert np.any(draw_velocities([1.0, 2.0], 300.0, 5) != draw_velocities([1.0, 2.0], 300.0, 6))


def test_components_are_normal_with_the_variance_of_their_mass():
    masses = np.repeat([10.0, 40.0], 4000)
    velocities = draw_velocities(masses, 1000.0, 3) / units.fs
    for mass in (10.0, 40.0):
        scaled = velocities[masses == mass].ravel() * np.sqrt(mass / (units.kB * 1000.0))
        assert scaled.std() == pytest.approx(1.0, abs=0.03)
        assert np.mean(scaled**4) == pytest.approx(3.0, abs=0.3)
