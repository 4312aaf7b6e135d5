"""What follows from a crystal, its cluster expansion and an ordering, as values and as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from aiida_matal.cli.text import text_table

if TYPE_CHECKING:
    from aiida_matal.science.landscape.system import System

_REPEATS = (1, 2, 4, 8)


def system_values(system: System) -> dict[str, Any]:
    """Return what is known of a system as plain values.

    :raises InputError: if the ordering has no order parameters.
    """
    from aiida_matal.science.landscape.supercell import Supercell

    parameters, crystal = system.order_parameters, system.crystal
    cell = Supercell(crystal, parameters.cell)
    degrees = Counter(system.invariants.degrees[1:].tolist())
    return {
        "variable_sites": crystal.n_variable,
        "sites": len(system.settings.crystal.sites),
        "occupants": [list(pair) for pair in crystal.occupants],
        "volume": abs(float(np.linalg.det(crystal.vectors))),
        "symmetry_operations": len(crystal.operations),
        "clusters": _clusters(system),
        "components": system.d,
        "commensurate_cell": parameters.cell.tolist(),
        "commensurate_sites": cell.n_sites,
        "variants": len(parameters.variants),
        "variant_composition": float(parameters.variants[0, 0]),
        "formation_energy": _formation_energy(system),
        "group_order": len(parameters.group),
        "invariants": {str(degree): degrees.get(degree, 0) for degree in range(1, system.settings.degree + 1)},
        "inequalities": len(system.polytope.normals),
        "monte_carlo_sites": {str(number): cell.repeat([number] * 3).n_sites for number in _REPEATS},
    }


def system_text(values: Mapping[str, Any]) -> str:
    """Return the values of :func:`system_values` as text."""
    occupants = ", ".join("/".join(pair) for pair in values["occupants"])
    clusters = [list(row.values()) for row in values["clusters"]]
    rows = [", ".join(f"{number:d}" for number in row) for row in values["commensurate_cell"]]
    invariants = [[int(degree), number] for degree, number in values["invariants"].items() if number]
    sites = [[f"{number},{number},{number}", n_sites] for number, n_sites in values["monte_carlo_sites"].items()]
    parts = [
        f"Crystal: {values['variable_sites']} of {values['sites']} sites of the unit cell variable ({occupants}), "
        f"{values['volume']:.3f} A^3, {values['symmetry_operations']} symmetry operations",
        "Cluster expansion:",
        text_table(["sites of a cluster", "orbits", "clusters a unit cell", "largest |eci| (meV)"], clusters),
        f"Order parameters: {values['components'] - 1}, with the composition {values['components']} components of eta\n"
        f"Variants: {values['variants']} at x = {values['variant_composition']:g}\n"
        f"Formation energy of a variant: {1000 * values['formation_energy']:.4g} meV a site\n"
        f"Symmetry group of the order parameters: order {values['group_order']}\n"
        f"Commensurate cell: {values['commensurate_sites']} sites, of vectors ({'), ('.join(rows)})\n"
        f"Bounds of eta: {values['inequalities']} inequalities",
        "Invariant polynomials of the order parameters, as many as Molien's series says:",
        text_table(["degree", "number"], invariants),
        "Cells for Monte Carlo:",
        text_table(["repeats", "sites"], sites),
    ]
    return "\n\n".join(parts)


def _clusters(system: System) -> list[dict[str, float]]:
    """Return, for each number of sites of a cluster, how many orbits and clusters there are and the largest eci."""
    rows = []
    for size in sorted({orbit.clusters.shape[1] for orbit in system.expansion.orbits}):
        orbits = [orbit for orbit in system.expansion.orbits if orbit.clusters.shape[1] == size]
        number, largest = sum(len(orbit.clusters) for orbit in orbits), max(abs(orbit.eci) for orbit in orbits)
        rows.append({"sites": size, "orbits": len(orbits), "clusters": number, "largest_eci_mev": 1000 * largest})
    return rows


def _formation_energy(system: System) -> float:
    """Return the energy of a variant less that of as much of each end member, in eV a site."""
    from aiida_matal.science.landscape.monte_carlo.chain import SimulationCell

    cell = SimulationCell.build(system, (1, 1, 1))
    variant = system.order_parameters.variants[:1]
    filled = np.rint(system.order_parameters.sublattices(variant)[0]).astype(np.int8)[cell.classes]
    empty, full = (cell.hamiltonian.energy(np.full(cell.n_sites, x, dtype=np.int8)) for x in (0, 1))
    composition = float(variant[0, 0])
    return (cell.hamiltonian.energy(filled) - (1 - composition) * empty - composition * full) / cell.n_sites
