"""Any campaign: rounds until the verdict is to stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from aiida.engine import ExitCode, ProcessSpec, WorkChain, while_
from aiida.orm import Dict, Int, ProcessNode

from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.registry import STOPPING, load_class
from aiida_matal.workflows.campaigns.round_base import BaseRoundWorkChain
from aiida_matal.workflows.processes import describe


class BaseCampaignWorkChain(WorkChain):
    """Run rounds until a stopping rule says stop. A subclass names the work chain of its rounds."""

    round_class: ClassVar[type[BaseRoundWorkChain]]
    #: Which input of the next round each output of a round becomes.
    passed_on: ClassVar[Mapping[str, str]] = {name: name for name in ("dataset", "learning_curve", "summary")}
    #: Which outputs of the rounds, the newest of each, are outputs of the campaign.
    results: ClassVar[tuple[str, ...]] = ("dataset", "learning_curve", "model", "metrics", "verdict")

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs, outline, outputs and exit codes."""
        super().define(spec)
        spec.expose_inputs(cls.round_class, exclude=("number",))
        # Exposing makes the namespace dynamic, in which a misspelt input would pass.
        spec.inputs.dynamic = False
        spec.outline(cls.setup, while_(cls.goes_on)(cls.run_round, cls.inspect_round), cls.finish)
        spec.output("dataset", valid_type=TableData, required=False, help="All labels.")
        spec.output("model", valid_type=ModelData, required=False, help="The model trained on all labels.")
        spec.output("metrics", valid_type=Dict, required=False, help="Errors of that model.")
        spec.output("learning_curve", valid_type=TableData, required=False, help="Labels, cost and errors by round.")
        spec.output("verdict", valid_type=Dict, required=False, help="Why the campaign stopped.")
        spec.exit_code(310, "ERROR_ROUND_FAILED", message="Round {number} failed: {message}")
        spec.exit_code(401, "ERROR_LIMIT_REACHED", message="A limit was reached before the goal: {reasons}")

    @classmethod
    def continued_from(cls, round_: ProcessNode, *, after: bool) -> dict[str, Any]:
        """Return the inputs with which a campaign repeats a round of another one, or goes on after it."""
        state = round_.outputs if after else round_.inputs
        names = {given: made if after else given for made, given in cls.passed_on.items()}
        return {given: state[name] for given, name in names.items() if name in state}

    def setup(self) -> None:
        """Take the labels to begin with."""
        self.ctx.number = len(self.inputs.learning_curve) if "learning_curve" in self.inputs else 0
        self.ctx.latest = {made: self.inputs[given] for made, given in self.passed_on.items() if given in self.inputs}

    def round_inputs(self) -> dict[str, Any]:
        """Return the inputs of a round that the campaign makes."""
        return {}

    def goes_on(self) -> bool:
        """Return whether no verdict yet says stop."""
        verdict = self.ctx.latest.get("verdict")
        return verdict is None or not verdict["stop"]

    def run_round(self) -> None:
        """Submit the next round."""
        label = f"round_{self.ctx.number:02d}"
        inputs = {**self.exposed_inputs(self.round_class), **self.round_inputs(), "number": Int(self.ctx.number)}
        latest = self.ctx.latest
        inputs.update({given: latest[made] for made, given in self.passed_on.items() if made in latest})
        inputs["metadata"] = {"call_link_label": label}
        round_ = self.submit(self.round_class, **inputs)
        self.report(f"{label}: process {round_.pk}")
        self.to_context(round=round_)

    def inspect_round(self) -> ExitCode | None:
        """Take over what the round made, whether it ended well or not."""
        round_ = self.ctx.round
        self.ctx.latest = {**self.ctx.latest, **{name: round_.outputs[name] for name in round_.outputs}}
        if not round_.is_finished_ok:
            self._attach_results()
            return self.exit_codes.ERROR_ROUND_FAILED.format(number=self.ctx.number, message=describe(round_))
        self.ctx.number += 1
        return None

    def finish(self) -> ExitCode | None:
        """Attach the results and say why the campaign ended; a limit is no error where no goal was set."""
        self._attach_results()
        verdict = self.ctx.latest["verdict"]
        reasons = "; ".join(verdict["reasons"])
        self.report(f"campaign ends: {reasons}")
        if self._has_goal() and not verdict["goal_reached"]:
            return self.exit_codes.ERROR_LIMIT_REACHED.format(reasons=reasons)
        return None

    def _has_goal(self) -> bool:
        return any(load_class(STOPPING, name).is_goal for name in self.inputs.stopping.get_dict())

    def _attach_results(self) -> None:
        for name in self.results:
            if name in self.ctx.latest and name not in self.outputs:
                self.out(name, self.ctx.latest[name])
