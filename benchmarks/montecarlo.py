"""How long an attempted flip of lattice Monte Carlo takes.

The zig-zag pair model of the examples, 60 neighbours a site, in a supercell of 6,912 sites at x = 1/2 and 400 K, where
it is disordered, so that both are soon in the same state. Ours: the compiled loop, without bias and with the bias on
composition and six order parameters. Other: libcasm-clexmonte of CASM 2 without bias, which is all it has; what it
needs to set up a run is left out. Both in nanoseconds of one core's time a flip.

That both find the same composition and energy in a small supercell is checked first.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.libcasm_system import libcasm_system, load_libcasm, run_semi_grand_canonical

PACKAGES = ("aiida-matal", "casm-bset", "libcasm-clexmonte", "numba", "numpy")
SYSTEM = Path(__file__).parent.parent / "examples/free_energy/zigzag.yaml"
REPEATS = (6, 6, 6)
TEMPERATURE = 400.0
N_PASSES = 2000
N_PASSES_OTHER = 1000
PHI = (50.0, 0.05)
SMALL_REPEATS, HIGH_TEMPERATURE, SMALL_MU = (2, 2, 2), 1000.0, 0.05
SEED = 1


def run() -> dict[str, Any]:
    """Return the time that an attempted flip takes, by aiida-matal and by libcasm."""
    from aiida_matal.science.landscape.system import read_system

    load_libcasm()
    system = read_system(SYSTEM)
    with TemporaryDirectory() as folder:
        other_system = libcasm_system(system, Path(folder))
        _check_equal_averages(system, other_system, Path(folder))
        other = _time_libcasm(system, other_system, Path(folder))
    ours, biased = (_time_ours(system, is_biased) for is_biased in (False, True))
    for name, seconds in (("aiida-matal", ours), ("aiida-matal with bias", biased), ("libcasm", other)):
        print(f"{name}: {1e-6 / seconds:.2f} million flips a second")
    return {
        "ours": round(ours * 1e9, 2),
        "other": round(other * 1e9, 1),
        "unit": "ns/flip",
        "ours_with_bias": round(biased * 1e9, 2),
    }


def _time_ours(system: Any, is_biased: bool) -> float:
    from aiida_matal.science.landscape.monte_carlo.chain import Chain, SimulationCell

    cell = SimulationCell.build(system, REPEATS)
    middle = np.array([0.5, *[0.0] * (cell.d - 1)])
    phi = np.array([PHI[0], *[PHI[1]] * (cell.d - 1)]) * is_biased
    chain = Chain(cell, cell.draw(middle, np.random.default_rng(SEED)), SEED)
    # The first run compiles the loop, and leaves the random start behind.
    chain.run(100, TEMPERATURE, phi=phi, kappa=middle)
    began = time.process_time()
    series = chain.run(N_PASSES, TEMPERATURE, phi=phi, kappa=middle)
    seconds = time.process_time() - began
    print(f"ours {'with' if is_biased else 'without'} bias: {series.acceptance:.1%} of the flips were accepted")
    return seconds / (N_PASSES * cell.n_sites)


def _time_libcasm(system: Any, other_system: Any, folder: Path) -> float:
    supercell = system.order_parameters.sublattice_sites.repeat(REPEATS)
    start = np.random.default_rng(SEED).integers(0, 2, supercell.n_sites)
    seconds = []
    for n_passes in (1, 1 + N_PASSES_OTHER):
        began = time.process_time()
        run_semi_grand_canonical(other_system, supercell.matrix, TEMPERATURE, 0.0, n_passes, SEED, folder, start=start)
        seconds.append(time.process_time() - began)
    return (seconds[1] - seconds[0]) / (N_PASSES_OTHER * supercell.n_sites)


def _check_equal_averages(system: Any, other_system: Any, folder: Path) -> None:
    from aiida_matal.science.landscape.monte_carlo.averages import Averages
    from aiida_matal.science.landscape.monte_carlo.chain import Chain, SimulationCell

    cell = SimulationCell.build(system, SMALL_REPEATS)
    supercell = system.order_parameters.sublattice_sites.repeat(SMALL_REPEATS)
    ours = Chain(cell, np.zeros(cell.n_sites), SEED).run(5000, HIGH_TEMPERATURE, mu=SMALL_MU)
    casm = run_semi_grand_canonical(other_system, supercell.matrix, HIGH_TEMPERATURE, SMALL_MU, 2000, SEED, folder)
    first = Averages.of(np.column_stack([ours.eta[:, 0], ours.energy])[500:])
    second = Averages.of(np.column_stack([casm["composition"], casm["energy"]])[200:])
    differences = np.abs(first.mean - second.mean) / np.hypot(first.error, second.error)
    assert (differences < 4).all(), f"composition and energy differ: {first.mean} and {second.mean}"
    print(f"both find x = {first.mean[0]:.4f} and an energy of {first.mean[1]:.5f} eV a site at {HIGH_TEMPERATURE:g} K")
