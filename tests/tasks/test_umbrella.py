"""Points of the zig-zag example, sampled by the worker: alone, on threads, and after it was killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from aiida_matal.science.failure_policy import ATTEMPT
from aiida_matal.science.landscape.columns import ETA, ETA_ERROR, MU, MU_ERROR, candidate_table, label_columns, vector
from aiida_matal.science.table import Column, Table
from aiida_matal.tasks.main import main

ZIGZAG = yaml.safe_load((Path(__file__).parents[2] / "examples" / "free_energy" / "zigzag.yaml").read_text())
UMBRELLA = {
    "temperature": 600.0,
    "repeats": [1, 1, 1],
    "phi": {"composition": 0.5, "order": 0.05},
    "equilibration_passes": 100,
    "min_passes": 4000,
    "max_passes": 4000,
    "precision": 1.0,
    "seed": 5,
}
PHI = np.array([0.5] + [0.05] * 6)


def points(n):
    """Return points from x = 0.3 to 0.7, disordered, whose bias is centred off them."""
    wanted = np.zeros((n, 7))
    wanted[:, 0] = np.linspace(0.3, 0.7, n)
    kappa = wanted + np.array([0.01, 0.02, 0, 0, 0, 0, 0])
    return candidate_table([f"p{row}" for row in range(n)], ["billiard_walk"] * n, wanted, kappa)


def settings(n_threads=1, **changes):
    return {"system": ZIGZAG, "umbrella": {**UMBRELLA, **changes}, "n_threads": n_threads}


@pytest.fixture
def sample(write_task):
    """Return a function that runs the task and gives the labels."""

    def run(candidates, **changes):
        folder = write_task("umbrella", settings(**changes), candidates=candidates)
        (folder / "points.jsonl").unlink(missing_ok=True)
        assert main([str(folder)]) == 0, (folder / "result.json").read_text()
        return Table.read(folder / "labels.npz")

    return run


def without_cost(labels):
    return labels.select([name for name in labels.names if name != "core_hours"])


def test_labels_are_the_averages_and_the_forces_of_the_bias(sample, tmp_path):
    candidates = points(3)
    labels = sample(candidates)
    assert labels.columns == label_columns(7)
    assert labels["id"].tolist() == ["p0", "p1", "p2"]
    eta, kappa = vector(labels, ETA), vector(candidates, "kappa")
    np.testing.assert_allclose(vector(labels, MU), -2 * PHI * (eta - kappa), rtol=0, atol=1e-12)
    np.testing.assert_allclose(vector(labels, MU_ERROR), 2 * PHI * vector(labels, ETA_ERROR), rtol=1e-12)
    # The free energy pulls the averages away from the centres by less than 0.1.
    np.testing.assert_allclose(eta, kappa, atol=0.1)
    assert (labels["core_hours"] > 0).all()
    assert (labels["n_passes"] >= 100).all()
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["values"] == {"n_labels": 3, "n_failed": 0}


def test_labels_do_not_depend_on_threads_or_on_the_other_points(sample):
    candidates = points(4)
    labels = without_cost(sample(candidates))
    assert without_cost(sample(candidates, n_threads=3)) == labels
    assert without_cost(sample(candidates.take([3, 1]))) == labels.take([3, 1])


def test_new_attempt_draws_other_numbers(sample):
    candidates = points(1)
    first = sample(candidates)
    column = {ATTEMPT: Column("earlier tries", "1")}
    same = sample(candidates.with_columns({ATTEMPT: np.array([0])}, column))
    again = sample(candidates.with_columns({ATTEMPT: np.array([1])}, column))
    assert without_cost(same) == without_cost(first)
    assert again["id"].tolist() == ["p0"]
    assert again["eta_0"][0] != first["eta_0"][0]


def test_point_that_does_not_converge_is_failed_and_says_which_average(sample):
    (row,) = sample(points(1), precision=1e-9).rows()
    assert row["status"] == "failed"
    assert "95 % half-width of eta_" in row["reason"]
    assert "above the precision of 1e-09" in row["reason"]
    assert np.isfinite([row[f"eta_{j}"] for j in range(7)]).all()
    assert np.isnan([row[f"mu_{j}"] for j in range(7)]).all()
    assert row["core_hours"] > 0


def test_worker_that_was_killed_goes_on_where_it_was(sample, write_task, tmp_path):
    n_passes = {"min_passes": 100_000, "max_passes": 100_000}
    candidates = points(8)
    undisturbed = without_cost(sample(candidates, **n_passes))
    folder = write_task("umbrella", settings(**n_passes), candidates=candidates)
    file = folder / "points.jsonl"
    file.unlink()
    (folder / "labels.npz").unlink()
    process = subprocess.Popen([Path(sys.executable).with_name("matal-task"), folder], stdout=subprocess.DEVNULL)
    while not file.exists() or file.read_bytes().count(b"\n") < 2:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (folder / "result.json").exists()
    written = file.read_bytes()
    kept = written[: written.rindex(b"\n") + 1]
    assert 2 <= kept.count(b"\n") < 8
    # A kill may fall into the middle of a line.
    file.write_bytes(kept + b'{"id": "p7", "res')
    assert main([str(folder)]) == 0
    assert file.read_bytes().startswith(kept)
    ids = [json.loads(line)["id"] for line in file.read_bytes().splitlines() if line.endswith(b"}")]
    assert sorted(ids) == [f"p{row}" for row in range(8)]
    assert without_cost(Table.read(folder / "labels.npz")) == undisturbed


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"precison": 1.0}, "settings.umbrella.precison: 1.0 is refused: the key is unknown"),
        ({"repeats": [0, 1, 1]}, "settings.umbrella.repeats"),
        ({"max_passes": 2000}, "it is below min_passes"),
        ({"n_threads": 0}, "settings.n_threads: 0 is refused"),
    ],
)
def test_settings_that_make_no_sense_are_refused(write_task, changes, message):
    folder = write_task("umbrella", settings(**changes), candidates=points(1))
    assert main([str(folder)]) == 2
    assert message in json.loads((folder / "result.json").read_text())["message"]


def test_points_of_another_system_are_refused(write_task):
    wanted = np.full((1, 3), 0.5)
    folder = write_task("umbrella", settings(), candidates=candidate_table(["a"], ["vertices"], wanted, wanted))
    assert main([str(folder)]) == 2
    message = json.loads((folder / "result.json").read_text())["message"]
    assert "candidates.wanted_eta: 3 is refused: the system has 7 components" in message
