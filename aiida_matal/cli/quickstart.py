"""`aiida-matal quickstart`: from nothing to a finished campaign."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from aiida.orm import WorkChainNode

PROFILE = "quickstart"
ELEMENTS = ["Ag", "Au", "Cu", "Ni", "Pd", "Pt"]
POLL_SECONDS = 2.0
MAX_WORKERS = 2


@click.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("quickstart"),
    show_default=True,
    help="Where the profile, its database and the report are kept.",
)
def quickstart(folder: Path) -> None:
    """Run a real campaign from nothing: enthalpy of mixing of six metals.

    Makes an AiiDA profile of its own in FOLDER (SQLite, built-in broker), starts a daemon, sets up the codes, and runs
    a campaign of four rounds of molecular dynamics with LAMMPS. The daemon is stopped at the end. Run again, it begins
    a new campaign in the same profile; what was simulated before is taken from the cache.
    """
    run(folder, ELEMENTS, {})


def run(folder: Path, elements: Sequence[str], overrides: Mapping[str, Any]) -> None:
    """Run the quickstart in a process that has not imported aiida yet.

    :param overrides: values laid over those of the protocol ``quick``.
    :raises SystemExit: with status 1, if the campaign failed.
    """
    started = time.monotonic()
    _use_folder(folder)
    from aiida_matal.cli.local_profile import load_local_profile
    from aiida_matal.cli.local_setup import setup_local
    from aiida_matal.cli.summary import print_summary

    if load_local_profile(PROFILE):
        click.echo("made an AiiDA profile (SQLite, built-in broker)")
    for step in setup_local():
        click.echo(f"  {step}")
    with _daemon():
        campaign = _launch(elements, overrides)
        click.echo(f"campaign {campaign.pk} is submitted; stop watching with Ctrl-C, it goes on at the next quickstart")
        _follow(campaign, started)
    print_summary(campaign, folder, time.monotonic() - started)
    if not campaign.is_finished_ok:
        sys.exit(1)


def _use_folder(folder: Path) -> None:
    """Make aiida, its daemon and every command it starts use a configuration in ``folder``."""
    if "aiida" in sys.modules:
        raise RuntimeError("aiida was imported before its folder was chosen")
    (folder / ".aiida").mkdir(parents=True, exist_ok=True)
    os.environ["AIIDA_PATH"] = str(folder.resolve())
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@contextmanager
def _daemon() -> Iterator[None]:
    from aiida.engine.daemon.client import get_daemon_client

    client = get_daemon_client(PROFILE)
    was_running = client.is_daemon_running
    if not was_running:
        workers = min(MAX_WORKERS, os.cpu_count() or 1)
        click.echo(f"starting the daemon, workers: {workers}")
        client.start_daemon(workers)
    try:
        yield
    finally:
        if not was_running:
            client.stop_daemon(wait=True)
            click.echo("the daemon is stopped")


def _launch(elements: Sequence[str], overrides: Mapping[str, Any]) -> WorkChainNode:
    from aiida.engine import submit

    from aiida_matal.workflows.campaigns.campaign_file import EnthalpyFile

    potential = {"pair_style": "eam", "files": {symbol: f"{symbol}_u3.eam" for symbol in elements}}
    engine = {"name": "lammps", "code": "lammps@localhost", "potential": potential}
    values = {"campaign": "enthalpy", "protocol": "quick", "elements": list(elements), "overrides": dict(overrides)}
    content = EnthalpyFile.parse({**values, "engine": engine}, "quickstart")
    return submit(content.builder(Path.cwd()))


def _follow(campaign: WorkChainNode, started: float) -> None:
    from aiida_matal.provenance.campaigns import campaign_status

    reported, now = 0, ""
    while True:
        status = campaign_status(campaign)
        n_done = len(status.rounds) if status.is_finished else max(0, len(status.rounds) - 1)
        for row in status.rounds[reported:n_done]:
            error = "" if math.isnan(row.error) else f"; model error before it {row.error:.2f} {status.error_unit}"
            _show(f"[{_clock(started)}] round {row.number}: {row.ok} labels, {row.failed} failed{error}")
        reported = n_done
        if status.is_finished:
            return
        if sys.stdout.isatty() or status.now != now:
            now = status.now
            _show(f"[{_clock(started)}] {now or 'starting'}", passing=True)
        time.sleep(POLL_SECONDS)


def _show(line: str, passing: bool = False) -> None:
    """Print a line; on a terminal, a passing line is overwritten by the next one."""
    in_place = sys.stdout.isatty()
    click.echo(f"\r\x1b[K{line}" if in_place else line, nl=not (passing and in_place))


def _clock(started: float) -> str:
    minutes, seconds = divmod(int(time.monotonic() - started), 60)
    return f"{minutes}:{seconds:02d}"
