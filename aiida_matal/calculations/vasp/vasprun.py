"""What VASP writes to vasprun.xml in a run of molecular dynamics, as far as it came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class VaspRun:
    """The steps that were written whole, from the first.

    :ivar version: of VASP, empty if it was not written.
    :ivar fractional: (n, N, 3), wrapped into the cell by VASP.
    :ivar energy_free: (n,) free energy of the electrons with the smearing, F = E - TS, eV.
    :ivar energy_internal: (n,) E, eV.
    :ivar energy_kinetic: (n,) of the atoms, eV.
    :ivar pressure_virial: (n,) without the kinetic part, kbar, compression positive.
    :ivar wall_seconds: spent on these steps.
    :ivar most_scf_steps: largest number of electronic iterations of a step, one that was not written whole included.
    """

    version: str
    fractional: Floats
    energy_free: Floats
    energy_internal: Floats
    energy_kinetic: Floats
    pressure_virial: Floats
    wall_seconds: float
    most_scf_steps: int


def read_vasprun(path: Path, n_atoms: int) -> VaspRun:
    """Return the steps of a vasprun.xml, of which the end may be missing; a number that VASP printed as stars is NaN.

    Energies are those of the last electronic iteration: VASP 5 writes other ones, by the same names, after a step.
    """
    version, steps, scf_steps = "", [], [0]
    for element in _elements(path):
        if element.tag == "generator":
            version = (element.findtext("i[@name='version']") or "").strip()
        elif element.tag == "scstep":
            scf_steps[-1] += 1
        else:
            steps.append(_step(element, n_atoms))
            scf_steps.append(0)
            element.clear()
    columns = [np.array(column, dtype=np.float64) for column in zip(*steps, strict=True)]
    fractional, free, internal, kinetic, pressure, seconds = columns or [np.empty((0, n_atoms, 3))] + [np.empty(0)] * 5
    return VaspRun(version, fractional, free, internal, kinetic, pressure, float(np.nansum(seconds)), max(scf_steps))


def unwrap(fractional: Floats, cell: Floats, start: Floats) -> Floats:
    """Return cartesian positions that go on from others, each by the shortest way; Angstrom.

    :param fractional: (n, N, 3), wrapped or not.
    :param cell: (3, 3), vectors as rows.
    :param start: (N, 3) cartesian and not wrapped, at or just before the first of ``fractional``.
    """
    origin = start @ np.linalg.inv(cell)
    moves = np.diff(fractional, axis=0, prepend=origin[np.newaxis])
    return (origin + np.cumsum(moves - np.round(moves), axis=0)) @ cell


def _elements(path: Path) -> Iterator[Element]:
    """Yield the elements that end before the file is cut."""
    if not path.exists():
        return
    try:
        for _, element in iterparse(path):  # noqa: S314  # expat refuses entity bombs, and loads nothing from outside
            if element.tag in ("generator", "scstep", "calculation"):
                yield element
    except ParseError:
        return


def _step(calculation: Element, n_atoms: int) -> tuple[Floats, float, float, float, float, float]:
    stress = _rows(calculation.find("varray[@name='stress']"), 3)
    times = (calculation.findtext("time[@name='totalsc']") or "nan").split()
    return (
        _rows(calculation.find("structure/varray[@name='positions']"), n_atoms),
        _number(calculation.findall("scstep/energy/i[@name='e_fr_energy']")),
        _number(calculation.findall("scstep/energy/i[@name='e_wo_entrp']")),
        _number(calculation.findall("energy/i[@name='kinetic']")),
        float(np.trace(stress)) / 3,
        _float(times[-1]),
    )


def _rows(array: Element | None, n_rows: int) -> Floats:
    rows = [] if array is None else [[_float(word) for word in (row.text or "").split()] for row in array]
    whole = len(rows) == n_rows and all(len(row) == 3 for row in rows)
    return np.array(rows) if whole else np.full((n_rows, 3), np.nan)


def _number(found: list[Element]) -> float:
    return _float(found[-1].text or "") if found else np.nan


def _float(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return np.nan
