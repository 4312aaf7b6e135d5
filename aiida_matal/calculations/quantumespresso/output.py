"""What pw.x printed in a run of molecular dynamics, as numbers, whole or cut off. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from ase import units
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Units of the numbers of a step: F, -TS and kinetic energy in Ry; temperature, pressure and iterations as they are.
_UNITS = np.array([units.Ry, units.Ry, units.Ry, 1.0, 1.0, 1.0])
_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}


class PwError(NamedTuple):
    """An error message: the routine that raised it, and its words."""

    routine: str
    message: str


@dataclass(frozen=True)
class PwSteps:
    """The steps that were printed whole, step 0 first.

    :ivar next_positions: (n, N, 3) positions that follow each step, not wrapped, Angstrom.
    :ivar forces: (n, N, 3), eV/Angstrom.
    :ivar energy_free: (n,) F = E - TS of the electrons, eV.
    :ivar energy_smearing: (n,) -TS, eV.
    :ivar energy_kinetic: (n,) of the atoms, eV.
    :ivar temperature: (n,), K.
    :ivar pressure_virial: (n,) without the kinetic part, kbar.
    :ivar scf_iterations: (n,) electronic iterations.
    """

    next_positions: Floats
    forces: Floats
    energy_free: Floats
    energy_smearing: Floats
    energy_kinetic: Floats
    temperature: Floats
    pressure_virial: Floats
    scf_iterations: Floats


@dataclass(frozen=True)
class PwOutput:
    """The standard output of one job.

    :ivar version: version of pw.x.
    :ivar error: the first error message, or None.
    :ivar unconverged: what pw.x says of electrons that did not converge, or None.
    :ivar ended: whether pw.x ended by itself, at the last step or its time limit, and wrote what a restart needs.
    :ivar wall_seconds: time spent; of a job that was killed, the processor time up to its last message.
    """

    version: str
    error: PwError | None
    unconverged: str | None
    ended: bool
    n_warnings: int
    n_cores: int
    wall_seconds: float
    steps: PwSteps


def parse_output(text: str, n_atoms: int) -> PwOutput | None:
    """Return the contents of the standard output, or None if pw.x did not print its version.

    :param n_atoms: number of atoms.
    """
    lines = text[: text.rfind("\n") + 1]
    version = re.search(r"Program PWSCF v\.(\S+)", lines)
    if version is None:
        return None
    error = re.search(r"Error in routine +(\S+) *\(.*\):\n(.*)\n", lines)
    unconverged = re.search(r"convergence NOT achieved.*", lines)
    cores = re.search(r"running on\s+(\d+)\s+processor", lines)
    return PwOutput(
        version=version[1],
        error=PwError(error[1], error[2].strip()) if error else None,
        unconverged=unconverged[0].removesuffix(": stopping") if unconverged else None,
        ended="JOB DONE." in lines,
        n_warnings=lines.count("Message from routine"),
        n_cores=int(cores[1]) if cores else 1,
        wall_seconds=_wall_seconds(lines),
        steps=_steps(lines, n_atoms),
    )


def highest_occupation(xml: str) -> float | None:
    """Return the largest occupation, from 0 to 1, of the highest band over the k-points; None if there is none.

    :param xml: the data file of pw.x, whole or cut off; the last step in it counts.
    """
    start = xml.rfind("<band_structure>")
    found = re.findall(r"<occupations[^>]*>([^<]*)</occupations>", xml[start:]) if start >= 0 else []
    highest = [_number(values.split()[-1]) for values in found if values.strip()]
    return max(highest) if highest else None


def _steps(text: str, n_atoms: int) -> PwSteps:
    """Return the steps: what comes before each "Entering Dynamics" is its electrons, what follows is its motion."""
    parts = text.split("Entering Dynamics:")
    rows = []
    for electrons, motion in pairwise(parts):
        if (row := _step(electrons, motion, n_atoms)) is None:
            break
        rows.append(row)
    vectors = np.array([row[0] for row in rows]).reshape(-1, 2, n_atoms, 3)
    numbers = np.array([row[1] for row in rows]).reshape(-1, 6)
    return PwSteps(vectors[:, 0], vectors[:, 1] * units.Ry / units.Bohr, *(numbers * _UNITS).T)


def _step(electrons: str, motion: str, n_atoms: int) -> tuple[list[list[list[float]]], list[float]] | None:
    """Return positions and forces, and the numbers, of one step in the units of pw.x; None if it is not whole."""
    scf = electrons[electrons.rfind("\n!") :]
    forces = re.findall(r"^ +atom +\d+ type +\d+ +force = (.*)$", scf, re.MULTILINE)[:n_atoms]
    _, _, after = motion.partition("ATOMIC_POSITIONS (angstrom)\n")
    positions = [line.split(maxsplit=1)[1] for line in after.split("\n")[:n_atoms] if len(line.split()) >= 4]
    smearing = re.search(r"\(-TS\) += +(\S+) Ry", scf)
    found = (
        re.search(r"^! +total energy += +(\S+) Ry", scf, re.MULTILINE),
        re.search(r"\(Ekin\) += *(\S+) Ry", after),
        re.search(r"^ +temperature += *(\S+) K", after, re.MULTILINE),
        re.search(r"P= *(\S+)", scf),
        re.search(r"convergence has been achieved in +(\d+) iterations", scf),
    )
    if len(forces) < n_atoms or len(positions) < n_atoms or not all(found):
        return None
    vectors = [[[_number(x) for x in row.split()[:3]] for row in rows] for rows in (positions, forces)]
    free, *others = (_number(match[1]) for match in found if match)
    return vectors, [free, _number(smearing[1]) if smearing else 0.0, *others]


def _number(text: str) -> float:
    """Return a number as Fortran prints it; NaN for the asterisks of one that did not fit."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _wall_seconds(text: str) -> float:
    total = re.search(r"^ +PWSCF +:.*CPU +(.*?) WALL", text, re.MULTILINE)
    if total is not None:
        return sum(float(value) * _SECONDS[unit] for value, unit in re.findall(r"([\d.]+) *([dhms])", total[1]))
    so_far = re.findall(r"total cpu time spent up to now is +(\S+) secs", text)
    return _number(so_far[-1]) if so_far else 0.0
