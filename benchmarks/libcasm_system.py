"""The same cluster expansion for Monte Carlo with libcasm-clexmonte of CASM 2.

The basis set is made by casm-bset and compiled with g++ (about ten seconds). libcasm finds symbols of its libraries in
compiled basis sets only if Python loads it with RTLD_GLOBAL, so a process calls :func:`load_libcasm` before anything
else imports libcasm, and better does nothing else.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from aiida_matal.science.landscape.system import System

BASIS, PRIM, ECI = "basis.json", "prim.json", "eci.json"
#: Basis functions of value 0 on the first occupant of each site and 1 on the second.
OCCUPATION = {"dof_specs": {"occ": {"site_basis_functions": "occupation"}}}


def load_libcasm(compiler_flags: str = "-O3 -fPIC --std=c++17") -> None:
    """Import libcasm so that it can compile basis sets, and load what it compiled.

    :param compiler_flags: flags of g++, of which -fPIC and the standard are needed.
    """
    spec = find_spec("libcasm")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("libcasm is not installed: pip install aiida-matal[casm]")
    folder = Path(next(iter(spec.submodule_search_locations)))
    os.environ["CASM_INCLUDEDIR"] = str(folder / "include")
    os.environ["CASM_LIBDIR"] = str(folder / "lib")
    os.environ["CASM_CXXFLAGS"] = compiler_flags
    sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)
    import libcasm.clexulator  # noqa: F401


def write_libcasm_input(system: System, folder: Path) -> Path:
    """Write prim, basis set and interactions of a system in the formats of CASM.

    :param folder: where to write; the clusters that have no interaction are left out of the basis set.
    :returns: the source file of the basis set.
    """
    import casm.bset

    prim = prim_values(system)
    _write(folder / PRIM, prim)
    orbits = [
        {"coordinate_mode": "Integral", "prototype": [list(site) for site in orbit.sites], "include_subclusters": False}
        for orbit in system.settings.expansion.orbits
        if len(orbit.sites) > 1
    ]
    branches = {"0": {"max_length": 0.0}, "1": {"max_length": 0.0}}
    cluster_specs = {
        "method": "periodic_max_length",
        "params": {"orbit_branch_specs": branches, "orbit_specs": orbits},
    }
    specs = {"cluster_specs": cluster_specs, "basis_function_specs": OCCUPATION}
    source, _, _ = casm.bset.write_clexulator(prim, specs, bset_dir=folder, project_name="landscape", verbose=False)
    basis = json.loads((folder / BASIS).read_text())
    _write(folder / ECI, with_eci(basis, system))
    return Path(source)


def prim_values(system: System) -> dict[str, Any]:
    """Return the crystal of a system in the format of CASM's prim.json."""
    crystal = system.settings.crystal
    basis = [{"coordinate": list(site.position), "occupants": list(site.occupants)} for site in crystal.sites]
    vectors = [list(vector) for vector in crystal.lattice]
    return {"title": "landscape", "lattice_vectors": vectors, "coordinate_mode": "Fractional", "basis": basis}


def with_eci(basis: dict[str, Any], system: System) -> dict[str, Any]:
    """Return a basis set of CASM with interactions: CASM's is the one of a cluster times the clusters of a cell.

    :param basis: basis.json of casm-bset, with one occupation function for each orbit of the system.
    """
    from aiida_matal.science.landscape.cluster_expansion import equivalent_clusters

    crystal = system.crystal
    numbers = {int(index): b for b, index in enumerate(crystal.variable)}
    ours = {tuple(map(tuple, orbit.clusters[0].tolist())): orbit for orbit in system.expansion.orbits}
    for orbit in basis["orbits"]:
        sites = orbit["prototype"]["sites"]
        if not sites:
            orbit["cluster_functions"][0]["eci"] = system.expansion.constant
            continue
        known = np.array([[numbers[b], *cell] for b, *cell in sites], dtype=np.int64)
        clusters = equivalent_clusters(crystal, known)
        if len(clusters) != orbit["mult"]:
            raise ValueError(f"the cluster {sites} has {len(clusters)} images here and {orbit['mult']} in CASM")
        match = ours.pop(clusters[0], None)
        orbit["cluster_functions"][0]["eci"] = 0.0 if match is None else match.eci * orbit["mult"]
    if ours:
        raise ValueError(f"CASM has no orbit of these clusters: {list(ours)}")
    return basis


def libcasm_system(system: System, folder: Path) -> Any:
    """Return a ``libcasm.clexmonte.System`` with the energy of a system, in eV for each unit cell.

    It has one composition, from 0 where every variable site has its first occupant to 1 where each has its second.

    :param folder: where the files of CASM are written and the basis set is compiled.
    """
    import libcasm.clexmonte
    from libcasm.composition import CompositionConverter

    pairs = set(system.crystal.occupants)
    if len(pairs) != 1:
        raise ValueError(f"all variable sites must have the same two species, not {sorted(pairs)}")
    source = write_libcasm_input(system, folder)
    sites = system.settings.crystal.sites
    # libcasm 2.4 takes exchange potentials from the components in this order, whatever order the composition axes have.
    components = list(dict.fromkeys(name for site in sites for name in site.occupants))
    counts = np.array(
        [[sum(site.occupants[side] == name for site in sites) for side in (0, -1)] for name in components],
        dtype=np.float64,
    )
    data = {
        "prim": prim_values(system),
        "composition_axes": CompositionConverter(components, counts).to_dict(),
        "basis_sets": {"default": {"source": source.name, "basis": BASIS}},
        "clex": {"formation_energy": {"basis_set": "default", "coefficients": ECI}},
    }
    return libcasm.clexmonte.System.from_dict(data, search_path=[str(folder)])


def run_semi_grand_canonical(
    casm_system: Any,
    supercell: ArrayLike,
    temperature: float,
    mu: float,
    n_passes: int,
    seed: int,
    output: Path,
    start: ArrayLike | None = None,
) -> dict[str, Any]:
    """Run unbiased semi-grand-canonical Monte Carlo with libcasm-clexmonte.

    :param casm_system: from :func:`libcasm_system`.
    :param supercell: the vectors of the supercell as rows, in lattice vectors.
    :param temperature: K.
    :param mu: exchange potential, the free energy that a site gains with its second occupant, in eV.
    :param n_passes: passes, each one attempt for each variable site; all are sampled.
    :param output: folder for what libcasm writes.
    :param start: occupants at the start, 0 or 1 for all sites in CASM's order; without it all are the first.
    :returns: composition after each pass, energy in eV a cell after each pass, the last occupants in CASM's order,
        attempts and seconds of the run.
    """
    import libcasm.clexmonte
    from libcasm.configuration import Configuration, Supercell
    from libcasm.monte import RandomNumberEngine

    matrix: NDArray[np.int64] = np.asarray(supercell, dtype=np.int64).T
    configuration = Configuration(Supercell(casm_system.prim, matrix))
    if start is not None:
        configuration.set_occupation(np.asarray(start, dtype=np.int32))
    n_variable = sum(len(names) == 2 for names in casm_system.xtal_prim.occ_dof())
    conditions = {"temperature": float(temperature), "param_chem_pot": [float(mu) * n_variable]}
    state = libcasm.clexmonte.MonteCarloState(configuration, conditions)
    calculator = libcasm.clexmonte.MonteCalculator("semigrand_canonical", casm_system)
    fixture = calculator.make_default_sampling_fixture_params(
        "thermo", write_results=False, write_status=False, output_dir=str(output)
    )
    fixture.clear_cutoffs()
    # Without the least number, a run ends when libcasm finds it converged.
    fixture.set_min_count(n_passes)
    fixture.set_max_count(n_passes)
    engine = RandomNumberEngine()
    engine.seed(seed)
    began = perf_counter()
    run = calculator.run_fixture(state, fixture, engine)
    seconds = perf_counter() - began
    samplers = run.results.samplers
    return {
        "composition": samplers["param_composition"].values()[:, 0],
        "energy": samplers["clex.formation_energy"].values()[:, 0],
        "occupation": np.array(state.configuration.occupation),
        "attempts": n_passes * abs(int(np.rint(np.linalg.det(matrix)))) * n_variable,
        "seconds": seconds,
    }


def _write(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=2))
