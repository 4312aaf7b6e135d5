"""A campaign: rounds until the verdict is to stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ExitCode, ProcessSpec, WorkChain, while_
from aiida.orm import Dict, Int

from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.registry import STOPPING, load_class
from aiida_matal.workflows.campaigns.checks import check_campaign
from aiida_matal.workflows.campaigns.round import RoundWorkChain
from aiida_matal.workflows.processes import describe

PASSED_ON = ("dataset", "learning_curve", "summary")
RESULTS = ("dataset", "learning_curve", "model", "metrics", "verdict")


class CampaignWorkChain(WorkChain):
    """Run rounds until a stopping rule says stop.

    A campaign of an own science is a subclass that makes the pool; this class takes any pool and any oracle.
    """

    @classmethod
    def define(cls, spec: ProcessSpec) -> None:
        """Define inputs, outline, outputs and exit codes."""
        super().define(spec)
        spec.expose_inputs(RoundWorkChain, exclude=("number",))
        # Exposing makes the namespace dynamic, in which a misspelt input would pass.
        spec.inputs.dynamic = False
        spec.inputs.validator = validate_campaign
        spec.outline(cls.setup, while_(cls.goes_on)(cls.run_round, cls.inspect_round), cls.finish)
        spec.output("dataset", valid_type=TableData, required=False, help="All labels.")
        spec.output("model", valid_type=ModelData, required=False, help="The model trained on all labels.")
        spec.output("metrics", valid_type=Dict, required=False, help="Errors of that model.")
        spec.output("learning_curve", valid_type=TableData, required=False, help="Labels, cost and errors by round.")
        spec.output("verdict", valid_type=Dict, required=False, help="Why the campaign stopped.")
        spec.exit_code(310, "ERROR_ROUND_FAILED", message="Round {number} failed: {message}")
        spec.exit_code(401, "ERROR_LIMIT_REACHED", message="A limit was reached before the goal: {reasons}")

    def setup(self) -> None:
        """Take the pool, and the labels to begin with."""
        self.ctx.pool = self.get_pool()
        self.ctx.number = len(self.inputs.learning_curve) if "learning_curve" in self.inputs else 0
        self.ctx.latest = {name: self.inputs[name] for name in PASSED_ON if name in self.inputs}

    def get_pool(self) -> TableData:
        """Return the candidates."""
        return self.inputs.pool

    def round_inputs(self) -> dict[str, Any]:
        """Return the inputs of a round that the campaign makes."""
        return {"pool": self.ctx.pool}

    def goes_on(self) -> bool:
        """Return whether no verdict yet says stop."""
        verdict = self.ctx.latest.get("verdict")
        return verdict is None or not verdict["stop"]

    def run_round(self) -> None:
        """Submit the next round."""
        label = f"round_{self.ctx.number:02d}"
        inputs = {**self.exposed_inputs(RoundWorkChain), **self.round_inputs(), "number": Int(self.ctx.number)}
        inputs.update({name: self.ctx.latest[name] for name in PASSED_ON if name in self.ctx.latest})
        inputs["metadata"] = {"call_link_label": label}
        round_ = self.submit(RoundWorkChain, **inputs)
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
        for name in RESULTS:
            if name in self.ctx.latest and name not in self.outputs:
                self.out(name, self.ctx.latest[name])


def validate_campaign(inputs: Mapping[str, Any], _: Any) -> str | None:
    """Return why the inputs are refused, or None. Runs before anything is stored or submitted."""
    if "pool" not in inputs:
        return None
    try:
        check_campaign(inputs, inputs["pool"].table)
    except InputError as exception:
        return str(exception)
    return None
