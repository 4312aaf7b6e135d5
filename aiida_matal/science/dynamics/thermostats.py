"""Integrators at constant volume and temperature, for atoms whose centre of mass is at rest."""

from __future__ import annotations

from typing import Any

import numpy as np
from ase import Atoms, units
from ase.md.bussi import Bussi
from ase.md.langevin import Langevin
from ase.md.md import MolecularDynamics
from ase.md.nose_hoover_chain import NoseHooverChainThermostat
from ase.md.verlet import VelocityVerlet

from aiida_matal.science.trajectory.md_settings import MdSettings

#: Kinds of thermostat, the preferred one first.
THERMOSTATS = ("nose", "langevin", "svr")


class NoseHooverChain(VelocityVerlet):
    """Velocity Verlet between half steps of a Nose-Hoover chain that acts on 3N - 3 degrees of freedom.

    Martyna, Klein and Tuckerman, J. Chem. Phys. 97, 2635 (1992). The integrator of ASE acts on 3N, which heats atoms
    whose centre of mass rests by a factor N / (N - 1).
    """

    def __init__(self, atoms: Atoms, timestep: float, temperature_K: float, tdamp: float) -> None:
        super().__init__(atoms, timestep)
        self._thermostat = NoseHooverChainThermostat(
            num_atoms_global=len(atoms) - 1, masses=self.masses, temperature_K=temperature_K, tdamp=tdamp
        )

    def step(self, forces: Any = None) -> Any:
        """Do one step."""
        self._scale()
        forces = super().step(forces)
        self._scale()
        return forces

    def _scale(self) -> None:
        self.atoms.set_momenta(self._thermostat.integrate_nhc(self.atoms.get_momenta(), self.dt / 2))


def integrator(atoms: Atoms, md: MdSettings, temperature: float, seed: int) -> MolecularDynamics:
    """Return what moves the atoms by one time step.

    :param atoms: atoms with a calculator and velocities, their centre of mass fixed by a constraint.
    :param md: the settings; their temperature is not used.
    :param temperature: K.
    :param seed: seed of the thermostats that draw random numbers.
    """
    timestep, relaxation = md.timestep * units.fs, md.thermostat.relaxation * units.fs
    random = np.random.default_rng(seed)
    match md.thermostat.choose(THERMOSTATS):
        case "nose":
            return NoseHooverChain(atoms, timestep, temperature_K=temperature, tdamp=relaxation)
        case "langevin":
            friction = 1.0 / relaxation
            return Langevin(atoms, timestep, temperature_K=temperature, friction=friction, fixcm=False, rng=random)
        case _:
            return Bussi(atoms, timestep, temperature_K=temperature, taut=relaxation, rng=random)
