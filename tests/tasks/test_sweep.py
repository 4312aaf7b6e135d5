"""A sweep of the zig-zag example by the worker: on threads, and after it was killed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from aiida_matal.science.table import Table
from aiida_matal.tasks.main import main

ZIGZAG = yaml.safe_load((Path(__file__).parents[2] / "examples" / "free_energy" / "zigzag.yaml").read_text())
SWEEP = {
    "repeats": [1, 1, 1],
    "temperatures": [250.0, 500.0, 750.0],
    "fields": [-0.1, 0.1],
    "along": "field",
    "and_back": False,
    "equilibration_passes": 50,
    "passes": 200,
    "seed": 5,
}


def settings(n_threads=1, **changes):
    return {"system": ZIGZAG, "sweep": {**SWEEP, **changes}, "n_threads": n_threads}


@pytest.fixture
def sweep(write_task):
    """Return a function that runs the task afresh and gives its folder."""

    def run(**changes):
        folder = write_task("sweep", settings(**changes))
        (folder / "paths.jsonl").unlink(missing_ok=True)
        assert main([str(folder)]) == 0, (folder / "result.json").read_text()
        return folder

    return run


def test_averages_do_not_depend_on_threads(sweep):
    one = Table.read(sweep() / "averages.npz")
    assert one["temperature"].tolist() == [250.0, 250.0, 500.0, 500.0, 750.0, 750.0]
    folder = sweep(n_threads=3)
    assert Table.read(folder / "averages.npz") == one
    values = json.loads((folder / "result.json").read_text())["values"]
    assert values == {"n_conditions": 6, "n_drifting": int((~one["equilibrated"]).sum())}


def test_paths_that_were_finished_are_not_followed_again(sweep):
    folder = sweep()
    averages = Table.read(folder / "averages.npz")
    first, second, third = (folder / "paths.jsonl").read_text().splitlines()
    # What a kill leaves: finished paths, here marked by an odd cost, and a line that is cut off.
    kept = json.dumps({**json.loads(second), "seconds": 12345.0})
    (folder / "paths.jsonl").write_text(f"{kept}\n{third[:40]}")
    assert main([str(folder)]) == 0
    lines = (folder / "paths.jsonl").read_text().splitlines()
    assert lines[0] == kept
    ids = [json.loads(line)["id"] for line in (first, third)]
    assert [json.loads(line)["id"] for line in lines[2:]] == ids
    assert Table.read(folder / "averages.npz") == averages


def test_settings_that_make_no_sense_are_refused(write_task):
    folder = write_task("sweep", settings(ensemble="canonical"))
    assert main([str(folder)]) == 2
    assert "a composition is below 0 or above 1" in json.loads((folder / "result.json").read_text())["message"]
