"""The state from which a run of VASP goes on."""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
from ase import units
from ase.io import read
from numpy.typing import NDArray

from aiida_matal.calculations.vasp.vasprun import unwrap

Floats = NDArray[np.float64]

#: Largest distance in Angstrom of CONTCAR's previous positions from those of the last step that count as the same.
_SAME = 1e-3


class State(NamedTuple):
    """Positions (N, 3), Angstrom, and velocities (N, 3), Angstrom/fs, at a step.

    The velocities are VASP's: those between the step before and this one, (x[k] - x[k-1]) / dt.
    """

    step: int
    positions: Floats
    velocities: Floats


def final_state(positions: Floats, cell: Floats, contcar: str, *, timestep: float, sample_every: int) -> State | None:
    """Return the last state at a multiple of ``sample_every`` steps from which the run can go on, or None.

    It is that of CONTCAR if this follows the last step that was written, otherwise one of these steps with its velocity
    by the difference from the step before. Both are the same: VASP 6.3 writes (x[k] - x[k-1]) / dt to CONTCAR for
    MDALGO = 0 and 2, and begins a run by adding the whole a[0] dt.

    :param positions: (n, N, 3) of the steps 0 .. n-1, not wrapped, Angstrom.
    :param cell: (3, 3), vectors as rows, Angstrom.
    :param contcar: the text of CONTCAR, whatever is left of it.
    """
    n = len(positions)
    if n and n % sample_every == 0:
        found = _read_contcar(contcar, len(positions[0]))
        if found is not None:
            fractional, velocities = found
            last = unwrap(fractional[np.newaxis], cell, positions[-1])[0]
            if np.abs(last - velocities * timestep - positions[-1]).max() < _SAME:
                return State(n, last, velocities)
    step = (n - 1) // sample_every * sample_every
    if step < 1:
        return None
    return State(step, positions[step], (positions[step] - positions[step - 1]) / timestep)


def _read_contcar(text: str, n_atoms: int) -> tuple[Floats, Floats] | None:
    """Return fractional positions and velocities in Angstrom/fs, or None if CONTCAR does not hold both whole."""
    if not text.endswith("\n"):
        return None
    try:
        atoms = read(io.StringIO(text), format="vasp")
    except (ValueError, IndexError, KeyError, RuntimeError, AssertionError):
        return None
    if len(atoms) != n_atoms or not atoms.has("momenta"):
        return None
    return atoms.get_scaled_positions(wrap=False), atoms.get_velocities() * units.fs
