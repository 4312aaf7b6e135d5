"""What LAMMPS wrote, as numbers: standard output and dump file, whole or cut off. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_COLUMNS = ["Step", "Temp", "PotEng", "KinEng", "Volume", "Press", "c_virial", "CPU"]
_ATOMS = "ITEM: ATOMS id xu yu zu vx vy vz\n"


@dataclass(frozen=True)
class LammpsLog:
    """The standard output of one LAMMPS job.

    :param version: version of LAMMPS, as it prints it.
    :param error: the first error message, or None.
    :param n_warnings: number of warnings.
    :param n_cores: MPI processes times OpenMP threads.
    :param wall_seconds: time spent in runs up to the last record, s.
    :param steps: (n,) recorded steps.
    :param temperature: (n,), K.
    :param energy_potential: (n,), eV.
    :param energy_kinetic: (n,), eV.
    :param volume: (n,), Angstrom^3.
    :param pressure: (n,) virial plus kinetic, bar.
    :param pressure_virial: (n,), bar.
    """

    version: str
    error: str | None
    n_warnings: int
    n_cores: int
    wall_seconds: float
    steps: NDArray[np.int64]
    temperature: NDArray[np.float64]
    energy_potential: NDArray[np.float64]
    energy_kinetic: NDArray[np.float64]
    volume: NDArray[np.float64]
    pressure: NDArray[np.float64]
    pressure_virial: NDArray[np.float64]


@dataclass(frozen=True)
class LammpsDump:
    """States of the atoms, ordered by identifier.

    :param steps: (n,) recorded steps.
    :param positions: (n, N, 3) unwrapped, Angstrom.
    :param velocities: (n, N, 3), Angstrom/ps.
    """

    steps: NDArray[np.int64]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64]


def parse_log(text: str) -> LammpsLog | None:
    """Return the contents of the standard output, or None if LAMMPS did not print its version.

    The records are those of the last run; a hot start prints other columns. A line that was cut off is left out.
    """
    version = re.search(r"^LAMMPS \((.+)\)$", text, re.MULTILINE)
    if version is None:
        return None
    lines = text.split("\n")[:-1]
    starts = [i for i, line in enumerate(lines) if line.split() == _COLUMNS]
    before, table = (lines[: starts[-1]], lines[starts[-1] :]) if starts else (lines, [])
    rows = [fields for line in table if len(fields := line.split()) == len(_COLUMNS) and fields[0].isdigit()]
    records = np.array(rows, dtype=float).reshape(-1, len(_COLUMNS))
    step, temperature, potential, kinetic, volume, pressure, virial, cpu = records.T
    earlier = sum(float(line.split()[3]) for line in before if line.startswith("Loop time of "))
    return LammpsLog(
        version=version[1],
        error=next((line.strip() for line in lines if line.startswith("ERROR")), None),
        n_warnings=sum(line.startswith("WARNING") for line in lines),
        n_cores=_n_cores(text),
        wall_seconds=earlier + (float(cpu[-1]) if len(cpu) else 0.0),
        steps=step.astype(np.int64),
        temperature=temperature,
        energy_potential=potential,
        energy_kinetic=kinetic,
        volume=volume,
        pressure=pressure,
        pressure_virial=virial,
    )


def parse_dump(text: str, n_atoms: int) -> LammpsDump:
    """Return the whole states in a dump file; a last state that was cut off is left out.

    :param n_atoms: atoms in each state.
    """
    steps: list[int] = []
    states: list[NDArray[np.float64]] = []
    for state in text.split("ITEM: TIMESTEP\n")[1:]:
        head, _, atoms = state.partition(_ATOMS)
        *rows, rest = atoms.split("\n", n_atoms)
        if len(rows) < n_atoms:
            break
        steps.append(int(head.split("\n", 1)[0]))
        states.append(np.fromstring(atoms[: len(atoms) - len(rest)], sep=" ").reshape(n_atoms, 7))
    array = np.array(states).reshape(-1, n_atoms, 7)
    return LammpsDump(np.array(steps, dtype=np.int64), array[:, :, 1:4], array[:, :, 4:7])


def _n_cores(text: str) -> int:
    grid = re.search(r"(\d+) by (\d+) by (\d+) MPI processor grid", text)
    threads = re.search(r"using (\d+) OpenMP thread", text)
    processes = int(np.prod([int(n) for n in grid.groups()])) if grid else 1
    return processes * (int(threads[1]) if threads else 1)
