"""The cure of processes that no worker knows of."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import click
from aiida.engine.daemon.client import DaemonException, get_daemon_client
from aiida.manage import get_manager

from aiida_matal.cli.checks.services import check_stuck_processes

_PATIENCE = 60.0


def repair_processes(say: Callable[[str], None]) -> None:
    """Stop the daemon, repair the processes and start the daemon again, with as many workers as before.

    :param say: called with each command before it runs.
    :raises click.ClickException: if a command fails.
    """
    workers = _number_of_workers()
    get_manager().reset_profile_storage()
    _verdi(say, "daemon", "stop", tries=2)
    _verdi(say, "process", "repair")
    _verdi(say, "daemon", "start", str(workers))
    _wait_until_taken()


def _number_of_workers() -> int:
    try:
        return max(get_daemon_client().get_number_of_workers(), 1)
    except DaemonException:
        return 1


def _verdi(say: Callable[[str], None], *arguments: str, tries: int = 1) -> None:
    """Run a command of verdi; stopping the daemon of a busy computer may need two tries."""
    client = get_daemon_client()
    command = [sys.executable, "-m", "aiida", "-p", client.profile.name, *arguments]
    say(f"verdi {' '.join(arguments)}")
    for _ in range(tries):
        done = subprocess.run(
            command, env=client.get_env(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return
    output = (done.stdout + done.stderr).strip().splitlines()[-3:]
    raise click.ClickException(f"verdi {' '.join(arguments)} failed: {' '.join(output)}")


def _wait_until_taken() -> None:
    end = time.monotonic() + _PATIENCE
    while check_stuck_processes().outcome != "ok" and time.monotonic() < end:
        time.sleep(1)
