"""Checks of what runs: storage, broker, daemon, processes."""

from __future__ import annotations

from datetime import timedelta

from aiida.brokers.zeromq.broker import ZeromqBroker
from aiida.common import exceptions, timezone
from aiida.engine.daemon.client import DaemonException, DaemonNotRunningException, get_daemon_client
from aiida.manage import get_manager
from aiida.orm import ProcessNode, QueryBuilder

from aiida_matal.cli.checks.finding import Finding

#: A daemon with a shorter timeout, in seconds, is taken for dead on a busy computer.
MIN_TIMEOUT = 10
#: A process that is in the state `created` for longer than this, in seconds, is not going to be run.
MAX_CREATED = 60


def check_profile(name: str | None) -> Finding:
    """Check that the profile exists and its storage opens."""
    try:
        profile = get_manager().load_profile(name)
    except exceptions.ConfigurationError:
        cure = "verdi presto --use-zeromq, or aiida-matal quickstart"
        return Finding("profile", "fail", f"there is no AiiDA profile {name or ''}".rstrip(), cure)
    try:
        get_manager().get_profile_storage()
    except Exception as exception:
        migrate = isinstance(exception, exceptions.IncompatibleStorageSchema)
        cure = f"verdi -p {profile.name} storage migrate" if migrate else "verdi status --print-traceback"
        return Finding("profile", "fail", f"the storage of {profile.name} does not open: {exception}", cure)
    return Finding("profile", "ok", f"{profile.name}, storage {profile.storage_backend}")


def check_broker() -> Finding:
    """Check that the profile has a message broker, and that it can be reached."""
    broker = get_manager().get_broker()
    if broker is None:
        cure = "verdi profile configure-broker core.zeromq"
        return Finding("broker", "fail", "the profile has none, so nothing can be submitted", cure)
    if isinstance(broker, ZeromqBroker):
        if not get_daemon_client().is_daemon_running or broker.check_service_reachable():
            return Finding("broker", "ok", "ZeroMQ, started with the daemon")
        return Finding(
            "broker", "fail", "the ZeroMQ broker does not run, though the daemon does", "verdi daemon restart"
        )
    try:
        broker.get_communicator()
    except Exception as exception:
        return Finding(
            "broker", "fail", f"it cannot be reached: {exception}", "start RabbitMQ, then verdi daemon restart"
        )
    return Finding("broker", "ok", str(broker))


def check_daemon() -> Finding:
    """Check that the daemon runs, answers and has workers."""
    not_running = Finding(
        "daemon", "fail", "it does not run, so nothing that is submitted will run", "verdi daemon start"
    )
    try:
        client = get_daemon_client()
        if not client.is_daemon_running:
            return not_running
        workers = client.get_number_of_workers()
    except DaemonNotRunningException:
        return not_running
    except (DaemonException, exceptions.ConfigurationError) as exception:
        return Finding("daemon", "fail", str(exception), "verdi daemon stop; verdi daemon start")
    if workers == 0:
        return Finding("daemon", "fail", "it has no workers", "verdi daemon incr")
    return Finding("daemon", "ok", f"{workers} worker{'s' if workers > 1 else ''}")


def check_daemon_timeout() -> Finding:
    """Check that commands wait long enough for the daemon of a busy computer."""
    timeout = get_manager().get_option("daemon.timeout")
    if timeout >= MIN_TIMEOUT:
        return Finding("daemon timeout", "ok", f"{timeout} s")
    cure = f"verdi config set daemon.timeout {MIN_TIMEOUT}"
    return Finding("daemon timeout", "warn", f"after {timeout} s a busy daemon is taken for dead", cure)


def check_stuck_processes() -> Finding:
    """Check that no process waits in vain to be run: its task was lost, or no worker takes it."""
    latest = timezone.now() - timedelta(seconds=MAX_CREATED)
    filters = {"attributes.process_state": "created", "ctime": {"<": latest}}
    pks = sorted(QueryBuilder().append(ProcessNode, filters=filters, project="id").all(flat=True))
    if not pks:
        return Finding("stuck processes", "ok", "none")
    message = f"created more than {MAX_CREATED} s ago, but not run: {', '.join(map(str, pks))}"
    cure = "verdi daemon stop; verdi process repair; verdi daemon start (aiida-matal doctor --fix does it)"
    return Finding("stuck processes", "fail", message, cure)
