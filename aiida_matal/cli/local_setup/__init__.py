"""Set up the local computer, the codes that campaigns run on it, and potentials for ab initio codes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiida_matal.cli.local_setup.caching import setup_caching
from aiida_matal.cli.local_setup.codes import LAMMPS, WORKER, LocalCode, find_code, setup_code
from aiida_matal.cli.local_setup.computer import setup_computer
from aiida_matal.cli.local_setup.step import SetupStep


def setup_local(codes: Mapping[LocalCode, Path | None] | None = None, caching: bool = True) -> list[SetupStep]:
    """Make what is missing for campaigns on this computer, in the profile that is loaded.

    Running it again changes nothing.

    :param codes: codes to set up besides the worker, with the executables to use instead of those that are found; by
        default LAMMPS.
    :param caching: whether to let equal jobs of this plugin be taken from the cache.
    :raises InputError: if an executable is none.
    """
    wanted = [find_code(code, path) for code, path in ({LAMMPS: None} if codes is None else codes).items()]
    computer, step = setup_computer()
    steps = [step, *(setup_code(computer, found) for found in [find_code(WORKER, None), *wanted])]
    return [*steps, setup_caching()] if caching else steps
