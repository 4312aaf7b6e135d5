"""Velocities of a run by Verlet's algorithm, from the positions and forces that a code prints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ase import units
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError

Floats = NDArray[np.float64]

#: Acceleration in Angstrom/fs^2 of 1 amu under a force of 1 eV/Angstrom.
_ACCELERATION = units.fs**2


def accelerations(forces: ArrayLike, masses: Sequence[float]) -> Floats:
    """Return the accelerations in Angstrom/fs^2.

    :param forces: (n, N, 3), eV/Angstrom.
    :param masses: of the N atoms, amu.
    """
    return np.asarray(forces, dtype=np.float64) * _ACCELERATION / np.asarray(masses, dtype=np.float64)[:, np.newaxis]


def velocities_at(positions: ArrayLike, acceleration: ArrayLike, step: int, timestep: float) -> Floats:
    """Return the velocities at a step of a run, (N, 3), Angstrom/fs.

    Within the run they are the central difference (x[k+1] - x[k-1]) / 2 dt, which is the velocity of Verlet's algorithm
    (Swope et al., J. Chem. Phys. 76, 637 (1982), Eq. 4), with an error of order dt^2 against the exact motion. At the
    last position they are (x[k] - x[k-1]) / dt + dt a[k] / 2 (the same, for the position that comes next), and at the
    first (x[1] - x[0]) / dt - dt a[0] / 2. Where a[k] of the last position is not known, it is extrapolated as
    2 a[k-1] - a[k-2], or taken as a[k-1] if that is the only one: this adds an error of order dt^3, or dt^2.

    :param positions: (n, N, 3) at steps 0 .. n-1, all of them, not wrapped, Angstrom; n is at least 2.
    :param acceleration: (m, N, 3) at steps 0 .. m-1, Angstrom/fs^2; m is n, or n-1 where the last is not known.
    :param step: from 0 to n-1.
    :param timestep: fs.
    :raises InputError: if the step is not one of the run, or the numbers of steps do not fit.
    """
    x, a = np.asarray(positions, dtype=np.float64), np.asarray(acceleration, dtype=np.float64)
    last = len(x) - 1
    if last < 1 or len(a) not in (last, last + 1):
        reason = "there must be at least 2 positions, and as many accelerations or one fewer"
        raise InputError("positions", f"{len(x)} positions, {len(a)} accelerations", reason, "Give all steps.")
    if not 0 <= step <= last:
        raise InputError("step", step, "the run does not hold it", f"Give a step from 0 to {last}.")
    if 0 < step < last:
        return (x[step + 1] - x[step - 1]) / (2 * timestep)
    if step == 0:
        return (x[1] - x[0]) / timestep - 0.5 * timestep * a[0]
    return (x[last] - x[last - 1]) / timestep + 0.5 * timestep * _last_acceleration(a, last)


def _last_acceleration(a: Floats, last: int) -> Floats:
    if len(a) > last:
        return a[last]
    return a[-1] if len(a) == 1 else 2 * a[-1] - a[-2]
