"""The task ``md``: atoms and a calculator in, the states of a run out."""

from __future__ import annotations

import os

import ase
from pydantic import Field

from aiida_matal.science.dynamics.atoms import atoms_from_table
from aiida_matal.science.dynamics.calculators import FILES_FOLDER, CalculatorSettings
from aiida_matal.science.dynamics.run import WallClock, run_md
from aiida_matal.science.dynamics.states import STATES_FILE, StateFile
from aiida_matal.science.settings import Settings
from aiida_matal.science.trajectory.md_settings import MdSettings
from aiida_matal.tasks.folder import Outcome, TaskFolder

Vector = tuple[float, float, float]


class MdTaskSettings(Settings):
    """Settings of the task ``md``."""

    md: MdSettings = Field(description="settings of the run")
    calculator: CalculatorSettings = Field(description="name and settings of the calculator")
    cell: tuple[Vector, Vector, Vector] = Field(description="cell vectors as rows in Angstrom")
    max_seconds: float = Field(gt=0, description="time in s after which the run stops by itself")


def run(task: TaskFolder) -> Outcome:
    """Run molecular dynamics of the atoms in the table ``atoms``; write the states to ``STATES_FILE`` as they come.

    The first line of that file says, before anything can fail, which version of ASE runs on how many threads.
    The values are ``steps_done``, how many steps of the recorded run were done in time.

    :raises InputError: for settings or atoms that are refused.
    :raises UnphysicalRunError: if the integration has failed.
    """
    settings = MdTaskSettings.parse(task.settings, where="settings")
    clock = WallClock(settings.max_seconds)
    atoms = atoms_from_table(task.table("atoms"), settings.cell)
    calculator = settings.calculator.load()
    n_threads = int((os.environ.get("OMP_NUM_THREADS") or "1").split(",")[0])
    with StateFile(task.path / STATES_FILE, {"version": ase.__version__, "n_threads": n_threads}) as states:
        atoms.calc = calculator.make(task.path / FILES_FOLDER)
        steps_done = run_md(atoms, settings.md, states, clock)
    return Outcome({"steps_done": steps_done}, {}, {})
