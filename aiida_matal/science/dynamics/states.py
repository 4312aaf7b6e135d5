"""The states of a run, in a file that only grows: what was written before a kill is there after it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Name of the file, in the folder of a job.
STATES_FILE = "states.bin"
#: Numbers of a record before the positions: step, wall seconds, energies, pressure.
_N_SCALARS = 5
_NUMBER = np.dtype("<f8")


class State(NamedTuple):
    """The atoms at one step.

    :ivar step: number of steps since the start of the recorded run.
    :ivar wall_seconds: time spent since the start of the job.
    :ivar energy_potential: eV per cell.
    :ivar energy_kinetic: eV per cell.
    :ivar pressure_virial: without the kinetic part, kbar, compression positive.
    :ivar positions: (N, 3) cartesian, not wrapped, Angstrom.
    :ivar velocities: (N, 3), Angstrom/fs.
    """

    step: int
    wall_seconds: float
    energy_potential: float
    energy_kinetic: float
    pressure_virial: float
    positions: Floats
    velocities: Floats


@dataclass(frozen=True)
class States:
    """The states in a file, as arrays of n states in the units of :class:`State`.

    :param header: what was known at the start.
    """

    header: dict[str, Any]
    wall_seconds: Floats
    energy_potential: Floats
    energy_kinetic: Floats
    pressure_virial: Floats
    positions: Floats
    velocities: Floats

    def __len__(self) -> int:
        return len(self.positions)


class StateFile:
    """Writes states to a new file: one line of JSON, then float64 records of equal length, each flushed at once."""

    def __init__(self, path: Path, header: dict[str, Any]) -> None:
        self._handle = path.open("wb", buffering=0)
        self._handle.write(json.dumps(header).encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._handle.close()

    def write(self, state: State) -> None:
        """Append a state."""
        numbers = np.concatenate([state[:_N_SCALARS], state.positions.ravel(), state.velocities.ravel()])
        self._handle.write(numbers.astype(_NUMBER).tobytes())


def read_states(content: bytes, n_atoms: int, sample_every: int) -> States | None:
    """Return the whole states in the content of a file, or None if there is no header.

    A last state that was cut off is left out, and so is everything after a record of another step than its place says.

    :param n_atoms: atoms in each state.
    :param sample_every: steps from one state to the next.
    """
    head, newline, body = content.partition(b"\n")
    if not newline:
        return None
    length = _N_SCALARS + 6 * n_atoms
    n_whole = len(body) // (length * _NUMBER.itemsize)
    records = np.frombuffer(body, dtype=_NUMBER, count=n_whole * length).reshape(n_whole, length).astype(np.float64)
    wrong = records[:, 0] != np.arange(n_whole) * sample_every
    records = records[: int(np.argmax(wrong)) if wrong.any() else n_whole]
    _, wall_seconds, potential, kinetic, virial = records[:, :_N_SCALARS].T
    positions, velocities = records[:, _N_SCALARS:].reshape(-1, 2, n_atoms, 3).swapaxes(0, 1)
    return States(json.loads(head), wall_seconds, potential, kinetic, virial, positions, velocities)
