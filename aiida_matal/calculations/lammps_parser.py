"""Parser of LammpsMdCalculation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from aiida import orm
from aiida.engine import ExitCode
from aiida.parsers import Parser
from numpy.typing import NDArray

from aiida_matal.calculations.lammps_output import LammpsDump, LammpsLog, parse_dump, parse_log
from aiida_matal.calculations.lammps_script import DUMP_FILE, PICOSECOND, lammps_frame
from aiida_matal.calculations.md_trajectory import md_trajectory
from aiida_matal.science.trajectory.md_settings import MdSettings

#: bar in a kbar.
KILOBAR = 1000.0
#: A temperature this many times the highest one asked for means that the integration has failed.
MAX_TEMPERATURE_RATIO = 5.0


class LammpsMdParser(Parser):
    """Make nodes of what LAMMPS wrote, as far as it came."""

    def parse(self, *, retrieved_temporary_folder: str, **_: Any) -> ExitCode | None:
        """Attach the outputs; all states that were recorded whole are kept, however the run ended."""
        log = parse_log(self._standard_output())
        if log is None:
            filename = self.node.get_option("scheduler_stderr")
            return self.exit_codes.ERROR_MISSING_OUTPUT.format(filename=filename)
        md = MdSettings.parse(self.node.inputs.md.get_dict(), where="md")
        n_atoms = len(self.node.inputs.structure.sites)
        path = Path(retrieved_temporary_folder) / DUMP_FILE
        dump = parse_dump(path.read_text() if path.exists() else "", n_atoms)
        n_states = _n_consistent(log.steps, dump.steps, md.sample_every)
        n_frames = max(n_states - 1, 0)
        steps_done = n_frames * md.sample_every

        self.out("results", orm.Dict(_results(log, n_frames, steps_done)))
        if n_frames:
            self.out("trajectory", self._trajectory(md, log, dump, n_frames))
        if log.error is not None:
            return self.exit_codes.ERROR_LAMMPS.format(message=log.error)
        if reason := _unphysical(md, log, dump, n_states):
            return self.exit_codes.ERROR_UNPHYSICAL.format(reason=reason)
        if n_states:
            self._output_final_state(dump, n_states - 1)
        if steps_done == 0:
            return self.exit_codes.ERROR_NO_PROGRESS
        if steps_done < md.n_steps:
            return self.exit_codes.ERROR_INCOMPLETE_TRAJECTORY.format(steps_done=steps_done, n_steps=md.n_steps)
        return None

    def _standard_output(self) -> str:
        filename = self.node.get_option("output_filename")
        if filename not in self.retrieved.base.repository.list_object_names():
            return ""
        return self.retrieved.base.repository.get_object_content(filename, mode="rb").decode(errors="replace")

    def _trajectory(self, md: MdSettings, log: LammpsLog, dump: LammpsDump, n_frames: int) -> orm.TrajectoryData:
        structure = self.node.inputs.structure
        frames = slice(0, n_frames)
        values = {
            "energy_potential": log.energy_potential[frames],
            "energy_kinetic": log.energy_kinetic[frames],
            "temperature": log.temperature[frames],
            "volume": log.volume[frames],
            "pressure_virial": log.pressure_virial[frames] / KILOBAR,
            "pressure_kinetic": (log.pressure - log.pressure_virial)[frames] / KILOBAR,
            "pressure": log.pressure[frames] / KILOBAR,
        }
        return md_trajectory(
            [structure.get_kind(site.kind_name).symbol for site in structure.sites],
            np.tile(structure.cell, (n_frames, 1, 1)),
            self._rotated_back(dump.positions[frames]),
            values,
            timestep=md.timestep,
            sample_every=md.sample_every,
            engine="lammps",
        )

    def _output_final_state(self, dump: LammpsDump, index: int) -> None:
        final = self.node.inputs.structure.clone()
        final.reset_sites_positions(self._rotated_back(dump.positions[index]).tolist())
        velocities = self._rotated_back(dump.velocities[index]) / PICOSECOND
        self.out("final_structure", final)
        self.out("final_velocities", orm.ArrayData({"velocities": velocities}))

    def _rotated_back(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        _, rotation = lammps_frame(np.array(self.node.inputs.structure.cell))
        return np.ascontiguousarray(vectors @ rotation.T)


def _results(log: LammpsLog, n_frames: int, steps_done: int) -> dict[str, Any]:
    mean_temperature = float(np.mean(log.temperature[:n_frames])) if n_frames else np.nan
    return {
        "n_frames": n_frames,
        "steps_done": steps_done,
        "n_segments": 1,
        "wall_seconds": log.wall_seconds,
        "core_hours": log.wall_seconds * log.n_cores / 3600.0,
        "engine": "lammps",
        "engine_version": log.version,
        "n_warnings": log.n_warnings,
        "mean_temperature": mean_temperature if np.isfinite(mean_temperature) else None,
    }


def _n_consistent(log_steps: NDArray[np.int64], dump_steps: NDArray[np.int64], sample_every: int) -> int:
    """Return how many states, from the first, are both in the log and in the dump, without a gap."""
    n_states = min(len(log_steps), len(dump_steps))
    expected = np.arange(n_states) * sample_every
    wrong = (log_steps[:n_states] != expected) | (dump_steps[:n_states] != expected)
    return int(np.argmax(wrong)) if wrong.any() else n_states


def _unphysical(md: MdSettings, log: LammpsLog, dump: LammpsDump, n_states: int) -> str | None:
    values = [log.energy_potential, log.energy_kinetic, log.temperature, log.pressure, log.pressure_virial]
    states = [dump.positions, dump.velocities]
    if not all(np.isfinite(array[:n_states]).all() for array in [*values, *states]):
        return "it holds numbers that are not finite"
    highest = md.temperature if md.hot_start is None else max(md.temperature, md.hot_start.temperature)
    temperature = float(np.max(log.temperature[:n_states], initial=0.0))
    if temperature > MAX_TEMPERATURE_RATIO * highest:
        return f"the temperature reached {temperature:.0f} K where {highest:g} K was asked for"
    return None
