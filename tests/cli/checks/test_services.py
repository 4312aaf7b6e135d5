"""Each check sees the condition it is for, made for real."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
from aiida.engine import ProcessState
from aiida.engine.daemon.client import DaemonClient
from aiida.manage import get_manager
from aiida.manage.configuration import get_config
from aiida.orm import WorkChainNode

from aiida_matal.cli.checks import services


@pytest.fixture
def created_process(aiida_profile_clean):
    """A process that was created and never run."""
    node = WorkChainNode()
    node.set_process_state(ProcessState.CREATED)
    return node.store()


@pytest.fixture
def other_profile(aiida_config, aiida_profile_factory):
    """Return a function that makes and loads another profile, whose broker does not run."""
    with ExitStack() as stack:
        yield lambda broker: stack.enter_context(aiida_profile_factory(aiida_config, broker_backend=broker))


def test_profile_that_opens_is_well(aiida_profile):
    assert services.check_profile(None).outcome == "ok"


def test_unknown_profile_fails(aiida_profile):
    finding = services.check_profile("nowhere")
    assert (finding.outcome, "verdi presto" in finding.cure) == ("fail", True)


def test_storage_that_is_gone_fails(other_profile):
    folder = Path(other_profile(None).storage_config["filepath"])
    get_manager().reset_profile_storage()
    shutil.rmtree(folder)
    assert services.check_profile(None).outcome == "fail"


def test_profile_without_broker_fails(other_profile):
    other_profile(None)
    finding = services.check_broker()
    assert (finding.outcome, finding.cure) == ("fail", "verdi profile configure-broker core.zeromq")


def test_daemon_that_does_not_run_fails(stopped_daemon):
    finding = services.check_daemon()
    assert (finding.outcome, finding.cure) == ("fail", "verdi daemon start")
    assert services.check_broker().outcome == "ok"


def test_broker_that_does_not_run_though_the_daemon_seems_to_fails(other_profile):
    client = DaemonClient(other_profile("core.zeromq"))
    assert services.check_broker().outcome == "ok"
    Path(client.circus_pid_file).write_text("999999")
    assert services.check_broker().cure == "verdi daemon restart"
    Path(client.circus_pid_file).unlink()


def test_daemon_with_a_stale_pid_file_fails(stopped_daemon):
    stopped_daemon.get_controller_endpoint()  # writes where its sockets are, as a daemon that starts does
    pid_file = Path(stopped_daemon.circus_pid_file)
    pid_file.write_text("999999")
    try:
        assert "stale PID file" in services.check_daemon().message
    finally:
        pid_file.unlink()


def test_daemon_that_runs_is_well(started_daemon_client):
    assert services.check_daemon().message == "1 worker"
    assert services.check_broker().outcome == "ok"


@pytest.mark.parametrize(("timeout", "outcome"), [(2, "warn"), (10, "ok")])
def test_short_daemon_timeout_is_warned_of(aiida_profile, timeout, outcome):
    get_config().set_option("daemon.timeout", timeout, scope=aiida_profile.name)
    try:
        assert services.check_daemon_timeout().outcome == outcome
    finally:
        get_config().unset_option("daemon.timeout", scope=aiida_profile.name)


def test_process_that_was_created_just_now_is_not_stuck(created_process):
    assert services.check_stuck_processes().outcome == "ok"


def test_process_that_waits_for_long_is_stuck(created_process, monkeypatch):
    monkeypatch.setattr(services, "MAX_CREATED", 0)
    finding = services.check_stuck_processes()
    assert finding.outcome == "fail"
    assert str(created_process.pk) in finding.message
    assert "verdi process repair" in finding.cure


def test_process_that_has_run_is_not_stuck(created_process, monkeypatch):
    monkeypatch.setattr(services, "MAX_CREATED", 0)
    created_process.set_process_state(ProcessState.WAITING)
    assert services.check_stuck_processes().outcome == "ok"
