"""Velocities to start a run with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ase import units
from numpy.typing import NDArray


def draw_velocities(masses: Sequence[float], temperature: float, seed: int) -> NDArray[np.float64]:
    """Return velocities from the Maxwell-Boltzmann distribution, (N, 3), Angstrom/fs.

    The centre of mass is at rest, and the kinetic energy of the 3N - 3 degrees of freedom is that of the temperature
    exactly, as it is where LAMMPS or pw.x draw them.

    :param masses: of the N atoms, amu; N is at least 2.
    :param temperature: K.
    """
    mass = np.asarray(masses, dtype=np.float64)[:, np.newaxis]
    velocities = np.random.default_rng(seed).normal(size=(len(mass), 3)) / np.sqrt(mass)
    velocities -= np.sum(mass * velocities, axis=0) / np.sum(mass)
    wanted = (3 * len(mass) - 3) * units.kB * temperature
    return velocities * np.sqrt(wanted / np.sum(mass * velocities**2)) * units.fs
