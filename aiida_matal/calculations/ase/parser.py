"""Parser of AseMdCalculation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from aiida.engine import ExitCode

from aiida_matal.calculations.md_outputs import Failure, MdParser, MdRecord
from aiida_matal.calculations.md_trajectory import frame_values
from aiida_matal.calculations.task import RESULT_FILE
from aiida_matal.science.dynamics.run import UnphysicalRunError
from aiida_matal.science.dynamics.states import STATES_FILE, States, read_states
from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.md_settings import MdSettings


class AseMdParser(MdParser):
    """Make nodes of the states that the worker wrote, as far as it came."""

    def parse(self, *, retrieved_temporary_folder: str, **_: Any) -> ExitCode | None:
        """Attach the outputs; all states that were recorded whole are kept, however the run ended."""
        md = MdSettings.parse(self.node.inputs.md.get_dict(), where="md")
        error = self._error()
        path = Path(retrieved_temporary_folder) / STATES_FILE
        n_atoms = len(self.node.inputs.structure.sites)
        states = read_states(path.read_bytes() if path.exists() else b"", n_atoms, md.sample_every)
        if states is None or (error is not None and error["type"] == InputError.__name__):
            reason = error["message"] if error else f"see {self.node.get_option('scheduler_stderr')}"
            return self.exit_codes.ERROR_CODE_NOT_STARTED.format(reason=reason.rstrip("."))
        return self.attach(self._record(states, md, error))

    def _error(self) -> dict[str, str] | None:
        """Return type and message of the exception that ended the worker; None if there was none, or a kill."""
        try:
            result = json.loads(self.retrieved.base.repository.get_object_content(RESULT_FILE))
        except (OSError, ValueError):
            return None
        return None if result["status"] == "ok" else result

    def _record(self, states: States, md: MdSettings, error: dict[str, str] | None) -> MdRecord:
        cell = np.array(self.node.inputs.structure.cell)
        n_frames = max(len(states) - 1, 0)
        return MdRecord(
            cells=np.tile(cell, (n_frames, 1, 1)),
            positions=states.positions[:n_frames],
            frame_values=frame_values(
                states.energy_potential[:n_frames],
                states.energy_kinetic[:n_frames],
                states.pressure_virial[:n_frames],
                volume=abs(np.linalg.det(cell)),
                n_atoms=states.positions.shape[1],
            ),
            steps_done=n_frames * md.sample_every,
            final_positions=states.positions[-1] if len(states) else None,
            final_velocities=states.velocities[-1] if len(states) else None,
            wall_seconds=float(states.wall_seconds[-1]) if len(states) else 0.0,
            n_cores=states.header["n_threads"],
            engine="ase",
            version=states.header["version"],
            failure=None if error is None else _failure(error),
            more_results={"calculator": self.node.inputs.calculator["name"]},
        )


def _failure(error: dict[str, str]) -> Failure:
    if error["type"] == UnphysicalRunError.__name__:
        return Failure("ERROR_UNPHYSICAL", error["message"])
    return Failure("ERROR_CODE_STOPPED", f"{error['type']}: {error['message']}")
