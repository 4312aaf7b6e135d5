"""Atoms that are quick to simulate."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms
from ase.calculators.calculator import Calculator, all_changes

from aiida_matal.science.dynamics.run import WallClock, run_md
from aiida_matal.science.dynamics.states import StateFile, read_states
from aiida_matal.science.trajectory.md_settings import MdSettings

MD = {"temperature": 600.0, "timestep": 2.0, "n_steps": 20, "sample_every": 5, "seed": 3}
N_ATOMS = 8


class Wells(Calculator):
    """Each atom in a harmonic well of its own: by equipartition, the mean potential energy is the kinetic one."""

    implemented_properties = ["energy", "forces", "stress"]

    def __init__(self, sites):
        super().__init__()
        self.sites = sites
        self.stiffness = np.linspace(0.5, 3.0, len(sites))[:, np.newaxis]

    def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        moved = self.atoms.positions - self.sites
        self.results = {
            "energy": 0.5 * float(np.sum(self.stiffness * moved**2)),
            "forces": -self.stiffness * moved,
            "stress": np.zeros(6),
        }


@pytest.fixture
def wells():
    """Return a function that gives eight atoms of two masses at rest in their wells."""

    def make():
        sites = np.arange(3 * N_ATOMS, dtype=float).reshape(N_ATOMS, 3)
        atoms = Atoms("Al4Au4", sites, cell=np.eye(3) * 30, pbc=True)
        atoms.calc = Wells(sites)
        return atoms

    return make


@pytest.fixture
def run(tmp_path):
    """Return a function that runs atoms and gives the states."""

    def run_atoms(atoms, *, clock=None, **changes):
        md = MdSettings.parse({**MD, **changes}, "md")
        with StateFile(tmp_path / "states.bin", {}) as states:
            done = run_md(atoms, md, states, clock or WallClock(1e6))
        found = read_states((tmp_path / "states.bin").read_bytes(), len(atoms), md.sample_every)
        assert done == (len(found) - 1) * md.sample_every
        return found

    return run_atoms
