from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aiida_matal.cli import campaign_watch
from aiida_matal.cli.status_text import next_commands, status_line, status_text
from aiida_matal.provenance.campaigns import CampaignStatus, LabelStatus, RoundStatus

RUNNING = CampaignStatus(
    pk=12,
    uuid="8b204c6f",
    kind="matal.campaign.enthalpy",
    created=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    state="waiting",
    exit_status=None,
    exit_message="",
    reasons=["max_rounds: 1 of at most 2"],
    error_name="cv_rmse",
    error_unit="kJ/mol",
    rounds=[
        RoundStatus(0, 14, "finished", 3, 2, 1, 0, math.nan, 0.75),
        RoundStatus(1, 31, "waiting", 3, 0, 0, 0, 4.25, 0.0),
    ],
    labels=[LabelStatus("Ag_Au", 40, "waiting", "V = 17.9 A^3/atom")],
    now="round 1: labelling 3 candidates, 0 of 1 processes done",
    n_labels=2,
    n_failed=1,
    core_hours=0.75,
)
FINISHED = replace(RUNNING, state="finished", exit_status=401, exit_message="A limit was reached", labels=[], now="")
EXCEPTED = replace(FINISHED, state="excepted", exit_status=None, exit_message="Traceback:\n  File\nValueError: wrong")


def test_status_of_a_running_campaign_shows_rounds_and_labels():
    lines = [line.split() for line in status_text(RUNNING).splitlines()]
    assert ["0", "14", "3", "2", "1", "0", "-", "0.75", "finished"] in lines
    assert ["1", "31", "3", "0", "0", "0", "4.25", "0", "waiting"] in lines
    assert ["Ag_Au", "40", "waiting", "V", "=", "17.9", "A^3/atom"] in lines
    assert "cv_rmse (kJ/mol)" in status_text(RUNNING)


def test_of_many_processes_that_label_only_those_that_need_a_look_are_shown():
    labels = [LabelStatus(f"chunk_{number:04d}", number, "finished", "") for number in range(100)]
    labels[7] = replace(labels[7], state="waiting")
    labels[8] = replace(labels[8], state="finished [370] ended early")
    lines = [line.split() for line in status_text(replace(RUNNING, labels=labels)).splitlines()]
    assert [line[0] for line in lines if line and line[0].startswith("chunk")] == ["chunk_0007", "chunk_0008"]
    assert ["98", "more", "are", "not", "shown."] in lines


def test_ends_are_told_with_their_reason():
    assert "finished [401] A limit was reached" in status_text(FINISHED)
    assert "excepted: ValueError: wrong" in status_text(EXCEPTED)


def test_line_says_what_runs_and_the_newest_error():
    assert status_line(RUNNING) == (
        "campaign 12 round 1: labelling 3 candidates, 0 of 1 processes done; "
        "2 labels, 1 failed or rejected; cv_rmse 4.25 kJ/mol; 0.75 core-hours"
    )


@pytest.mark.parametrize(
    ("status", "first"),
    [
        (RUNNING, "aiida-matal campaign watch 12"),
        (FINISHED, "aiida-matal campaign report 12"),
        (replace(FINISHED, exit_status=310), "verdi process report 12"),
        (EXCEPTED, "verdi process report 12"),
    ],
)
def test_next_command_fits_the_state(status, first):
    assert next_commands(status)[0] == first


def test_watch_writes_a_line_only_when_something_changed(run_command, monkeypatch):
    between = replace(RUNNING, now="round 1")
    states = iter([RUNNING, RUNNING, between, RUNNING, FINISHED])
    monkeypatch.setattr(campaign_watch, "load_campaign", lambda identifier: type("Node", (), {"pk": 12}))
    monkeypatch.setattr(campaign_watch, "campaign_status", lambda node: next(states))
    lines = run_command("campaign", "watch", "12", "--interval", "0.1").stdout.splitlines()
    assert lines == [status_line(RUNNING), status_line(FINISHED)]


def test_stopping_to_watch_leaves_the_campaign_alone(run_command, monkeypatch):
    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(campaign_watch, "load_campaign", lambda identifier: type("Node", (), {"pk": 12}))
    monkeypatch.setattr(campaign_watch, "campaign_status", lambda node: RUNNING)
    monkeypatch.setattr(campaign_watch.time, "sleep", interrupt)
    assert "the campaign goes on" in run_command("campaign", "watch", "12").stdout
