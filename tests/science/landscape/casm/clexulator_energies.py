"""Energies of random configurations by a compiled basis set of CASM: a program, run in a process of its own.

Its argument is a folder with prim.json and bspecs.json. It makes the basis set, gives every function a random
coefficient (eci.json), and writes sites, occupants and energies of configurations in a supercell (energies.npz).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.libcasm_system import load_libcasm

#: Supercell vectors as rows, in lattice vectors.
SUPERCELL = [[3, 1, 0], [0, 3, 1], [-1, 0, 2]]
N_CONFIGURATIONS = 1000


def main(folder: Path) -> None:
    load_libcasm("-O1 -fPIC --std=c++17")
    import casm.bset
    from libcasm.clexulator import (
        ClusterExpansion,
        SparseCoefficients,
        SuperNeighborList,
        make_clexulator,
        make_default_config_dof_values,
    )
    from libcasm.configuration import Prim, Supercell

    random = np.random.default_rng(3)
    prim_values = json.loads((folder / "prim.json").read_text())
    specs = json.loads((folder / "bspecs.json").read_text())
    source, _, neighbors = casm.bset.write_clexulator(prim_values, specs, bset_dir=folder, verbose=False)
    basis = json.loads((folder / "basis.json").read_text())
    functions = [function for orbit in basis["orbits"] for function in orbit["cluster_functions"]]
    for function in functions:
        function["eci"] = random.normal()
    (folder / "eci.json").write_text(json.dumps(basis))
    pairs = [[function["linear_function_index"], function["eci"]] for function in functions]
    (folder / "pairs.json").write_text(json.dumps(pairs))

    prim = Prim.from_dict(prim_values)
    supercell = Supercell(prim, np.array(SUPERCELL).T)
    clexulator = make_clexulator(str(source), neighbors)
    values = make_default_config_dof_values(prim.xtal_prim, supercell.n_unitcells)
    matrix = supercell.transformation_matrix_to_super
    energy = ClusterExpansion(
        SuperNeighborList(matrix, neighbors), clexulator, SparseCoefficients.from_data(pairs), values
    )
    sites = [supercell.integral_site_coordinate(index).to_list() for index in range(supercell.n_sites)]
    n_occupants = [len(prim.xtal_prim.occ_dof()[site[0]]) for site in sites]
    occupants = random.integers(n_occupants, size=(N_CONFIGURATIONS, supercell.n_sites))
    energies = []
    for row in occupants:
        values.set_occupation(row.astype(np.int32))
        energies.append(energy.per_supercell())
    np.savez(folder / "energies.npz", sites=sites, occupants=occupants, energies=energies)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
