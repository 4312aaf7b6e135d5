from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aiida_matal.cli.training_text import training_text
from aiida_matal.provenance.trainings import JobStatus, TrainingStatus

DONE = JobStatus("fold_00", 12, "finished", 0, "", True, True, 7, 8.254, 10.0)
FAILED = JobStatus("fold_01", 13, "finished", 302, "The task failed: no memory", True, False, None, None, None)
ERRORS = [
    ("all", "all", 5, 2.0, 4.0, -0.001),
    ("system", "mean", 5, 2.5, 3.0, 0.5),
    ("system", "Al-Cu", 3, 1.0, 2.0, 0.2),
    ("system", "Al-Ni", 2, 3.0, 0.0, 0.3),
    ("miedema_group", "mean", 5, 2.5, 3.0, 0.1),
    ("miedema_group", "TM-TM", 5, 2.0, 4.0, 0.1),
    ("element", "Al", 5, 2.0, 4.0, 0.1),
]


@pytest.fixture
def status():
    names = ("level", "name", "n_points", "rmse", "baseline_rmse", "bias")
    return TrainingStatus(
        pk=9,
        uuid="abc",
        created=datetime(2026, 11, 21, 8, tzinfo=UTC),
        state="finished",
        exit_status=301,
        exit_message="2 of 3 jobs failed",
        group="system",
        unit="kJ/mol",
        n_jobs=3,
        jobs=[DONE, FAILED, replace(FAILED, label="final", pk=14)],
        metrics={},
        errors=[dict(zip(names, row, strict=True)) for row in ERRORS],
        outputs={"errors": 20},
    )


def test_text_shows_jobs_errors_and_each_reason_once(status):
    lines = [" ".join(line.split()) for line in training_text(status).splitlines()]
    assert "fold_00 12 7 8.25 10 finished, from cache" in lines
    assert "fold_01 13 - - - finished [302]" in lines
    assert "fold_01, final: The task failed: no memory" in lines
    table = lines[lines.index("Errors on labels that the models have not seen (kJ/mol):") :]
    assert table[4:7] == ["all labels 5 2 4 0.5 0", "mean over each system 5 2.5 3 0.83 0.5", "TM-TM 5 2 4 0.5 0.1"]
    worst = table[table.index("The largest of them (kJ/mol):") :]
    assert worst[4:6] == ["Al-Ni 2 3 0 - 0.3", "Al-Cu 3 1 2 0.5 0.2"]
    assert lines[-2:] == ["verdi process report 9", "verdi data matal table show 20 # errors"]


def test_training_that_runs_says_how_to_follow_it(status):
    text = training_text(replace(status, state="waiting", exit_status=None, jobs=[], errors=[], outputs={}))
    assert "aiida-matal model status 9 --watch" in text
