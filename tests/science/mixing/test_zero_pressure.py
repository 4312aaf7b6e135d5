from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.mixing.volume import PressureFit
from aiida_matal.science.mixing.zero_pressure import (
    BOLTZMANN,
    EV_PER_KBAR_ANGSTROM3,
    RunPoint,
    run_point,
    zero_pressure_energy,
)
from aiida_matal.science.trajectory.frames import Frames

VOLUME, THERMAL, BULK_MODULUS, TOLERANCE = 15.0, 100.0, 500.0, 2.0
SLOPE = VOLUME * EV_PER_KBAR_ANGSTROM3 * THERMAL / BULK_MODULUS
KNOWN = PressureFit(VOLUME, BULK_MODULUS, 0.0)
N_ATOMS = 20


def point(pressure, energy, pressure_error=0.0, energy_error=0.0, covariance=0.0, thermal_error=0.0):
    return RunPoint(
        volume_per_atom=VOLUME,
        pressure=pressure,
        pressure_error=pressure_error,
        energy_per_atom=energy,
        energy_error=energy_error,
        covariance=covariance,
        thermal_pressure=THERMAL,
        thermal_pressure_error=thermal_error,
        n_steps=1000,
    )


def on_isotherm(pressure, zero_pressure=-3.0):
    return point(pressure, zero_pressure - SLOPE * pressure, energy_error=1e-3)


def frames(energy, pressure, temperature=2000.0):
    n_frames = len(energy)
    length = (VOLUME * N_ATOMS) ** (1 / 3)
    return Frames(
        symbols=("Cu",) * N_ATOMS,
        positions=np.zeros((n_frames, N_ATOMS, 3)),
        cells=np.tile(np.eye(3) * length, (n_frames, 1, 1)),
        energy_potential=energy,
        pressure=pressure + 20.0,
        pressure_virial=pressure,
        temperature=np.full(n_frames, temperature),
        interval=2.0,
        steps_per_frame=5,
    )


@given(st.lists(st.floats(-9.0, 9.0), min_size=1, max_size=6), st.floats(-9.0, -1.0))
def test_points_on_an_isotherm_give_its_energy_at_zero_pressure(pressures, zero_pressure):
    found = zero_pressure_energy([on_isotherm(item, zero_pressure) for item in pressures], KNOWN, TOLERANCE)
    assert found.value == pytest.approx(zero_pressure)


def test_a_point_far_from_zero_pressure_does_not_count_unless_it_is_the_last():
    near, far = on_isotherm(1.0), point(30.0, -9.0, energy_error=1e-3)
    assert zero_pressure_energy([far, near], KNOWN, TOLERANCE) == zero_pressure_energy([near], KNOWN, TOLERANCE)
    assert zero_pressure_energy([near, far], KNOWN, TOLERANCE).value != pytest.approx(-3.0, abs=1e-3)


def test_error_holds_energy_pressure_and_their_covariance():
    alone = point(0.0, -3.0, pressure_error=1.0, energy_error=2e-3)
    together = point(0.0, -3.0, pressure_error=1.0, energy_error=2e-3, covariance=1e-3)
    expected = 2e-3**2 + SLOPE**2
    assert zero_pressure_energy([alone], KNOWN, TOLERANCE).error == pytest.approx(np.sqrt(expected))
    correlated = np.sqrt(expected + 2 * SLOPE * 1e-3)
    assert zero_pressure_energy([together], KNOWN, TOLERANCE).error == pytest.approx(correlated)


def test_errors_of_the_slope_count_as_far_as_the_pressure_is_from_zero():
    uncertain = PressureFit(VOLUME, BULK_MODULUS, 0.3 * BULK_MODULUS)
    balanced = zero_pressure_energy([on_isotherm(-2.0), on_isotherm(2.0)], uncertain, TOLERANCE)
    onesided = zero_pressure_energy([on_isotherm(2.0), on_isotherm(2.0)], uncertain, TOLERANCE)
    assert balanced.error == pytest.approx(zero_pressure_energy([on_isotherm(2.0)] * 2, KNOWN, TOLERANCE).error)
    assert np.sqrt(onesided.error**2 - balanced.error**2) == pytest.approx(0.3 * SLOPE * 2.0)


def test_stated_errors_are_those_of_repeated_simulations():
    rng = np.random.default_rng(0)
    covariance = np.array([[2e-3**2, 0.7 * 2e-3 * 1.2], [0.7 * 2e-3 * 1.2, 1.2**2]])
    pulls = []
    for _ in range(2000):
        points = []
        for pressure in rng.uniform(-3, 3, size=3):
            noise = rng.multivariate_normal([0, 0], covariance)
            energy, found = -3.0 - SLOPE * pressure + noise[0], pressure + noise[1]
            points.append(point(found, energy, 1.2, 2e-3, covariance[0, 1]))
        estimate = zero_pressure_energy(points, KNOWN, TOLERANCE)
        pulls.append((estimate.value + 3.0) / estimate.error)
    assert np.std(pulls) == pytest.approx(1.0, abs=0.12)
    assert abs(np.mean(pulls)) < 0.15


def test_thermal_pressure_is_that_of_the_fluctuations_and_the_ideal_gas():
    noise = np.random.default_rng(1).normal(size=4000)
    found = run_point(frames(-60.0 + 0.5 * noise, 3.0 * noise), "total")
    thermal_energy = BOLTZMANN * 2000.0
    expected = thermal_energy / (VOLUME * EV_PER_KBAR_ANGSTROM3) + 1.5 * np.var(noise) / thermal_energy
    assert found.thermal_pressure == pytest.approx(expected, rel=0.05)
    assert 0 < found.thermal_pressure_error < 0.1 * found.thermal_pressure
    assert found.covariance == pytest.approx(found.energy_error * found.pressure_error, rel=0.3)


def test_point_holds_means_per_atom_and_the_pressure_of_its_kind():
    noise = np.random.default_rng(2).normal(size=1000)
    found = run_point(frames(-60.0 + noise, 1.5 + noise), "total")
    assert found.volume_per_atom == pytest.approx(VOLUME)
    assert found.energy_per_atom == pytest.approx(-3.0, abs=0.01)
    assert found.pressure == pytest.approx(21.5, abs=0.2)
    assert run_point(frames(-60.0 + noise, 1.5 + noise), "virial").pressure == pytest.approx(1.5, abs=0.2)
    assert found.n_steps == 5000
