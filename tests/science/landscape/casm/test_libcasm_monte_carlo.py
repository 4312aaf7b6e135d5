"""The unbiased sampler finds the compositions and energies that libcasm-clexmonte finds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from aiida_matal.science.landscape.monte_carlo.averages import Averages
from aiida_matal.science.landscape.monte_carlo.settings import SweepSettings
from aiida_matal.science.landscape.monte_carlo.sweep import run_sweep
from aiida_matal.science.landscape.system import read_system

ROOT = Path(__file__).parents[4]
ZIGZAG = ROOT / "examples" / "free_energy" / "zigzag.yaml"
REPEATS = [2, 2, 2]
#: The zig-zag order melts between them.
TEMPERATURES = [250.0, 500.0]
FIELDS = [-0.03, 0.0, 0.06]
CONDITIONS = [(temperature, mu) for temperature in TEMPERATURES for mu in FIELDS]


@pytest.fixture(scope="module")
def libcasm(tmp_path_factory):
    """Averages and errors of composition and energy a site at each condition, by libcasm-clexmonte."""
    if find_spec("casm") is None or find_spec("libcasm") is None:
        pytest.skip("libcasm is not installed: pip install aiida-matal[casm]")
    if shutil.which("g++") is None:
        pytest.skip("g++, which compiles the basis sets of libcasm, is not installed")
    folder = tmp_path_factory.mktemp("libcasm")
    supercell = np.diag(REPEATS) @ read_system(ZIGZAG).order_parameters.cell
    run = {"supercell": supercell.tolist(), "conditions": CONDITIONS, "equilibration": 1000, "n_passes": 4000}
    program = [sys.executable, Path(__file__).with_name("clexmonte_averages.py"), ZIGZAG, folder, json.dumps(run)]
    subprocess.run(program, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    series = np.load(folder / "series.npz")
    columns = np.stack([series["composition"], series["energy"]], axis=-1)
    assert columns.shape == (len(CONDITIONS), 4000, 2)
    return [Averages.of(samples) for samples in columns]


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The table of the sweep over the same conditions."""
    settings = SweepSettings(
        repeats=REPEATS,
        temperatures=TEMPERATURES,
        fields=FIELDS,
        along="field",
        and_back=False,
        equilibration_passes=1000,
        passes=10_000,
        seed=5,
    )
    return run_sweep(read_system(ZIGZAG), settings, tmp_path_factory.mktemp("sweep"), report=lambda line: None)


@pytest.mark.parametrize("number", range(len(CONDITIONS)))
def test_averages_agree_within_their_errors(libcasm, ours, number):
    temperature, mu = CONDITIONS[number]
    row = int(np.flatnonzero((ours["temperature"] == temperature) & (ours["mu"] == mu))[0])
    mean = np.array([ours["eta_0"][row], ours["energy"][row]])
    error = np.hypot([ours["eta_0_error"][row], ours["energy_error"][row]], libcasm[number].error)
    assert (np.abs(mean - libcasm[number].mean) < 3 * error).all()
    # Errors that are small enough to tell: 0.5 % of a site and 0.1 meV.
    assert (error < [5e-3, 1e-4]).all()


def test_conditions_are_on_both_sides_of_the_transition(ours):
    order = dict(zip(zip(ours["temperature"], ours["mu"], strict=True), ours["order"], strict=True))
    assert order[250.0, 0.0] > 0.4
    assert order[500.0, 0.0] < 0.2
