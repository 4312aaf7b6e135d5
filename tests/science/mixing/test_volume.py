from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.volume import VolumePoint, VolumeSearch, next_volume

SETTINGS = VolumeSearch()


def murnaghan(volume: float, zero_pressure_volume: float, bulk_modulus: float, derivative: float) -> float:
    return bulk_modulus / derivative * ((zero_pressure_volume / volume) ** derivative - 1)


def runs_needed(rng: np.random.Generator, bulk_moduli: tuple[float, float], noise: float) -> int:
    """Return the number of runs of a search in a random liquid that starts up to 20 % off the right volume."""
    liquid = 14.0, rng.uniform(*bulk_moduli), rng.uniform(3, 7)
    volume = 14.0 * rng.uniform(0.8, 1.2)
    points: list[VolumePoint] = []
    for run in range(1, SETTINGS.max_runs + 1):
        points.append(VolumePoint(volume, murnaghan(volume, *liquid) + rng.normal(0, noise), noise))
        advice = next_volume(points, SETTINGS)
        if advice.accepted:
            return run
        volume = advice.volume_per_atom
    return SETTINGS.max_runs + 1


@pytest.mark.parametrize("noise", [0.1, 1.0])
@pytest.mark.parametrize("bulk_moduli", [(30, 200), (200, 1000), (1000, 2000)])
def test_the_search_ends_in_time_in_more_than_99_percent_of_random_liquids(bulk_moduli, noise):
    rng = np.random.default_rng(0)
    runs = np.array([runs_needed(rng, bulk_moduli, noise) for _ in range(1000)])
    assert np.mean(runs <= SETTINGS.max_runs) > 0.99
    assert np.mean(runs) < 6


def test_one_point_is_followed_by_the_guessed_bulk_modulus():
    advice = next_volume([VolumePoint(14.0, 30.0, 1.0)], SETTINGS)
    assert not advice.accepted
    assert advice.volume_per_atom == pytest.approx(14.0 * np.exp(30.0 / 600.0))


@given(st.floats(2.1, 1e4), st.sampled_from([-1, 1]), st.floats(5, 80))
def test_a_compressed_liquid_gets_more_room_but_never_more_than_the_largest_step(pressure, sign, volume):
    advice = next_volume([VolumePoint(volume, sign * pressure, 1.0)], SETTINGS)
    change = sign * (advice.volume_per_atom / volume - 1)
    assert 0 < change <= SETTINGS.max_step * (1 + 1e-9)


def test_exact_points_on_a_line_lead_to_its_zero():
    volumes = np.array([13.9, 14.1])
    points = [VolumePoint(volume, -300 * np.log(volume / 14.2), 0.0) for volume in volumes]
    assert next_volume(points, SETTINGS).volume_per_atom == pytest.approx(14.2, rel=1e-3)


def test_a_target_pressure_shifts_the_search():
    at_target = next_volume([VolumePoint(14.0, 51.0, 1.0)], SETTINGS, target_pressure=50.0)
    assert at_target.accepted
    plain = next_volume([VolumePoint(14.0, 10.0, 1.0)], SETTINGS)
    assert next_volume([VolumePoint(14.0, 60.0, 1.0)], SETTINGS, target_pressure=50.0)[:2] == pytest.approx(plain[:2])


@pytest.mark.parametrize(("pressure", "error", "accepted"), [(2.0, 2.0, True), (-1.9, 0.0, True), (2.1, 0.1, False)])
def test_the_last_point_is_accepted_if_pressure_and_error_are_within_the_tolerance(pressure, error, accepted):
    advice = next_volume([VolumePoint(15.0, 40.0, 1.0), VolumePoint(14.0, pressure, error)], SETTINGS)
    assert advice.accepted is accepted
    assert not advice.longer
    assert (advice.volume_per_atom == 14.0) is accepted


def test_a_right_pressure_with_a_large_error_asks_for_a_longer_run_at_the_same_volume():
    advice = next_volume([VolumePoint(14.0, 1.0, 2.5)], SETTINGS)
    assert (advice.accepted, advice.longer, advice.volume_per_atom) == (False, True, 14.0)
    assert "longer run" in advice.reason


def test_a_repeated_volume_does_not_disturb_the_search():
    once = next_volume([VolumePoint(14.0, 30.0, 1.0)], SETTINGS)
    twice = next_volume([VolumePoint(14.0, 30.0, 1.0)] * 2, SETTINGS)
    assert twice.volume_per_atom == pytest.approx(once.volume_per_atom)


@pytest.mark.parametrize("point", [(np.nan, 1, 1), (14, np.inf, 1), (-14, 1, 1), (14, 1, -1)])
def test_points_that_cannot_be_right_are_refused(point):
    with pytest.raises(InputError, match="not usable"):
        next_volume([VolumePoint(*point)], SETTINGS)


def test_a_search_without_a_run_is_refused():
    with pytest.raises(InputError, match="at least one run"):
        next_volume([], SETTINGS)
