"""Parser of LammpsMdCalculation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from aiida.engine import ExitCode
from numpy.typing import NDArray

from aiida_matal.calculations.lammps.output import LammpsDump, LammpsLog, parse_dump, parse_log
from aiida_matal.calculations.lammps.script import DUMP_FILE, PICOSECOND, lammps_frame
from aiida_matal.calculations.md_outputs import Failure, MdParser, MdRecord
from aiida_matal.science.trajectory.md_settings import MdSettings

#: bar in a kbar.
KILOBAR = 1000.0
#: What LAMMPS says when atoms have left the cell at once or have no place any more.
EXPLOSIONS = ("Lost atoms", "Non-numeric")


class LammpsMdParser(MdParser):
    """Make nodes of what LAMMPS wrote, as far as it came."""

    def parse(self, *, retrieved_temporary_folder: str, **_: Any) -> ExitCode | None:
        """Attach the outputs; all states that were recorded whole are kept, however the run ended."""
        log = parse_log(self.standard_output())
        if log is None:
            reason = f"see {self.node.get_option('scheduler_stderr')}"
            return self.exit_codes.ERROR_CODE_NOT_STARTED.format(reason=reason)
        path = Path(retrieved_temporary_folder) / DUMP_FILE
        n_atoms = len(self.node.inputs.structure.sites)
        return self.attach(self._record(log, parse_dump(path.read_text() if path.exists() else "", n_atoms)))

    def _record(self, log: LammpsLog, dump: LammpsDump) -> MdRecord:
        md = MdSettings.parse(self.node.inputs.md.get_dict(), where="md")
        n_states = _n_consistent(log.steps, dump.steps, md.sample_every)
        n_frames = max(n_states - 1, 0)
        frames = slice(0, n_frames)
        last = n_states - 1 if n_states else None
        return MdRecord(
            cells=np.tile(self.node.inputs.structure.cell, (n_frames, 1, 1)),
            positions=self._rotated_back(dump.positions[frames]),
            frame_values={
                "energy_potential": log.energy_potential[frames],
                "energy_kinetic": log.energy_kinetic[frames],
                "temperature": log.temperature[frames],
                "volume": log.volume[frames],
                "pressure_virial": log.pressure_virial[frames] / KILOBAR,
                "pressure_kinetic": (log.pressure - log.pressure_virial)[frames] / KILOBAR,
                "pressure": log.pressure[frames] / KILOBAR,
            },
            steps_done=n_frames * md.sample_every,
            final_positions=None if last is None else self._rotated_back(dump.positions[last]),
            final_velocities=None if last is None else self._rotated_back(dump.velocities[last]) / PICOSECOND,
            wall_seconds=log.wall_seconds,
            n_cores=log.n_cores,
            engine="lammps",
            version=log.version,
            n_warnings=log.n_warnings,
            failure=None if log.error is None else _failure(log.error),
        )

    def _rotated_back(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        _, rotation = lammps_frame(np.array(self.node.inputs.structure.cell))
        return np.ascontiguousarray(vectors @ rotation.T)


def _failure(error: str) -> Failure:
    exploded = any(words in error for words in EXPLOSIONS)
    return Failure("ERROR_UNPHYSICAL" if exploded else "ERROR_CODE_STOPPED", error)


def _n_consistent(log_steps: NDArray[np.int64], dump_steps: NDArray[np.int64], sample_every: int) -> int:
    """Return how many states, from the first, are both in the log and in the dump, without a gap."""
    n_states = min(len(log_steps), len(dump_steps))
    expected = np.arange(n_states) * sample_every
    wrong = (log_steps[:n_states] != expected) | (dump_steps[:n_states] != expected)
    return int(np.argmax(wrong)) if wrong.any() else n_states
