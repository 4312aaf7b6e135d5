from __future__ import annotations

import pytest

from aiida_matal.cli import following
from aiida_matal.cli.following import Jobs, follow


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(following, "POLL_SECONDS", 0.0)


def steps(*jobs):
    return iter(jobs).__next__


def test_a_line_is_printed_whenever_a_job_has_ended(capsys):
    follow(steps(Jobs(0, 2, False), Jobs(0, 2, False), Jobs(1, 2, False), Jobs(2, 2, True)), False, "it goes on")
    assert capsys.readouterr().out.splitlines() == [f"[0:00] {n_ended} of 2 jobs have ended" for n_ended in (0, 1, 2)]


def test_nothing_is_printed_where_quiet_is_asked_for(capsys):
    follow(steps(Jobs(0, 2, False), Jobs(2, 2, True)), True, "it goes on")
    assert capsys.readouterr().out == ""


def test_after_ctrl_c_the_process_is_said_to_go_on(capsys):
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(SystemExit, match="130"):
        follow(interrupted, False, "it goes on: look there")
    assert "it goes on: look there" in capsys.readouterr().out
