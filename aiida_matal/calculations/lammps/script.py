"""Text of the LAMMPS input script and data file. Pure functions: numbers in, text out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.trajectory.md_settings import MdSettings

DATA_FILE = "structure.data"
DUMP_FILE = "trajectory.dump"
POTENTIAL_FOLDER = "potential"

#: LAMMPS' time unit for ``units metal``, in fs.
PICOSECOND = 1000.0
#: The thermostats of LAMMPS, the preferred one first.
THERMOSTATS = ("nose", "langevin", "svr")
#: Largest seed that every random command of LAMMPS takes.
MAX_SEED = 900_000_000


def lammps_frame(cell: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cell in the orientation LAMMPS requires, and the rotation that leads to it.

    LAMMPS wants the first vector along x and the second in the xy plane (its manual, "Triclinic simulation boxes").

    :param cell: (3, 3), one vector a row, Angstrom.
    :return: (3, 3) lower-triangular cell with a positive diagonal, and the orthogonal (3, 3) matrix ``rotation`` with
        ``lammps_cell = cell @ rotation``; vectors rotate likewise, and back with ``rotation.T``.
    """
    if np.array_equal(cell, np.tril(cell)) and np.all(np.diagonal(cell) > 0):
        return cell, np.eye(3)
    orthogonal, upper = np.linalg.qr(cell.T)
    signs = np.sign(np.diagonal(upper))
    return np.tril(upper.T * signs), orthogonal * signs


def data_text(
    cell: NDArray[np.float64],
    positions: NDArray[np.float64],
    velocities: NDArray[np.float64] | None,
    types: NDArray[np.int64],
) -> str:
    """Return the data file: box, atoms in the given order with identifiers 1 .. n, velocities.

    :param cell: (3, 3) lower-triangular, Angstrom.
    :param positions: (n, 3), Angstrom; LAMMPS wraps what lies outside the cell and remembers the image.
    :param velocities: (n, 3), Angstrom/fs, or None.
    :param types: (n,) atom types, from 1.
    """
    lines = ["Written by aiida-matal", "", f"{len(positions)} atoms", f"{types.max()} atom types", ""]
    lines += [f"0 {_number(cell[i, i])} {axis}lo {axis}hi" for i, axis in enumerate("xyz")]
    if is_triclinic(cell):
        lines += [f"{' '.join(_number(cell[i]) for i in ((1, 0), (2, 0), (2, 1)))} xy xz yz"]
    lines += ["", "Atoms # atomic", ""]
    lines += [f"{i} {kind} {_vector(row)}" for i, (kind, row) in enumerate(zip(types, positions, strict=True), start=1)]
    if velocities is not None:
        lines += ["", "Velocities", ""]
        lines += [f"{i} {_vector(row)}" for i, row in enumerate(velocities * PICOSECOND, start=1)]
    return "\n".join(lines) + "\n"


def script_text(
    md: MdSettings,
    potential_commands: Sequence[str],
    masses: Sequence[float],
    *,
    triclinic: bool,
    create_velocities: bool,
    timeout: int,
) -> str:
    """Return the input script: an unrecorded hot start if asked for, then the recorded run at constant volume.

    Every ``md.sample_every`` steps the thermodynamic state goes to the standard output and the state of the atoms,
    unwrapped, to the dump file; the last of these states is the one from which a next run continues.

    :param potential_commands: ``pair_style`` and ``pair_coeff`` commands.
    :param masses: mass of each atom type, amu; they replace the masses in the potential files.
    :param triclinic: whether the cell is not rectangular.
    :param create_velocities: draw velocities from the Maxwell-Boltzmann distribution instead of reading them.
    :param timeout: seconds after which LAMMPS stops at the next recorded step.
    """
    start_temperature = md.temperature if md.hot_start is None else md.hot_start.temperature
    lines = ["units metal", "atom_style atomic", "boundary p p p", *(["box tilt large"] if triclinic else [])]
    lines += [f"read_data {DATA_FILE}", *potential_commands]
    lines += [f"mass {i} {_number(mass)}" for i, mass in enumerate(masses, start=1)]
    lines += ["neighbor 2.0 bin", "neigh_modify every 1 delay 0 check yes"]
    lines += [f"timestep {_number(md.timestep / PICOSECOND)}", f"timer timeout {timeout} every {md.sample_every}"]
    if create_velocities:
        seed = _seed(md, "velocities")
        lines += [f"velocity all create {_number(start_temperature)} {seed} mom yes rot no dist gaussian"]
    if md.hot_start is not None:
        lines += [*_thermostat(md, start_temperature, "hot start"), f"run {md.hot_start.n_steps}"]
        lines += ["reset_timestep 0"]
    lines += [*_thermostat(md, md.temperature, "run"), *_recording(md.sample_every), f"run {md.n_steps}"]
    return "\n".join(lines) + "\n"


def is_triclinic(cell: NDArray[np.float64]) -> bool:
    """Return whether a lower-triangular cell is other than rectangular."""
    return bool(np.any(np.tril(cell, -1) != 0.0))


def _thermostat(md: MdSettings, temperature: float, stage: str) -> list[str]:
    target = f"{_number(temperature)} {_number(temperature)} {_number(md.thermostat.relaxation / PICOSECOND)}"
    seed = _seed(md, stage)
    return {
        "nose": [f"fix integrator all nvt temp {target}"],
        "langevin": ["fix integrator all nve", f"fix thermostat all langevin {target} {seed} zero yes"],
        "svr": ["fix integrator all nve", f"fix thermostat all temp/csvr {target} {seed}"],
    }[md.thermostat.choose(THERMOSTATS)]


def _recording(sample_every: int) -> list[str]:
    return [
        "compute virial all pressure NULL virial",
        f"thermo {sample_every}",
        "thermo_style custom step temp pe ke vol press c_virial cpu",
        "thermo_modify lost error norm no flush yes format float %.12g",
        f"dump frames all custom {sample_every} {DUMP_FILE} id xu yu zu vx vy vz",
        "dump_modify frames sort id flush yes format float %.15g",
    ]


def _seed(md: MdSettings, use: str) -> int:
    return derive_seed(md.seed, use) % MAX_SEED + 1


def _number(value: float) -> str:
    return f"{value:.16g}"


def _vector(row: NDArray[np.float64]) -> str:
    return " ".join(_number(value) for value in row)
