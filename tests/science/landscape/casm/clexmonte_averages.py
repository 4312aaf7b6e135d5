"""Unbiased Monte Carlo with libcasm-clexmonte: a program, run in a process of its own.

Its arguments are a system file, a folder, and JSON with supercell, conditions (pairs of K and eV), equilibration and
n_passes. Compositions and energies after each pass are written to ``series.npz``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.libcasm_system import libcasm_system, load_libcasm, run_semi_grand_canonical


def main(system_file: Path, folder: Path, run: dict) -> None:
    load_libcasm()
    from aiida_matal.science.landscape.system import read_system

    system = libcasm_system(read_system(system_file), folder)
    random = np.random.default_rng(1)
    size = round(abs(np.linalg.det(run["supercell"]))) * len(system.xtal_prim.occ_dof())
    start = random.integers(0, 2, size)
    compositions, energies = [], []
    for number, (temperature, mu) in enumerate(run["conditions"]):
        n_passes = run["equilibration"] + run["n_passes"]
        found = run_semi_grand_canonical(
            system, run["supercell"], temperature, mu, n_passes, seed=number + 1, output=folder, start=start
        )
        compositions.append(found["composition"][run["equilibration"] :])
        energies.append(found["energy"][run["equilibration"] :])
    np.savez(folder / "series.npz", composition=compositions, energy=energies)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
