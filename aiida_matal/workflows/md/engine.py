"""The interface of the molecular dynamics engines, and what all of them do alike."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from aiida import orm
from aiida.engine import CalcJob, ExitCode, WorkChain, append_, while_
from aiida.engine.processes.workchains.workchain import WorkChainSpec

from aiida_matal.calculations.md_inputs import check_md_inputs, define_md_inputs
from aiida_matal.calculations.validation import validator
from aiida_matal.science.errors import InputError
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.trajectory.md_settings import MdSettings, Thermostat, whole_frames
from aiida_matal.workflows.md.options import check_options
from aiida_matal.workflows.md.segments import join_segments

#: Exit codes of a segment that the engine hands on; the run cannot go on after any of them.
_FATAL = (
    "ERROR_NO_PROGRESS",
    "ERROR_UNPHYSICAL",
    "ERROR_ELECTRONS_NOT_CONVERGED",
    "ERROR_TOO_FEW_BANDS",
    "ERROR_WRONG_POTENTIALS",
)


class MdEngineWorkChain(WorkChain):
    """A molecular dynamics run, in as many jobs (segments) as it needs.

    A segment is one job with the inputs of :meth:`segment_inputs` and the outputs and exit codes of
    :func:`~aiida_matal.calculations.md_outputs.define_md_outputs`. One that ended early is continued from its final
    state. Positions are not wrapped, so that those of consecutive segments are continuous.
    """

    MAX_SEGMENTS: ClassVar[int] = 100
    #: Kinds of thermostat that the engine has, the preferred one first.
    THERMOSTATS: ClassVar[tuple[str, ...]]
    #: Whether one job can run the hot start and then the run; otherwise the hot start gets jobs of its own.
    HOT_START_IN_JOB: ClassVar[bool]

    @classmethod
    def define(cls, spec: WorkChainSpec) -> None:
        """Define inputs, outputs, outline and exit codes; an engine adds the ports of its ``engine`` namespace."""
        super().define(spec)
        define_md_inputs(spec)
        spec.input_namespace("engine", help="What this engine needs: codes, potentials, options.")
        spec.input(
            "engine.options",
            valid_type=orm.Dict,
            required=False,
            help="Options of the jobs: resources, max_wallclock_seconds, queue_name, ...",
        )
        spec.inputs.validator = validator(cls.check_inputs, "structure", "md", "engine")
        spec.outline(cls.setup, while_(cls.steps_are_left)(cls.run_segment, cls.inspect_segment), cls.results)
        spec.output("trajectory", valid_type=orm.TrajectoryData, help="The recorded frames of all segments.")
        spec.output("final_structure", valid_type=orm.StructureData, help="Positions after the last step, unwrapped.")
        spec.output("final_velocities", valid_type=orm.ArrayData, help="Velocities after the last step, Angstrom/fs.")
        spec.output(
            "summary",
            valid_type=orm.Dict,
            help="n_frames, steps_done, core_hours, engine, engine_version, n_segments.",
        )
        cls._define_exit_codes(spec)

    @classmethod
    def _define_exit_codes(cls, spec: WorkChainSpec) -> None:
        spec.exit_code(201, "ERROR_INPUT_REFUSED", message="{reason}")
        spec.exit_code(300, "ERROR_SUB_PROCESS_FAILED", message="Segment {segment} failed: {reason}")
        spec.exit_code(
            370,
            "ERROR_INCOMPLETE_TRAJECTORY",
            message="The segments hold {n_frames} frames, but {expected} were asked for.",
        )
        for status, label in enumerate(_FATAL, start=371):
            spec.exit_code(status, label, message="Segment {segment}: {reason}")
        spec.exit_code(
            420,
            "ERROR_MAX_SEGMENTS",
            message="Only {steps_done} of {n_steps} steps are done after {segments} segments: allow more wall time.",
        )

    @classmethod
    @abstractmethod
    def segment_process(cls) -> type[CalcJob]:
        """Return the job that runs one segment."""

    @abstractmethod
    def segment_inputs(
        self, structure: orm.StructureData, velocities: orm.ArrayData | None, md: orm.Dict
    ) -> dict[str, Any]:
        """Return the inputs of the job that runs ``md.n_steps`` steps from this state, without the options.

        :raises InputError: if something that the engine needs is no longer there.
        """

    @classmethod
    @abstractmethod
    def check_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> None:
        """Check the ``engine`` namespace, other than the options, for structures made of these elements.

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
    def check_engine(cls, engine: Mapping[str, Any], symbols: Sequence[str], thermostat: Thermostat) -> None:
        """Check everything that this engine is to be run with, but for structure and numbers of steps.

        :raises InputError: if an input is missing or refused.
        """
        thermostat.choose(cls.THERMOSTATS)
        cls.check_engine_inputs(engine, symbols)
        check_options(cls.segment_process(), engine["options"].get_dict() if "options" in engine else {})

    @classmethod
    def check_inputs(cls, inputs: Mapping[str, Any]) -> None:
        """Check all inputs.

        :raises InputError: for the first that is refused.
        """
        md = check_md_inputs(inputs["structure"], inputs.get("velocities"), inputs["md"], cls.THERMOSTATS)
        cls.check_engine(inputs["engine"], [kind.symbol for kind in inputs["structure"].kinds], md.thermostat)

    @property
    def hot_start_is_next(self) -> bool:
        """Return whether the next segment is one of the hot start."""
        hot = self._md.hot_start
        return not self.HOT_START_IN_JOB and hot is not None and self.ctx.hot_steps_done < hot.n_steps

    def setup(self) -> None:
        """Start from the input state."""
        self.ctx.segments = []
        self.ctx.hot_segments = []
        self.ctx.steps_done = 0
        self.ctx.hot_steps_done = 0
        self.ctx.structure = self.inputs.structure
        self.ctx.velocities = self.inputs.get("velocities")

    def steps_are_left(self) -> bool:
        """Return whether steps remain to be done."""
        return self.hot_start_is_next or self.ctx.steps_done < self._md.n_steps

    def run_segment(self) -> ExitCode | None:
        """Submit the job that does the next steps."""
        n_segments = len(self.ctx.segments) + len(self.ctx.hot_segments)
        if n_segments == self.MAX_SEGMENTS:
            self._attach_outputs()
            return self.exit_codes.ERROR_MAX_SEGMENTS.format(
                steps_done=self.ctx.steps_done, n_steps=self._md.n_steps, segments=n_segments
            )
        try:
            inputs = self.segment_inputs(self.ctx.structure, self.ctx.velocities, self._segment_md())
        except InputError as error:
            self._attach_outputs()
            return self.exit_codes.ERROR_INPUT_REFUSED.format(reason=str(error))
        stage = self._stage
        options = self.inputs.engine.options.get_dict() if "options" in self.inputs.engine else {}
        label = f"{stage.removesuffix('s')}_{len(self.ctx[stage]):02d}"
        inputs["metadata"] = {"call_link_label": label, "options": {**inputs.pop("options", {}), **options}}
        job = self.submit(self.segment_process(), **inputs)
        self.report(f"{label} from step {self.ctx.steps_done} of {self._md.n_steps}: process {job.pk}")
        self.to_context(**{stage: append_(job)})
        return None

    def inspect_segment(self) -> ExitCode | None:
        """Take over the state that the segment left, or give up with the frames so far."""
        stage, is_hot = self._stage, self.hot_start_is_next
        segment = self.ctx[stage][-1]
        label = f"{stage.removesuffix('s')}_{len(self.ctx[stage]) - 1:02d}"
        if (failure := self._failure_of(segment, label)) is not None:
            self._attach_outputs()
            return failure
        steps_done = segment.outputs.results["steps_done"]
        self.ctx["hot_steps_done" if is_hot else "steps_done"] += steps_done
        self.ctx.structure = segment.outputs.final_structure
        self.ctx.velocities = segment.outputs.final_velocities
        self.report(f"{label} did {steps_done} steps; {self._md.n_steps - self.ctx.steps_done} of the run are left")
        return None

    def results(self) -> ExitCode | None:
        """Attach the outputs: those of the only segment, or the joined ones."""
        n_frames = self._attach_outputs()
        expected = self._md.n_steps // self._md.sample_every
        if n_frames != expected:
            return self.exit_codes.ERROR_INCOMPLETE_TRAJECTORY.format(n_frames=n_frames, expected=expected)
        self.report(f"{n_frames} frames in {len(self.ctx.segments)} segments")
        return None

    def _failure_of(self, segment: orm.CalcJobNode, label: str) -> ExitCode | None:
        if segment.is_finished_ok or segment.exit_status == self.exit_codes.ERROR_INCOMPLETE_TRAJECTORY.status:
            return None
        state = segment.process_state.value if segment.process_state else "in no state"
        reason = segment.exit_message or f"process {segment.pk} is {state}"
        for name in _FATAL:
            if segment.exit_status == self.exit_codes[name].status:
                return self.exit_codes[name].format(segment=label, reason=reason)
        return self.exit_codes.ERROR_SUB_PROCESS_FAILED.format(segment=label, reason=reason)

    def _attach_outputs(self) -> int:
        """Attach what the segments have so far; return the number of frames."""
        if self.ctx.steps_done:
            self.out("final_structure", self.ctx.structure)
            self.out("final_velocities", self.ctx.velocities)
        with_frames = [segment.outputs for segment in self.ctx.segments if "trajectory" in segment.outputs]
        if not with_frames:
            return 0
        if len(with_frames) == 1 and not self.ctx.hot_segments:
            trajectory, summary = with_frames[0].trajectory, with_frames[0].results
        else:
            nodes = {f"trajectory_{i:02d}": segment.trajectory for i, segment in enumerate(with_frames)}
            nodes |= {f"results_{i:02d}": segment.results for i, segment in enumerate(with_frames)}
            nodes |= {f"hot_{i:02d}": segment.outputs.results for i, segment in enumerate(self.ctx.hot_segments)}
            joined = join_segments(**nodes, metadata={"call_link_label": "join_segments"})
            trajectory, summary = joined["trajectory"], joined["summary"]
        self.out("trajectory", trajectory)
        self.out("summary", summary)
        return int(trajectory.numsteps)

    def steps_of_segment(self, left: int) -> int:
        """Return how many of the ``left`` steps the next job is to do; it is rounded up to whole frames."""
        return min(left, self._md.segment_steps or left)

    @property
    def _stage(self) -> str:
        return "hot_segments" if self.hot_start_is_next else "segments"

    @property
    def _md(self) -> MdSettings:
        return MdSettings.parse(self.inputs.md.get_dict(), where="md")

    def _segment_md(self) -> orm.Dict:
        """Return the settings of the next segment: those of the run, or of the part of it that comes next."""
        md = self._md
        if self.hot_start_is_next and md.hot_start is not None:
            index, left = len(self.ctx.hot_segments), md.hot_start.n_steps - self.ctx.hot_steps_done
            changes: dict[str, Any] = {
                "temperature": md.hot_start.temperature,
                "seed": derive_seed(md.seed, "hot", index),
                "hot_start": None,
            }
        else:
            index, left = len(self.ctx.segments), md.n_steps - self.ctx.steps_done
            changes = {"seed": derive_seed(md.seed, index), "hot_start": None} if index else {}
        n_steps = whole_frames(self.steps_of_segment(left), md.sample_every)
        if not self.HOT_START_IN_JOB:
            changes["hot_start"] = None
        changed = md.model_copy(update={**changes, "n_steps": n_steps, "segment_steps": None})
        return self.inputs.md if changed == md else orm.Dict(changed.as_dict())
