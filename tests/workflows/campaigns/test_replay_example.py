from __future__ import annotations

import importlib.util
from pathlib import Path

from aiida.engine import run_get_node

REPLAY = Path(__file__).parents[3] / "examples" / "replay" / "replay.py"


def test_the_replay_example_repeats_a_campaign_on_its_own_labels(finished_campaign):
    spec = importlib.util.spec_from_file_location("replay", REPLAY)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)

    outputs, node = run_get_node(example.replay(finished_campaign, "random", seed=2))

    assert node.exit_status == 0, node.exit_message
    labelled = finished_campaign.outputs.dataset.table
    value = dict(zip(labelled["id"], labelled["energy"], strict=True))
    replayed = outputs["dataset"].table
    assert len(replayed) > 0
    assert all(row["energy"] == value[row["id"]] for row in replayed.rows())
