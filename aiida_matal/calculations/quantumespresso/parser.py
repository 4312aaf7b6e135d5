"""Parser of PwMdCalculation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from aiida.engine import ExitCode
from numpy.typing import NDArray

from aiida_matal.calculations.md_outputs import Failure, MdParser, MdRecord
from aiida_matal.calculations.md_trajectory import frame_values
from aiida_matal.calculations.quantumespresso.calculation import PwMdCalculation
from aiida_matal.calculations.quantumespresso.output import PwOutput, highest_occupation, parse_output
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.science.trajectory.final_state import accelerations, velocities_at
from aiida_matal.science.trajectory.md_settings import MdSettings

#: A highest band filled more than this means that there are too few.
MAX_OCCUPATION = 0.005

_BAND_ERRORS = ("too few bands", "cannot bracket Ef", "smearing requires")
_PSEUDO_ROUTINES = ("readpp", "read_pseudo", "read_upf", "set_dft_from_name", "upf_to_internal")

Floats = NDArray[np.float64]


class PwMdParser(MdParser):
    """Make nodes of what pw.x printed, as far as it came."""

    def parse(self, *, retrieved_temporary_folder: str, **_: object) -> ExitCode | None:
        """Attach the outputs; all steps that were printed whole are kept, however the run ended."""
        structure = self.node.inputs.structure
        output = parse_output(self.standard_output(), len(structure.sites))
        if output is None:
            reason = f"see {self.node.get_option('scheduler_stderr')}"
            return self.exit_codes.ERROR_CODE_NOT_STARTED.format(reason=reason)
        (filepath,) = (Path(path) for path in PwMdCalculation.xml_filepaths[:1])
        data_file = Path(retrieved_temporary_folder) / filepath.name
        xml = data_file.read_text(errors="replace") if data_file.exists() else ""
        return self.attach(self._record(output, highest_occupation(xml)))

    def _record(self, output: PwOutput, occupation: float | None) -> MdRecord:
        md = MdSettings.parse(self.node.inputs.md.get_dict(), where="md")
        structure, steps = self.node.inputs.structure, output.steps
        start = np.array([site.position for site in structure.sites])
        positions = np.concatenate([start[np.newaxis], steps.next_positions])
        n_steps = len(steps.forces)
        n_frames = n_steps // md.sample_every
        done = n_frames * md.sample_every
        frames = slice(0, done, md.sample_every)
        masses = [structure.get_kind(site.kind_name).mass for site in structure.sites]
        velocities = velocities_at(positions, accelerations(steps.forces, masses), done, md.timestep) if done else None
        more: dict[str, int | float | str] = {
            "n_whole_steps": n_steps,
            "is_restartable": output.ended and done == n_steps,
        }
        if occupation is not None:
            more["highest_band_occupation"] = occupation
        return MdRecord(
            cells=np.tile(structure.cell, (n_frames, 1, 1)),
            positions=positions[frames],
            frame_values=self._frame_values(output, frames),
            steps_done=done,
            final_positions=positions[done] if done else None,
            final_velocities=velocities,
            wall_seconds=output.wall_seconds,
            n_cores=output.n_cores,
            engine="quantumespresso",
            version=output.version,
            n_warnings=output.n_warnings,
            failure=failure_of(output, occupation),
            energy=self._electrons.energy,
            more_results=more,
        )

    def _frame_values(self, output: PwOutput, frames: slice) -> dict[str, Floats]:
        steps = output.steps
        free = steps.energy_free[frames]
        return frame_values(
            self._electrons.choose_energy(free - steps.energy_smearing[frames], free),
            steps.energy_kinetic[frames],
            steps.pressure_virial[frames],
            volume=self.node.inputs.structure.get_cell_volume(),
            n_atoms=len(self.node.inputs.structure.sites),
            temperature=steps.temperature[frames],
            energy_free=free,
        )

    @property
    def _electrons(self) -> ElectronSettings:
        return ElectronSettings.parse(self.node.inputs.electrons.get_dict(), where="electrons")


def failure_of(output: PwOutput, occupation: float | None) -> Failure | None:
    """Return why a job cannot be used, or None.

    :param occupation: of the highest band, from 0 to 1, if it is known.
    """
    if output.error is not None:
        reason = f"{output.error.routine}: {output.error.message}"
        if any(words in output.error.message for words in _BAND_ERRORS):
            return Failure("ERROR_TOO_FEW_BANDS", f"{reason}; raise electrons.empty_bands")
        if output.error.routine in _PSEUDO_ROUTINES:
            return Failure("ERROR_WRONG_POTENTIALS", reason)
        return Failure("ERROR_CODE_STOPPED", reason)
    if output.unconverged is not None:
        step = len(output.steps.forces)
        return Failure("ERROR_ELECTRONS_NOT_CONVERGED", f"{output.unconverged} at step {step}")
    if occupation is not None and occupation > MAX_OCCUPATION:
        reason = (
            f"the highest is filled to {occupation:.1%}, more than {MAX_OCCUPATION:.1%}; raise electrons.empty_bands"
        )
        return Failure("ERROR_TOO_FEW_BANDS", reason)
    return None
