from __future__ import annotations

import freud
import numpy as np
import pytest
from ase.data import atomic_masses

from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.diffusion import diffusion, mean_square_displacement


def random_walk(n_frames: int, n_atoms: int, step: float = 0.1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, step, (n_frames, n_atoms, 3)).cumsum(axis=0)


def without_drift(positions: np.ndarray) -> np.ndarray:
    return positions - positions.mean(axis=1, keepdims=True)


def test_displacement_is_that_of_freud():
    walk = random_walk(301, 20)
    expected = freud.msd.MSD().compute(without_drift(walk)).msd
    found = mean_square_displacement(walk, ["Cu"] * 20)["Cu"]
    np.testing.assert_allclose(found, expected[:151], rtol=1e-4, atol=1e-5)


def test_displacement_is_the_mean_over_all_origins():
    walk = random_walk(21, 5)
    centred = without_drift(walk)
    expected = [np.mean(np.sum((centred[lag:] - centred[: 21 - lag]) ** 2, axis=2)) for lag in range(11)]
    np.testing.assert_allclose(mean_square_displacement(walk, ["Cu"] * 5)["Cu"], expected, atol=1e-12)


def test_displacement_is_told_apart_by_element():
    still, moving = np.zeros((50, 400, 3)), random_walk(50, 4)
    found = mean_square_displacement(np.concatenate([still, moving], axis=1), ["W"] * 400 + ["Li"] * 4)
    assert list(found) == ["Li", "W"]
    assert found["W"][-1] < 1e-6 * found["Li"][-1]


def test_the_motion_of_the_centre_of_mass_is_taken_out():
    walk = random_walk(50, 6)
    symbols = ["Ag", "Cu", "Cu", "W", "W", "Al"]
    drift = np.linspace(0, 30, 50)[:, np.newaxis, np.newaxis] * np.array([1.0, -2.0, 0.5])
    for name, values in mean_square_displacement(walk + drift, symbols).items():
        np.testing.assert_allclose(values, mean_square_displacement(walk, symbols)[name], atol=1e-9)


def test_the_centre_of_mass_is_weighted_with_the_masses():
    vibration = np.sin(np.arange(40))[:, np.newaxis] * np.eye(3)[0]
    heavy, light = vibration / atomic_masses[74], -vibration / atomic_masses[3]
    found = mean_square_displacement(np.stack([heavy, light], axis=1), ["W", "Li"])
    expected = mean_square_displacement(
        np.stack([heavy, light], axis=1) + 5 * np.arange(40)[:, None, None], ["W", "Li"]
    )
    assert found["Li"][3] / found["W"][3] == pytest.approx((atomic_masses[74] / atomic_masses[3]) ** 2)
    np.testing.assert_allclose(found["W"], expected["W"], atol=1e-9)


def test_a_random_walk_diffuses_as_it_should():
    step, interval = 0.1, 10.0
    found = diffusion(mean_square_displacement(random_walk(400, 1000, step), ["Cu"] * 1000)["Cu"], interval)
    expected = 3 * step**2 / (6 * interval) * 1e-20 / 1e-15
    assert found.coefficient == pytest.approx(expected, rel=0.05)
    assert found.exponent == pytest.approx(1, abs=0.05)


def test_a_straight_line_gives_the_exact_coefficient():
    found = diffusion(0.6 * np.arange(50), interval=2.0)
    assert found.coefficient == pytest.approx(0.6 / 2 / 6 * 1e-5)
    assert found.exponent == pytest.approx(1)


def test_atoms_at_rest_do_not_diffuse():
    found = diffusion(mean_square_displacement(np.zeros((20, 3, 3)), ["Cu"] * 3)["Cu"], 1.0)
    assert (found.coefficient, found.exponent) == pytest.approx((0, 0), abs=1e-12)


def test_input_that_cannot_be_right_is_refused():
    with pytest.raises(InputError, match="7 frames"):
        mean_square_displacement(random_walk(7, 2), ["Cu"] * 2)
    with pytest.raises(InputError, match="one symbol an atom"):
        mean_square_displacement(random_walk(10, 2), ["Cu"])
    with pytest.raises(InputError, match="'Xx'"):
        mean_square_displacement(random_walk(10, 1), ["Xx"])
    with pytest.raises(InputError, match="too few lags"):
        diffusion(np.arange(4.0), 1.0)
    with pytest.raises(InputError, match="fs"):
        diffusion(np.arange(10.0), 0.0)
