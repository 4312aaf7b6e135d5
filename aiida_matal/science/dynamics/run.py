"""Molecular dynamics of ASE atoms at constant volume and temperature."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from ase import Atoms, units
from ase.constraints import FixCom

from aiida_matal.science.dynamics.states import State, StateFile
from aiida_matal.science.dynamics.thermostats import integrator
from aiida_matal.science.errors import InputError
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.trajectory.frames import KILOBAR
from aiida_matal.science.trajectory.md_settings import MAX_TEMPERATURE_RATIO, HotStart, MdSettings
from aiida_matal.science.trajectory.velocities import draw_velocities


class UnphysicalRunError(RuntimeError):
    """The integration has failed: the atoms are too hot, or their energy is not finite."""


class WallClock:
    """How long a job has run.

    :param max_seconds: the time after which it is to have ended.
    :param now: gives the time in seconds, from any origin.
    """

    def __init__(self, max_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._max_seconds = max_seconds
        self._now = now
        self._start = now()

    @property
    def seconds(self) -> float:
        """Return the time since the start."""
        return self._now() - self._start

    @property
    def is_over(self) -> bool:
        """Return whether the time is used up."""
        return self.seconds >= self._max_seconds


def run_md(atoms: Atoms, md: MdSettings, states: StateFile, clock: WallClock) -> int:
    """Run the hot start, if there is one, and then the steps that are recorded; return how many of these were done.

    A state is written at steps 0, ``sample_every``, ... ``n_steps``, until the clock is over. The same atoms, settings
    and seed give the same states, bit for bit.

    :param atoms: periodic atoms with a calculator, moved in place; without velocities these are drawn at the first
        temperature. Motion of the centre of mass is taken away.
    :raises InputError: if there is one atom only, or none of them moves and the thermostat scales velocities.
    :raises UnphysicalRunError: if the integration has failed.
    """
    _prepare(atoms, md)
    if md.hot_start is not None and not _run_hot_start(atoms, md, md.hot_start, clock):
        return 0
    return _run_recorded(atoms, md, states, clock)


def temperature_of(atoms: Atoms) -> float:
    """Return the temperature of 3N - 3 degrees of freedom, K."""
    return float(2 * atoms.get_kinetic_energy() / (3 * (len(atoms) - 1) * units.kB))


def _prepare(atoms: Atoms, md: MdSettings) -> None:
    if len(atoms) < 2:
        raise InputError("structure", len(atoms), "one atom has no temperature", "Give two atoms or more.")
    if not atoms.has("momenta"):
        first = md.temperature if md.hot_start is None else md.hot_start.temperature
        drawn = draw_velocities(atoms.get_masses(), first, derive_seed(md.seed, "velocities"))
        atoms.set_velocities(drawn / units.fs)
    atoms.set_constraint(FixCom())
    atoms.set_momenta(atoms.get_momenta())
    if md.thermostat.kind == "svr" and temperature_of(atoms) == 0.0:
        cure = "Leave the velocities out, or choose another thermostat."
        raise InputError("velocities", 0.0, "the thermostat svr cannot scale velocities of zero", cure)


def _run_hot_start(atoms: Atoms, md: MdSettings, hot_start: HotStart, clock: WallClock) -> bool:
    """Run the hot start; return whether there was time for it."""
    dynamics = integrator(atoms, md, hot_start.temperature, derive_seed(md.seed, "hot start"))
    for step in range(1, hot_start.n_steps + 1):
        if clock.is_over:
            return False
        dynamics.step()
        # The start may lie high in energy: how hot it gets does not matter before the run.
        _refuse_unphysical(atoms, np.inf, f"after step {step} of the hot start")
    return True


def _run_recorded(atoms: Atoms, md: MdSettings, states: StateFile, clock: WallClock) -> int:
    dynamics = integrator(atoms, md, md.temperature, derive_seed(md.seed, "run"))
    highest = md.temperature if md.hot_start is None else max(md.temperature, md.hot_start.temperature)
    _refuse_unphysical(atoms, highest, "at the start")
    states.write(_state(atoms, 0, clock))
    for step in range(1, md.n_steps + 1):
        if clock.is_over:
            return (step - 1) // md.sample_every * md.sample_every
        dynamics.step()
        _refuse_unphysical(atoms, highest, f"after step {step}")
        if step % md.sample_every == 0:
            states.write(_state(atoms, step, clock))
    return md.n_steps


def _state(atoms: Atoms, step: int, clock: WallClock) -> State:
    stress = atoms.get_stress(include_ideal_gas=False)
    return State(
        step=step,
        wall_seconds=clock.seconds,
        energy_potential=float(atoms.get_potential_energy()),
        energy_kinetic=float(atoms.get_kinetic_energy()),
        pressure_virial=float(-np.mean(stress[:3]) / KILOBAR),
        positions=atoms.get_positions(),
        velocities=atoms.get_velocities() * units.fs,
    )


def _refuse_unphysical(atoms: Atoms, highest: float, when: str) -> None:
    temperature, energy = temperature_of(atoms), float(atoms.get_potential_energy())
    if not np.isfinite([temperature, energy]).all():
        raise UnphysicalRunError(f"the energy is not finite {when}")
    if temperature > MAX_TEMPERATURE_RATIO * highest:
        raise UnphysicalRunError(
            f"the temperature reached {temperature:.0f} K {when} where {highest:g} K was asked for"
        )
