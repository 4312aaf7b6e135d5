from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from aiida_matal.cli import quickstart

SMALL = {
    "space": {"compositions": [0.5]},
    "oracle": {
        "liquid": {
            "n_atoms": 32,
            "hot_start_steps": 200,
            "volume_steps": 400,
            "production_steps": 400,
            "max_production_steps": 2000,
            "volume_search": {"pressure_tolerance": 40.0},
            "liquid_check": {"min_displacement": 0.05, "min_exponent": 0.1},
        }
    },
    "start_design": {"batch_size": 2},
    "stopping": {"max_rounds": {"rounds": 1}},
}
RUN = """
import json, sys
from pathlib import Path
from aiida_matal.cli.quickstart import run
run(Path(sys.argv[1]), ["Cu", "Ni", "Pd"], json.loads(sys.argv[2]))
"""


@pytest.mark.usefixtures("lammps_code")
def test_quickstart_goes_from_nothing_to_a_report_and_leaves_nothing_running(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "AIIDA_PATH"}
    folder = tmp_path / "quickstart"
    command = [sys.executable, "-c", RUN, str(folder), json.dumps(SMALL)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    for expected in (
        "made an AiiDA profile",
        "code lammps@localhost: made",
        "round 0: 2 labels, 0 failed",
        "the daemon is stopped",
        "enthalpy of mixing (kJ/mol)",
        "learning curve",
        "where the time went",
        "verdi process status",
    ):
        assert expected in done.stdout
    assert "<svg" in (folder / "report.html").read_text()
    daemon = folder / ".aiida" / "daemon"
    assert not list(daemon.glob("*.pid"))


def test_quickstart_refuses_to_run_where_another_profile_is_in_use(tmp_path):
    with pytest.raises(RuntimeError, match="aiida was imported before"):
        quickstart.run(tmp_path, ["Cu", "Ni"], {})
    assert not list(tmp_path.iterdir())
