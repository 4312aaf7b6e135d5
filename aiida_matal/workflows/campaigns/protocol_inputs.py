"""The inputs of a campaign that a protocol holds, whatever labels the candidates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ProcessBuilder
from aiida.orm import AbstractCode, Dict, Int

from aiida_matal.science.acquisition.settings import SelectionSettings
from aiida_matal.science.failure_policy import FailurePolicy
from aiida_matal.science.learning.training import LearnerSettings
from aiida_matal.workflows.ports import check_whole
from aiida_matal.workflows.protocols.strategies import strategy


def fill_from_protocol(builder: ProcessBuilder, code: AbstractCode, values: Mapping[str, Any], target: str) -> None:
    """Give a builder the learner, selections, policy, stopping rules and seed that a protocol and overrides make.

    :param values: what :meth:`~aiida_matal.workflows.protocols.protocol.Protocols.inputs` returned. Its ``strategy`` is
        the selection, of which ``selection`` replaces keys; a learner without features of its own has those of the
        strategy.
    :param target: the column that is labelled and learned.
    :raises InputError: naming the first field that is refused.
    """
    check_whole("seed", values["seed"], smallest=0)
    chosen = strategy(values["strategy"])
    selection = {**chosen, "target": target, **values["selection"]}
    start_design = {"features": selection["features"], "target": target, **values["start_design"]}
    learner = {"features": chosen["features"], "target": target, **values["learner"]}
    builder.code = code
    builder.seed = Int(values["seed"])
    builder.learner = Dict(LearnerSettings.parse(learner, "learner").as_dict())
    builder.start_design = Dict(SelectionSettings.parse(start_design, "start_design").as_dict())
    builder.selection = Dict(SelectionSettings.parse(selection, "selection").as_dict())
    builder.failure_policy = Dict(FailurePolicy.parse(values["failure_policy"], "failure_policy").as_dict())
    builder.stopping = Dict(values["stopping"])
