"""What a round costs besides its molecular dynamics.

Ours: the enthalpy campaign of the quick protocol on three elements, in a daemon of one worker. The overhead is the time
during which no LAMMPS ran; trainings and selections are in it. Other: as many of the plainest jobs that aiida-core has,
each with a calcfunction in a work chain, in the same daemon. Both in seconds a process.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ELEMENTS = ["Ag", "Cu", "Ni"]
OVERRIDES = {
    "start_design": {"batch_size": 2},
    "selection": {"batch_size": 2},
    "stopping": {"max_rounds": {"rounds": 3}},
}
TIMEOUT = 280.0
PACKAGES = ("aiida-core", "aiida-matal", "lammps", "numpy")


def run() -> dict[str, Any]:
    """Return seconds a process of a campaign and of plain AiiDA, and what the campaign's rounds are made of."""
    with _temporary_profile():
        codes = _codes()
        began = time.time()
        campaign = _campaign(codes)
        _wait([campaign])
        wall = time.time() - began
        simulated = _covered(_lammps_intervals(campaign), began, time.time())
        counts = _counts(campaign)
        plain_wall, n_plain = _plain(codes["bash"], counts)
        per_round = _processes_per_round(campaign)
    n_processes = sum(counts.values())
    overhead = wall - simulated
    print(f"processes per round besides its labels: {per_round}")
    print(f"processes of the campaign: {counts}, {n_processes} in all")
    print(f"wall time {wall:.1f} s, LAMMPS ran in {simulated:.1f} s of it: {overhead / wall:.0%} is not MD")
    print(f"plain AiiDA: {n_plain} processes in {plain_wall:.1f} s")
    return {
        "ours": round(overhead / n_processes, 4),
        "other": round(plain_wall / n_plain, 4),
        "unit": "s/process",
        "processes_per_round": max(per_round),
        "share_of_wall_time_not_md": round(overhead / wall, 3),
    }


@contextmanager
def _temporary_profile() -> Iterator[None]:
    folder = Path(tempfile.mkdtemp(prefix="matal-benchmark-"))
    os.environ["AIIDA_PATH"] = str(folder)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    from aiida.engine.daemon.client import get_daemon_client

    from aiida_matal.cli.local_profile import load_local_profile

    load_local_profile("benchmark")
    client = get_daemon_client("benchmark")
    client.start_daemon(1)
    try:
        yield
    finally:
        client.stop_daemon(wait=True)
        shutil.rmtree(folder, ignore_errors=True)


def _codes() -> dict[str, Any]:
    from aiida.orm import InstalledCode, load_code, load_computer

    from aiida_matal.cli.local_setup import setup_local

    setup_local(caching=False)
    localhost = load_computer("localhost")
    bash = InstalledCode(label="bash", computer=localhost, filepath_executable="/bin/bash").store()
    return {"bash": bash, "worker": load_code("matal-task@localhost"), "lammps": load_code("lammps@localhost")}


def _campaign(codes: dict[str, Any]) -> Any:
    from aiida.engine import submit

    from aiida_matal.workflows.campaigns.campaign_file import EnthalpyFile

    potential = {"pair_style": "eam", "files": {symbol: f"{symbol}_u3.eam" for symbol in ELEMENTS}}
    engine = {"name": "lammps", "code": codes["lammps"].full_label, "potential": potential}
    content = EnthalpyFile(campaign="enthalpy", protocol="quick", elements=ELEMENTS, engine=engine, overrides=OVERRIDES)
    return submit(content.builder(Path.cwd()))


def _wait(nodes: Sequence[Any]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not all(node.is_terminated for node in nodes):
        if time.monotonic() > deadline:
            raise TimeoutError(f"processes {[node.pk for node in nodes]} did not end in {TIMEOUT} s")
        time.sleep(0.1)


def _lammps_intervals(campaign: Any) -> list[tuple[float, float]]:
    jobs = [node for node in campaign.called_descendants if node.process_label == "LammpsMdCalculation"]
    intervals = []
    for job in jobs:
        ended = (Path(job.get_remote_workdir()) / job.get_option("output_filename")).stat().st_mtime
        intervals.append((ended - job.outputs.results["wall_seconds"], ended))
    return intervals


def _covered(intervals: list[tuple[float, float]], start: float, end: float) -> float:
    total, reached = 0.0, start
    for first, last in sorted(intervals):
        total += max(0.0, min(last, end) - max(first, reached))
        reached = max(reached, last)
    return total


def _counts(campaign: Any) -> dict[str, int]:
    from aiida.orm import CalcFunctionNode, CalcJobNode, WorkChainNode

    kinds = {"jobs": CalcJobNode, "calcfunctions": CalcFunctionNode, "work chains": WorkChainNode}
    nodes = [campaign, *campaign.called_descendants]
    return {name: sum(isinstance(node, kind) for node in nodes) for name, kind in kinds.items()}


def _processes_per_round(campaign: Any) -> list[int]:
    from aiida_matal.workflows.campaigns.continuation import rounds_of

    rounds = rounds_of(campaign)
    return [1 + len(rounds[number].called) for number in sorted(rounds)]


def _plain(bash: Any, counts: dict[str, int]) -> tuple[float, int]:
    """Run as many jobs as the campaign had, each with a calcfunction in a work chain."""
    from aiida.engine import submit
    from aiida.orm import Int
    from aiida.plugins import WorkflowFactory

    multiply_add = WorkflowFactory("core.arithmetic.multiply_add")
    began = time.time()
    nodes = [submit(multiply_add, code=bash, x=Int(2), y=Int(3), z=Int(number)) for number in range(counts["jobs"])]
    _wait(nodes)
    return time.time() - began, 3 * len(nodes)
