"""The computer ``localhost``."""

from __future__ import annotations

from pathlib import Path

from aiida.common.exceptions import NotExistent
from aiida.manage import get_manager
from aiida.orm import Computer, load_computer

from aiida_matal.cli.local_setup.step import SetupStep

COMPUTER = "localhost"


def setup_computer() -> tuple[Computer, SetupStep]:
    """Return the computer, made and configured if need be, and what was done."""
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
