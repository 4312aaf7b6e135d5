from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from ase import units
from ase.build import bulk
from ase.calculators.emt import EMT

from aiida_matal.science.dynamics.run import UnphysicalRunError, WallClock
from aiida_matal.science.dynamics.thermostats import THERMOSTATS
from aiida_matal.science.errors import InputError
from aiida_matal.science.seeds import derive_seed

N_MODES = 3 * 8 - 3


@pytest.fixture
def alloy():
    """A compressed alloy of eight atoms."""
    atoms = bulk("Cu", "fcc", a=3.75, cubic=True).repeat((2, 1, 1))
    atoms.symbols[:3] = "Au"
    atoms.rattle(0.1, seed=1)
    atoms.calc = EMT()
    return atoms


def temperatures(states):
    return 2 * states.energy_kinetic / (N_MODES * units.kB)


def has_canonical_fluctuations(temperature, target):
    """Return whether mean and width are those of the canonical ensemble, to the noise of runs as long as these."""
    width = target * np.sqrt(2 / N_MODES)
    return abs(temperature.mean() / target - 1) < 0.06 and abs(temperature.std() / width - 1) < 0.25


@pytest.mark.parametrize("kind", THERMOSTATS)
def test_thermostats_give_the_canonical_temperature(wells, run, kind):
    states = run(wells(), n_steps=4000, thermostat={"kind": kind, "relaxation": 20.0})
    assert has_canonical_fluctuations(temperatures(states)[50:], 600.0)
    potential = 2 * states.energy_potential[50:] / (N_MODES * units.kB)
    assert potential.mean() == pytest.approx(600.0, rel=0.12)


@pytest.mark.parametrize("kind", THERMOSTATS)
def test_energy_is_conserved_where_the_thermostat_hardly_acts(alloy, run, kind):
    states = run(alloy, timestep=0.5, n_steps=60, thermostat={"kind": kind, "relaxation": 1e10})
    total = states.energy_potential + states.energy_kinetic
    assert np.ptp(states.energy_kinetic) > 0.1
    assert np.ptp(total) < 2e-3


def test_run_in_segments_has_the_statistics_of_one_run(wells, run):
    atoms, found = wells(), []
    for index in range(20):
        states = run(atoms, n_steps=200, seed=derive_seed(3, index), thermostat={"relaxation": 20.0})
        if index:
            np.testing.assert_allclose(states.positions[0], found[-1].positions[-1], atol=1e-9)
            np.testing.assert_allclose(states.velocities[0], found[-1].velocities[-1], atol=1e-12)
            assert states.energy_potential[0] == pytest.approx(found[-1].energy_potential[-1], abs=1e-9)
        found.append(states)
        atoms = wells()
        atoms.positions = states.positions[-1]
        atoms.set_velocities(states.velocities[-1] / units.fs)
    temperature = np.concatenate([temperatures(states)[:-1] for states in found])
    assert has_canonical_fluctuations(temperature[50:], 600.0)


@pytest.mark.parametrize("kind", THERMOSTATS)
def test_same_seed_gives_the_same_states_bit_for_bit(wells, run, kind):
    changes = {"thermostat": {"kind": kind}, "hot_start": {"temperature": 900.0, "n_steps": 10}}
    first, again, other = run(wells(), **changes), run(wells(), **changes), run(wells(), **changes, seed=4)
    for name in ("positions", "velocities", "energy_potential", "energy_kinetic", "pressure_virial"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
        if name != "pressure_virial":
            assert not np.array_equal(getattr(first, name), getattr(other, name))


def test_state_holds_energy_and_pressure_of_its_positions(alloy, run):
    states = run(alloy)
    for index in (0, 2, 4):
        again = alloy.copy()
        again.set_constraint()
        again.calc = EMT()
        again.positions = states.positions[index]
        assert states.energy_potential[index] == pytest.approx(again.get_potential_energy(), abs=1e-10)
        energies = []
        for strain in (1e-4, -1e-4):
            strained = again.copy()
            strained.calc = EMT()
            strained.set_cell(again.cell * (1 + strain), scale_atoms=True)
            energies.append((strained.get_volume(), strained.get_potential_energy()))
        pressure = -(energies[0][1] - energies[1][1]) / (energies[0][0] - energies[1][0]) * 1602.176634
        assert pressure > 0
        assert states.pressure_virial[index] == pytest.approx(pressure, rel=1e-4)
        speeds = np.sum(states.velocities[index] ** 2, axis=1)
        kinetic = 0.5 * alloy.get_masses() @ speeds * 103.642696
        assert states.energy_kinetic[index] == pytest.approx(kinetic, rel=1e-6)


def test_centre_of_mass_rests_whatever_velocities_are_given(alloy, run):
    alloy.set_velocities(np.full((8, 3), 1e-3) + np.random.default_rng(0).normal(0, 0.01, (8, 3)))
    moving = alloy.get_velocities() * units.fs
    states = run(alloy, thermostat={"kind": "langevin", "relaxation": 5.0})
    momentum = np.einsum("a,nax->nx", alloy.get_masses(), states.velocities)
    np.testing.assert_allclose(momentum, 0.0, atol=1e-12 * alloy.get_masses().sum())
    centre = np.einsum("a,nax->nx", alloy.get_masses(), states.positions) / alloy.get_masses().sum()
    np.testing.assert_allclose(centre, np.tile(centre[0], (len(centre), 1)), atol=1e-10)
    np.testing.assert_allclose(np.ptp(states.velocities[0] - moving, axis=0), 0.0, atol=1e-14)


def test_velocities_that_are_not_given_are_drawn_at_the_first_temperature(wells, run):
    states = run(wells(), thermostat={"kind": "langevin", "relaxation": 1e6})
    assert temperatures(states)[0] == pytest.approx(600.0)


def test_hot_start_is_hot_and_not_recorded(wells, run):
    hot = {"temperature": 5000.0, "n_steps": 50}
    states = run(wells(), hot_start=hot, thermostat={"kind": "langevin", "relaxation": 10.0})
    assert len(states) == 5
    assert temperatures(states)[0] > 1500.0
    assert np.abs(states.positions[0] - wells().positions).max() > 0.1


def test_run_stops_at_the_last_state_that_there_is_time_for(wells, run):
    ticks = count()
    states = run(wells(), clock=WallClock(16.0, now=lambda: next(ticks)))
    assert 1 < len(states) < 5


def test_clock_that_is_over_in_the_hot_start_leaves_no_state(wells, tmp_path, run):
    with pytest.raises(AssertionError):
        run(wells(), clock=WallClock(0.0), hot_start={"temperature": 900.0, "n_steps": 10})
    assert (tmp_path / "states.bin").read_bytes() == b"{}\n"


def test_exploding_run_is_stopped_with_the_states_before(alloy, run, tmp_path):
    with pytest.raises(UnphysicalRunError, match=r"the temperature reached \d+ K after step \d+ where 600 K was asked"):
        run(alloy, timestep=200.0, thermostat={"kind": "svr"})
    assert len((tmp_path / "states.bin").read_bytes()) > 8 * 48


def test_energy_that_is_not_finite_is_unphysical(wells, run):
    atoms = wells()
    atoms.calc.stiffness = np.full((8, 1), np.nan)
    with pytest.raises(UnphysicalRunError, match="the energy is not finite at the start"):
        run(atoms)


def test_one_atom_is_refused(wells, run):
    with pytest.raises(InputError, match="one atom has no temperature"):
        run(wells()[:1])


def test_atoms_at_rest_are_refused_where_velocities_are_scaled(wells, run):
    atoms = wells()
    atoms.set_velocities(np.zeros((8, 3)))
    with pytest.raises(InputError, match="svr cannot scale velocities of zero"):
        run(atoms, thermostat={"kind": "svr"})
