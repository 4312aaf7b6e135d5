"""The interface of the molecular dynamics engines, and what all of them do alike."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from aiida import orm
from aiida.engine import ExitCode, Process, WorkChain, append_, while_
from aiida.engine.processes.workchains.workchain import WorkChainSpec

from aiida_matal.calculations.md_inputs import check_md_inputs, define_md_inputs
from aiida_matal.science.errors import InputError
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.trajectory.md_settings import MdSettings
from aiida_matal.workflows.md.segments import join_segments


class MdEngineWorkChain(WorkChain):
    """A molecular dynamics run, in as many jobs (segments) as it needs.

    A segment is one process of the engine with the inputs of :meth:`segment_inputs` and the outputs ``trajectory``,
    ``final_structure``, ``final_velocities`` and ``results`` (with the keys of ``summary``). Its exit codes are 310
    (ended early, with the frames so far and the state to continue from attached), 311 (ended before the first frame)
    and 312 (unphysical). Positions are not wrapped, so that those of consecutive segments are continuous.
    """

    MAX_SEGMENTS: ClassVar[int] = 100

    @classmethod
    def define(cls, spec: WorkChainSpec) -> None:
        """Define inputs, outputs, outline and exit codes; an engine adds the ports of its ``engine`` namespace."""
        super().define(spec)
        define_md_inputs(spec)
        spec.input_namespace("engine", help="What this engine needs: codes, potentials, options.")
        spec.inputs.validator = cls.validate_inputs
        spec.outline(cls.setup, while_(cls.steps_are_left)(cls.run_segment, cls.inspect_segment), cls.results)
        spec.output("trajectory", valid_type=orm.TrajectoryData, help="The recorded frames of all segments.")
        spec.output("final_structure", valid_type=orm.StructureData, help="Positions after the last step, unwrapped.")
        spec.output("final_velocities", valid_type=orm.ArrayData, help="Velocities after the last step, Angstrom/fs.")
        spec.output(
            "summary",
            valid_type=orm.Dict,
            help="n_frames, steps_done, core_hours, engine, engine_version, n_segments.",
        )
        spec.exit_code(300, "ERROR_SUB_PROCESS_FAILED", message="Segment {segment} failed: {reason}")
        spec.exit_code(
            310,
            "ERROR_INCOMPLETE_TRAJECTORY",
            message="The segments hold {n_frames} frames, but {expected} were asked for.",
        )
        spec.exit_code(
            311,
            "ERROR_NO_PROGRESS",
            message="Segment {segment} recorded no step: allow more wall time, or record more often.",
        )
        spec.exit_code(312, "ERROR_UNPHYSICAL", message="Segment {segment}: {reason}")
        spec.exit_code(
            320,
            "ERROR_MAX_SEGMENTS",
            message="Only {steps_done} of {n_steps} steps are done after {segments} segments: allow more wall time.",
        )

    @classmethod
    @abstractmethod
    def segment_process(cls) -> type[Process]:
        """Return the process class that runs one segment."""

    @abstractmethod
    def segment_inputs(
        self, structure: orm.StructureData, velocities: orm.ArrayData | None, md: orm.Dict
    ) -> dict[str, Any]:
        """Return the inputs of the process that runs ``md.n_steps`` steps from this state."""

    @classmethod
    @abstractmethod
    def check_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> None:
        """Check the ``engine`` namespace for structures made of these elements.

        :raises InputError: if an input is missing or refused.
        """

    @classmethod
    @abstractmethod
    def inputs_from_file(cls, values: Mapping[str, Any], elements: Sequence[str], base: Path) -> dict[str, Any]:
        """Return the ``engine`` namespace that a campaign file describes.

        :param values: the file's ``engine`` entry without the name.
        :param base: folder that relative paths begin at.
        :raises InputError: if a key is unknown, or a code or a file does not exist.
        """

    @classmethod
    @abstractmethod
    def restrict_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> dict[str, Any]:
        """Return the ``engine`` namespace with only what these elements need, so that equal runs have equal inputs.

        :raises InputError: if an element is not covered.
        """

    @classmethod
    def validate_inputs(cls, inputs: Mapping[str, Any], ports: Mapping[str, Any]) -> str | None:
        """Return why the inputs are refused, or None, also where only some of the ports are exposed."""
        if not {"structure", "md", "engine"} <= set(ports):
            return None
        try:
            check_md_inputs(inputs["structure"], inputs.get("velocities"), inputs["md"])
            cls.check_engine_inputs(inputs["engine"], [kind.symbol for kind in inputs["structure"].kinds])
        except InputError as error:
            return str(error)
        return None

    def setup(self) -> None:
        """Start from the input state."""
        self.ctx.segments = []
        self.ctx.steps_done = 0
        self.ctx.structure = self.inputs.structure
        self.ctx.velocities = self.inputs.get("velocities")

    def steps_are_left(self) -> bool:
        """Return whether steps remain to be done."""
        return self.ctx.steps_done < self._md.n_steps

    def run_segment(self) -> ExitCode | None:
        """Submit the process that does the next steps."""
        index = len(self.ctx.segments)
        if index == self.MAX_SEGMENTS:
            return self.exit_codes.ERROR_MAX_SEGMENTS.format(
                steps_done=self.ctx.steps_done, n_steps=self._md.n_steps, segments=index
            )
        inputs = self.segment_inputs(self.ctx.structure, self.ctx.velocities, self._segment_md(index))
        inputs.setdefault("metadata", {})["call_link_label"] = f"segment_{index:02d}"
        process = self.submit(self.segment_process(), **inputs)
        self.report(f"segment {index} from step {self.ctx.steps_done} of {self._md.n_steps}: process {process.pk}")
        self.to_context(segments=append_(process))
        return None

    def inspect_segment(self) -> ExitCode | None:
        """Take over the state that the segment left, or give up."""
        index, segment = len(self.ctx.segments) - 1, self.ctx.segments[-1]
        reason = segment.exit_message or f"process {segment.pk} is {segment.process_state.value}"
        if segment.exit_status == self.exit_codes.ERROR_UNPHYSICAL.status:
            return self.exit_codes.ERROR_UNPHYSICAL.format(segment=index, reason=reason)
        if segment.exit_status == self.exit_codes.ERROR_NO_PROGRESS.status:
            return self.exit_codes.ERROR_NO_PROGRESS.format(segment=index)
        if not segment.is_finished_ok and segment.exit_status != self.exit_codes.ERROR_INCOMPLETE_TRAJECTORY.status:
            return self.exit_codes.ERROR_SUB_PROCESS_FAILED.format(segment=index, reason=reason)
        steps_done = segment.outputs.results["steps_done"]
        self.ctx.steps_done += steps_done
        self.ctx.structure = segment.outputs.final_structure
        self.ctx.velocities = segment.outputs.final_velocities
        self.report(f"segment {index} did {steps_done} steps, {self._md.n_steps - self.ctx.steps_done} are left")
        return None

    def results(self) -> ExitCode | None:
        """Attach the outputs: those of the only segment, or the joined ones."""
        outputs = [segment.outputs for segment in self.ctx.segments]
        if len(outputs) == 1:
            trajectory, summary = outputs[0].trajectory, outputs[0].results
        else:
            nodes = {f"trajectory_{i:02d}": segment.trajectory for i, segment in enumerate(outputs)}
            nodes |= {f"results_{i:02d}": segment.results for i, segment in enumerate(outputs)}
            joined = join_segments(**nodes, metadata={"call_link_label": "join_segments"})
            trajectory, summary = joined["trajectory"], joined["summary"]
        self.out("trajectory", trajectory)
        self.out("summary", summary)
        self.out("final_structure", self.ctx.structure)
        self.out("final_velocities", self.ctx.velocities)
        expected = self._md.n_steps // self._md.sample_every
        if trajectory.numsteps != expected:
            return self.exit_codes.ERROR_INCOMPLETE_TRAJECTORY.format(n_frames=trajectory.numsteps, expected=expected)
        self.report(f"{trajectory.numsteps} frames in {len(outputs)} segments")
        return None

    @property
    def _md(self) -> MdSettings:
        return MdSettings.parse(self.inputs.md.get_dict(), where="md")

    def _segment_md(self, index: int) -> orm.Dict:
        md = self._md
        left = md.n_steps - self.ctx.steps_done
        n_steps = min(left, md.segment_steps or left)
        if n_steps == md.n_steps:
            return self.inputs.md
        changes: dict[str, Any] = {"n_steps": n_steps, "segment_steps": None}
        if index > 0:
            changes |= {"seed": derive_seed(md.seed, index), "hot_start": None}
        return orm.Dict(md.model_copy(update=changes).as_dict())
