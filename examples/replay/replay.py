"""Replay a finished campaign: verdi run replay.py PK CRITERION SEED."""

from __future__ import annotations

import sys

from aiida.engine import ProcessBuilder, submit
from aiida.orm import Dict, Int, ProcessNode, Str, load_node
from aiida.plugins import WorkflowFactory

from aiida_matal.data.table import TableData
from aiida_matal.workflows.campaigns.continuation import rounds_of


def replay(campaign: ProcessNode, criterion: str, seed: int) -> ProcessBuilder:
    """Return a builder that repeats a campaign on its own labels, with another criterion and seed."""
    dataset = campaign.outputs.dataset
    target = campaign.inputs.learner["target"]
    builder = WorkflowFactory("matal.campaign").get_builder()
    for name in ("code", "learner", "start_design", "failure_policy", "stopping"):
        builder[name] = campaign.inputs[name]
    pool = next(iter(rounds_of(campaign).values())).inputs.pool
    builder.pool = TableData(dataset.table.select(pool.table.names), role="pool")
    selection = campaign.inputs.selection.get_dict()
    builder.selection = Dict({**selection, "criterion": {"name": criterion, "settings": {}}})
    builder.seed = Int(seed)
    builder.oracle_name = Str("matal.oracle.reference")
    builder.oracle = {"settings": Dict({"quantity": target}), "reference": dataset}
    return builder


if __name__ == "__main__":
    pk, criterion, seed = sys.argv[1:]
    print(submit(replay(load_node(pk), criterion, int(seed))).pk)
