"""The frames of a molecular dynamics run, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ase import units
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: eV/Angstrom^3 in a kbar.
KILOBAR = 0.1 * units.GPa


@dataclass(frozen=True)
class Frames:
    """``n`` frames of ``N`` atoms, equally spaced in time.

    :param positions: (n, N, 3) unwrapped, Angstrom.
    :param cells: (n, 3, 3), Angstrom.
    :param energy_potential: (n,) eV per cell.
    :param pressure: (n,) virial and kinetic, kbar, compression positive.
    :param pressure_virial: (n,) kbar.
    :param temperature: (n,) K.
    :param interval: time between frames, fs.
    :param steps_per_frame: time steps between frames.
    """

    symbols: tuple[str, ...]
    positions: Floats
    cells: Floats
    energy_potential: Floats
    pressure: Floats
    pressure_virial: Floats
    temperature: Floats
    interval: float
    steps_per_frame: int

    def __len__(self) -> int:
        return len(self.energy_potential)

    @property
    def n_atoms(self) -> int:
        """Return the number of atoms."""
        return len(self.symbols)

    @property
    def n_steps(self) -> int:
        """Return the number of time steps that the frames stand for."""
        return len(self) * self.steps_per_frame

    @property
    def volume_per_atom(self) -> float:
        """Return the volume of the first cell per atom, Angstrom^3."""
        return float(abs(np.linalg.det(self.cells[0]))) / self.n_atoms

    def pressure_of(self, kind: str) -> Floats:
        """Return the pressure of a kind: ``total`` or ``virial``, kbar."""
        return self.pressure if kind == "total" else self.pressure_virial

    @classmethod
    def join(cls, parts: Sequence[Frames]) -> Frames:
        """Return the frames of runs that continue one another."""
        arrays = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("positions", "cells", "energy_potential", "pressure", "pressure_virial", "temperature")
        }
        first = parts[0]
        return cls(symbols=first.symbols, interval=first.interval, steps_per_frame=first.steps_per_frame, **arrays)
