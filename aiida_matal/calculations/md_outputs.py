"""The outputs and exit codes that every job of molecular dynamics has, and the parser that attaches them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from aiida import orm
from aiida.engine import ExitCode, ProcessSpec
from aiida.parsers import Parser
from numpy.typing import NDArray

from aiida_matal.calculations.md_trajectory import md_trajectory
from aiida_matal.science.trajectory.md_settings import MAX_TEMPERATURE_RATIO, MdSettings

Floats = NDArray[np.float64]


class Failure(NamedTuple):
    """Why a job cannot be used.

    :ivar label: label of an exit code of :func:`define_md_outputs`.
    :ivar reason: the field ``reason`` of its message.
    """

    label: str
    reason: str


@dataclass(frozen=True)
class MdRecord:
    """What one job recorded.

    :param cells: (n, 3, 3), Angstrom.
    :param positions: (n, N, 3) cartesian, not wrapped, Angstrom; frame i is step ``i * sample_every``.
    :param frame_values: (n,) for each name in ``FRAME_UNITS``, and ``energy_free`` where there is one.
    :param steps_done: the step of the final state, a multiple of ``sample_every``; ``n * sample_every`` if all is well.
    :param final_positions: (N, 3) after the last step, Angstrom; None if there is no such state.
    :param final_velocities: (N, 3) after the last step, Angstrom/fs.
    :param wall_seconds: time spent.
    :param n_cores: cores used.
    :param failure: why the job cannot be used, although it may have frames.
    :param energy: what ``energy_potential`` is: ``classical`` or a choice of ``ElectronSettings.energy``.
    """

    cells: Floats
    positions: Floats
    frame_values: Mapping[str, Floats]
    steps_done: int
    final_positions: Floats | None
    final_velocities: Floats | None
    wall_seconds: float
    n_cores: int
    engine: str
    version: str
    n_warnings: int = 0
    failure: Failure | None = None
    energy: str = "classical"
    more_results: Mapping[str, int | float | str] = field(default_factory=dict)

    @property
    def n_frames(self) -> int:
        """Return the number of frames."""
        return len(self.positions)


def define_md_outputs(spec: ProcessSpec) -> None:
    """Define the outputs and exit codes that every job of molecular dynamics has."""
    spec.output("trajectory", valid_type=orm.TrajectoryData, required=False, help="The recorded frames.")
    spec.output(
        "final_structure",
        valid_type=orm.StructureData,
        required=False,
        help="Positions after the last step, unwrapped.",
    )
    spec.output(
        "final_velocities",
        valid_type=orm.ArrayData,
        required=False,
        help="Velocities after the last step, Angstrom/fs.",
    )
    spec.output("results", valid_type=orm.Dict, required=False, help="Steps done, frames, cost, version, warnings.")
    spec.exit_code(
        370,
        "ERROR_INCOMPLETE_TRAJECTORY",
        message="The run ended after {steps_done} of {n_steps} steps, by the wall time or a kill.",
    )
    spec.exit_code(
        371,
        "ERROR_NO_PROGRESS",
        invalidates_cache=True,
        message="The run ended before its first frame: allow more wall time, or record more often.",
    )
    spec.exit_code(372, "ERROR_UNPHYSICAL", message="The run is unphysical: {reason}.")
    spec.exit_code(373, "ERROR_ELECTRONS_NOT_CONVERGED", message="The electrons did not converge: {reason}.")
    spec.exit_code(374, "ERROR_TOO_FEW_BANDS", message="There are too few bands: {reason}.")
    spec.exit_code(375, "ERROR_WRONG_POTENTIALS", message="The potentials do not fit the structure: {reason}.")
    spec.exit_code(380, "ERROR_CODE_STOPPED", message="The code stopped: {reason}")
    spec.exit_code(381, "ERROR_CODE_NOT_STARTED", invalidates_cache=True, message="The code did not start: {reason}.")


class MdParser(Parser):
    """The base of the parsers of molecular dynamics."""

    def attach(self, record: MdRecord) -> ExitCode | None:
        """Attach the outputs; all frames are kept, however the run ended. Return its exit code if it is not 0."""
        md = MdSettings.parse(self.node.inputs.md.get_dict(), where="md")
        self.out("results", orm.Dict(_results(record)))
        if record.n_frames:
            self.out("trajectory", self._trajectory(record, md))
        if record.failure is not None:
            return self._exit_code(record.failure)
        if reason := unphysical_reason(record, md):
            return self._exit_code(Failure("ERROR_UNPHYSICAL", reason))
        self._attach_final_state(record)
        if record.steps_done == 0:
            return self.exit_codes.ERROR_NO_PROGRESS
        if record.steps_done < md.n_steps:
            return self.exit_codes.ERROR_INCOMPLETE_TRAJECTORY.format(steps_done=record.steps_done, n_steps=md.n_steps)
        return None

    def standard_output(self) -> str:
        """Return what the code printed, empty if there is nothing."""
        filename = self.node.get_option("output_filename")
        if filename not in self.retrieved.base.repository.list_object_names():
            return ""
        return self.retrieved.base.repository.get_object_content(filename, mode="rb").decode(errors="replace")

    def _exit_code(self, failure: Failure) -> ExitCode:
        return self.exit_codes(failure.label).format(reason=failure.reason)

    def _trajectory(self, record: MdRecord, md: MdSettings) -> orm.TrajectoryData:
        structure = self.node.inputs.structure
        return md_trajectory(
            [structure.get_kind(site.kind_name).symbol for site in structure.sites],
            record.cells,
            record.positions,
            record.frame_values,
            timestep=md.timestep,
            sample_every=md.sample_every,
            engine=record.engine,
            energy=record.energy,
        )

    def _attach_final_state(self, record: MdRecord) -> None:
        if record.final_positions is None or record.final_velocities is None:
            return
        final = self.node.inputs.structure.clone()
        final.reset_sites_positions(record.final_positions.tolist())
        self.out("final_structure", final)
        self.out("final_velocities", orm.ArrayData({"velocities": record.final_velocities}))


def unphysical_reason(record: MdRecord, md: MdSettings) -> str | None:
    """Return why a run cannot be one of molecular dynamics, or None."""
    states = [array for array in (record.final_positions, record.final_velocities) if array is not None]
    if not all(np.isfinite(array).all() for array in [*record.frame_values.values(), record.positions, *states]):
        return "it holds numbers that are not finite"
    highest = md.temperature if md.hot_start is None else max(md.temperature, md.hot_start.temperature)
    temperature = float(np.max(record.frame_values["temperature"], initial=0.0))
    if temperature > MAX_TEMPERATURE_RATIO * highest:
        return f"the temperature reached {temperature:.0f} K where {highest:g} K was asked for"
    return None


def _results(record: MdRecord) -> dict[str, int | float | str | None]:
    temperature = float(np.mean(record.frame_values["temperature"])) if record.n_frames else np.nan
    return {
        "n_frames": record.n_frames,
        "steps_done": record.steps_done,
        "n_segments": 1,
        "wall_seconds": record.wall_seconds,
        "core_hours": record.wall_seconds * record.n_cores / 3600.0,
        "engine": record.engine,
        "engine_version": record.version,
        "n_warnings": record.n_warnings,
        "mean_temperature": temperature if np.isfinite(temperature) else None,
        **record.more_results,
    }
