from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aiida_matal.science.mixing.liquid_state import liquid_state
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.mixing.zero_pressure import run_point
from aiida_matal.science.trajectory.frames import Frames

SETTINGS = LiquidSettings(n_atoms=32, production_steps=400, volume_steps=400)
N_FRAMES = 400
VOLUME = 16.0
STEP = 0.15


def frames(step):
    """An ideal gas of random walkers around the sites of a cube: 16 Ag and 16 Cu atoms, one step each 10 fs."""
    random = np.random.default_rng(1)
    length = (VOLUME * 32) ** (1 / 3)
    grid = np.stack(np.meshgrid(*[np.arange(4)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)[::2] * length / 4
    walk = np.cumsum(random.normal(0, step, (N_FRAMES, 32, 3)), axis=0)
    return Frames(
        symbols=("Ag",) * 16 + ("Cu",) * 16,
        positions=grid + walk,
        cells=np.tile(np.eye(3) * length, (N_FRAMES, 1, 1)),
        energy_potential=random.normal(-96.0, 0.5, N_FRAMES),
        pressure=random.normal(50.0, 5.0, N_FRAMES),
        pressure_virial=random.normal(20.0, 5.0, N_FRAMES),
        temperature=random.normal(1500.0, 30.0, N_FRAMES),
        interval=10.0,
        steps_per_frame=5,
    )


@pytest.fixture
def result():
    walkers = frames(STEP)
    return liquid_state(walkers, [run_point(walkers, "total")], SETTINGS)


def test_random_walkers_diffuse_at_the_rate_of_their_steps(result):
    expected = STEP**2 / (2 * 10.0) * 1e-5
    assert result.state["verdict"] == "liquid"
    assert result.state["diffusion"] == pytest.approx(expected, rel=0.3)


def test_state_holds_the_means(result):
    state = result.state
    assert state["composition"] == {"Ag": 16, "Cu": 16}
    assert (state["n_atoms"], state["n_frames"], state["pressure_kind"]) == (32, N_FRAMES, "total")
    assert state["volume_per_atom"] == pytest.approx(VOLUME)
    assert state["temperature"] == pytest.approx(1500.0, abs=10)
    assert state["energy_per_atom"] == pytest.approx(-3.0, abs=5 * state["energy_error"])
    assert state["energy_error"] == pytest.approx(0.5 / 32 / np.sqrt(N_FRAMES), rel=0.5)


def test_enthalpy_is_energy_plus_pressure_times_volume(result):
    kbar_cubic_angstrom_in_ev = 1 / 1602.176634
    difference = result.state["enthalpy_per_atom"] - result.state["energy_per_atom"]
    assert difference == pytest.approx(50.0 * VOLUME * kbar_cubic_angstrom_in_ev, rel=0.05)


def test_tables_have_units_and_the_partial_functions(result):
    assert result.rdf.names == ["r", "g", "g_Ag_Ag", "g_Ag_Cu", "g_Cu_Cu"]
    assert result.rdf.columns["r"].unit == "Angstrom"
    assert result.msd.names == ["time", "msd_Ag", "msd_Cu"]
    assert result.msd["time"][:3].tolist() == [0.0, 10.0, 20.0]
    assert result.msd["msd_Ag"][0] == pytest.approx(0.0, abs=1e-9)
    assert result.msd["msd_Ag"][1] == pytest.approx(3 * STEP**2, rel=0.2)


def test_random_walkers_are_mixed_at_random(result):
    state = result.state
    assert abs(state["short_range_order"]) < max(0.05, 3 * state["short_range_order_error"])
    assert abs(state["short_range_order_growth"]) < 4 * state["short_range_order_growth_error"]
    assert state["separated_order"] == pytest.approx(0.3, abs=0.1)


def test_separated_liquids_are_told_apart_from_one():
    """Walkers that stay on their own side of the cell."""
    walkers = frames(STEP)
    length = walkers.cells[0, 0, 0]
    side = np.where(np.array(walkers.symbols) == "Ag", 0.0, length / 2)
    positions = walkers.positions.copy()
    positions[..., 2] = side + positions[..., 2] % (length / 2)
    separated = replace(walkers, positions=positions)
    state = liquid_state(separated, [run_point(separated, "total")], SETTINGS).state
    assert state["verdict"] == "phase_separated", state
    assert state["reason"].startswith("the short-range order is 0.")


def test_pure_liquid_has_no_order_between_elements():
    walkers = replace(frames(STEP), symbols=("Ag",) * 32)
    state = liquid_state(walkers, [run_point(walkers, "total")], SETTINGS).state
    assert state["verdict"] == "liquid"
    assert {value for key, value in state.items() if "order" in key} == {None}


def test_atoms_that_stay_are_a_solid():
    still = frames(1e-4)
    state = liquid_state(still, [run_point(still, "total")], SETTINGS).state
    assert state["verdict"] == "solid"
    assert state["reason"]
