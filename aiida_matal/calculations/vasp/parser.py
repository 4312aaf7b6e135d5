"""Parser of VaspMdCalculation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from aiida.engine import ExitCode

from aiida_matal.calculations.md_outputs import MdParser, MdRecord
from aiida_matal.calculations.md_trajectory import frame_values
from aiida_matal.calculations.vasp.calculation import CONTCAR, VASPRUN
from aiida_matal.calculations.vasp.final_state import final_state
from aiida_matal.calculations.vasp.messages import find_failure, has_started, n_cores, notifications
from aiida_matal.calculations.vasp.vasprun import VaspRun, read_vasprun, unwrap
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.science.trajectory.md_settings import MdSettings


class VaspMdParser(MdParser):
    """Make nodes of what VASP wrote, as far as it came.

    Messages are those that aiida-vasp knows. Its VaspParser is not used: it knows no kinetic energies, no velocities
    and no unwrapped positions, and would read vasprun.xml a second time.
    """

    def parse(self, *, retrieved_temporary_folder: str, **_: Any) -> ExitCode | None:
        """Attach the outputs; all steps that were written whole are kept, however the run ended."""
        stdout = self.standard_output()
        if not has_started(stdout):
            reason = f"see {self.node.get_option('scheduler_stderr')}"
            return self.exit_codes.ERROR_CODE_NOT_STARTED.format(reason=reason)
        n_atoms = len(self.node.inputs.structure.sites)
        run = read_vasprun(Path(retrieved_temporary_folder) / VASPRUN, n_atoms)
        return self.attach(self._record(run, stdout))

    def _record(self, run: VaspRun, stdout: str) -> MdRecord:
        md = MdSettings.parse(self.node.inputs.md.get_dict(), where="md")
        electrons = ElectronSettings.parse(self.node.inputs.electrons.get_dict(), where="electrons")
        cell = np.array(self.node.inputs.structure.cell)
        start = np.array([site.position for site in self.node.inputs.structure.sites])
        positions = unwrap(run.fractional, cell, start)
        final = final_state(positions, cell, self._contcar(), timestep=md.timestep, sample_every=md.sample_every)
        steps_done = 0 if final is None else final.step
        frames = slice(0, steps_done, md.sample_every)
        return MdRecord(
            cells=np.tile(cell, (len(positions[frames]), 1, 1)),
            positions=positions[frames],
            frame_values=frame_values(
                electrons.choose_energy(run.energy_internal, run.energy_free)[frames],
                run.energy_kinetic[frames],
                run.pressure_virial[frames],
                volume=abs(np.linalg.det(cell)),
                n_atoms=len(start),
                energy_free=run.energy_free[frames],
            ),
            steps_done=steps_done,
            final_positions=None if final is None else final.positions,
            final_velocities=None if final is None else final.velocities,
            wall_seconds=run.wall_seconds,
            n_cores=n_cores(stdout),
            engine="vasp",
            version=run.version,
            n_warnings=len(notifications(stdout)),
            failure=find_failure(stdout, run.most_scf_steps, electrons.max_scf_steps),
            energy=electrons.energy,
        )

    def _contcar(self) -> str:
        if CONTCAR not in self.retrieved.base.repository.list_object_names():
            return ""
        return self.retrieved.base.repository.get_object_content(CONTCAR, mode="rb").decode(errors="replace")
