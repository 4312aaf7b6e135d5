from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.assessment import Assessment, assess, points_from
from aiida_matal.science.mixing.enthalpy import KJ_PER_MOL
from aiida_matal.science.mixing.settings import LiquidSettings, MixingSettings
from aiida_matal.science.mixing.zero_pressure import run_point
from aiida_matal.science.trajectory.frames import Frames

N_ATOMS = 16
SETTINGS = LiquidSettings(
    n_atoms=N_ATOMS,
    volume_steps=100,
    production_steps=400,
    max_production_steps=1000,
    energy_error=0.3,
    volume_search={"pressure_tolerance": 2.0, "max_runs": 3, "bulk_modulus": 600.0, "max_step": 0.1},
)


def frames(n_steps, pressure=0.0, energy_error=0.0, pressure_error=0.0, volume=15.0):
    """Frames whose means are uncorrelated and have these errors: kbar and kJ/mol."""
    signs = np.random.default_rng(n_steps).permutation(np.resize([1.0, -1.0], n_steps))
    spread = signs * np.sqrt(n_steps)
    energy = N_ATOMS * (-3.0 + spread * energy_error / KJ_PER_MOL)
    pressures = pressure + spread * pressure_error
    length = (volume * N_ATOMS) ** (1 / 3)
    return Frames(
        symbols=("Ag",) * N_ATOMS,
        positions=np.zeros((n_steps, N_ATOMS, 3)),
        cells=np.tile(np.eye(3) * length, (n_steps, 1, 1)),
        energy_potential=energy,
        pressure=pressures,
        pressure_virial=pressures - 30,
        temperature=np.full(n_steps, 1000.0),
        interval=2.0,
        steps_per_frame=1,
    )


def test_wrong_pressure_asks_for_another_volume_and_a_production_run():
    found = assess(frames(100, pressure=20.0), [], SETTINGS)
    assert (found.action, found.n_steps) == ("rescale", 400)
    assert found.volume_per_atom == pytest.approx(15.0 * np.exp(20 / 600), rel=1e-3)
    assert [point.pressure for point in found.points] == [pytest.approx(20.0)]


def test_large_pressure_error_asks_for_a_longer_run_at_the_same_volume():
    found = assess(frames(100, pressure_error=5.0), [], SETTINGS)
    assert (found.action, found.n_steps) == ("extend", 400)
    assert found.volume_per_atom == pytest.approx(15.0)
    assert "a longer run is needed" in found.reason


def test_right_volume_asks_for_the_steps_that_production_lacks():
    found = assess(frames(100), [], SETTINGS)
    assert (found.action, found.n_steps) == ("extend", 300)


def test_small_error_of_the_energy_is_accepted():
    found = assess(frames(400, energy_error=0.1), [], SETTINGS)
    assert (found.action, found.n_steps) == ("accept", 0)


def test_large_error_of_the_energy_asks_for_the_steps_that_it_needs():
    found = assess(frames(400, energy_error=0.4), [], SETTINGS)
    assert found.action == "extend"
    assert 400 <= found.n_steps < 600
    assert "the error of the energy at zero pressure is" in found.reason


def test_production_is_no_longer_than_allowed_at_all_volumes_together():
    earlier = run_point(frames(100, pressure=20.0, volume=14.0), "total")
    assert assess(frames(400, energy_error=3.0), [], SETTINGS).n_steps == 600
    assert assess(frames(400, energy_error=3.0), [earlier], SETTINGS).n_steps == 500


def test_longest_production_is_accepted_with_the_error_that_it_has():
    found = assess(frames(1000, energy_error=3.0), [], SETTINGS)
    assert found.action == "accept"
    assert "above 0.3, but the longest production is done" in found.reason


def test_error_that_comes_from_the_slope_asks_for_the_volume_of_zero_pressure():
    noise = np.random.default_rng(3).normal(size=400)
    soft = replace(
        frames(400, pressure=1.9), energy_potential=N_ATOMS * (-3.0 + 2e-3 * noise), pressure_virial=300 * noise
    )
    found = assess(soft, [], SETTINGS)
    assert (found.action, found.n_steps) == ("rescale", 400)
    assert "most of it from dE/dP" in found.reason
    assert found.volume_per_atom == pytest.approx(15.0 * np.exp(1.9 / 600))


def test_search_gives_up_after_the_allowed_volumes():
    points = [run_point(frames(100, pressure=40.0, volume=14.0), "total")] * 2
    found = assess(frames(100, pressure=20.0), points, SETTINGS)
    assert found.action == "give_up"
    assert "not within 2 kbar of 0 kbar" in found.reason
    assert len(found.points) == 3
    assert assess(frames(100, pressure=20.0), points[:1], SETTINGS).action == "rescale"


def test_right_pressure_at_the_last_allowed_volume_is_kept():
    points = [run_point(frames(100, pressure=40.0, volume=14.0), "total")] * 2
    assert assess(frames(400), points, SETTINGS).action == "accept"


def test_points_come_back_from_what_is_stored():
    found = assess(frames(100, pressure=20.0), [], SETTINGS)
    assert points_from(found.as_dict()) == found.points
    assert Assessment(**{**found.as_dict(), "points": found.points}) == found


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"production_steps": 0}, r"oracle\.liquid\.production_steps: 0 is refused"),
        ({"production_steps": -5}, r"oracle\.liquid\.production_steps: -5 is refused"),
        ({"production_steps": 5000, "max_production_steps": 4000}, "max_production_steps is below production_steps"),
        ({"volume_steps": 100, "sample_every": 20}, "a run would have 5 frames, fewer than 10; lower sample_every"),
        ({"segment_steps": 15, "sample_every": 10}, "segment_steps is not a multiple of sample_every"),
        ({"n_atoms": 4}, r"oracle\.liquid\.n_atoms: 4 is refused"),
        ({"volume_search": {"max_run": 3}}, r"oracle\.liquid\.volume_search\.max_run: 3 is refused"),
    ],
)
def test_settings_that_cannot_run_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        MixingSettings.parse({"liquid": changes}, "oracle")


@pytest.mark.parametrize(("n_steps", "whole"), [(100, 100), (101, 110), (9, 10)])
def test_runs_are_rounded_up_to_whole_frames(n_steps, whole):
    settings = LiquidSettings(sample_every=10, hot_start_steps=50, hot_start_factor=2.0)
    md = settings.md(1000.0, n_steps, seed=3, hot=True)
    assert (md.n_steps, md.temperature, md.seed) == (whole, 1000.0, 3)
    assert (md.hot_start.temperature, md.hot_start.n_steps) == (2000.0, 50)
    assert settings.md(1000.0, n_steps, seed=3, hot=False).hot_start is None
    assert LiquidSettings(hot_start_steps=0).md(1000.0, n_steps, seed=3, hot=True).hot_start is None
