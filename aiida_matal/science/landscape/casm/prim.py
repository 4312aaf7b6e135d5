"""The parent crystal of a CASM project."""

from __future__ import annotations

from typing import Any

import numpy as np

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.casm.files import Prim, PrimSite
from aiida_matal.science.landscape.crystal import CrystalSettings, SiteSettings

_FRACTIONAL = ("fractional", "frac", "direct")
_CARTESIAN = ("cartesian", "cart")
_ONLY_OCCUPATION = "Only cluster expansions of the occupation can be imported."


def read_prim(prim: Prim, occupied_by: str | None = None, where: str = "prim") -> CrystalSettings:
    """Return the crystal of a prim.json; sites keep their order and their coordinates.

    :param occupied_by: the species of x = 1 on every variable site; the second one of each site if it is None.
    :param where: name of the file in error messages.
    :raises InputError: if a site has more than two occupants, or not the species of x = 1; if there are other degrees
        of freedom, molecules or moments; or the coordinates are of an unknown kind.
    """
    _refuse_other_freedom(prim, where)
    sites = [
        SiteSettings(position=_fractions(prim, site, where), occupants=_ordered(site, index, occupied_by, where))
        for index, site in enumerate(prim.basis)
    ]
    return CrystalSettings(lattice=prim.lattice_vectors, sites=sites)


def check_same_crystal(crystal: CrystalSettings, basis_prim: Prim, where: str) -> None:
    """Check that a basis set was made for a crystal.

    :raises InputError: if lattice, coordinates or occupants differ.
    """
    other = read_prim(basis_prim, where=f"{where}.prim")
    same = len(crystal.sites) == len(other.sites) and np.allclose(crystal.lattice, other.lattice, atol=1e-4)
    same = same and all(
        np.allclose(ours.position, theirs.position, atol=1e-4) and set(ours.occupants) == set(theirs.occupants)
        for ours, theirs in zip(crystal.sites, other.sites, strict=True)
    )
    if not same:
        reason = "the basis set was made for another crystal"
        raise InputError(f"{where}.prim", basis_prim.lattice_vectors, reason, "Give the prim.json of the basis set.")


def _fractions(prim: Prim, site: PrimSite, where: str) -> tuple[float, float, float]:
    mode = prim.coordinate_mode.lower()
    if mode in _FRACTIONAL:
        return site.coordinate
    if mode not in _CARTESIAN:
        cure = "Give coordinates that are Fractional, Direct or Cartesian."
        raise InputError(f"{where}.coordinate_mode", prim.coordinate_mode, "it is unknown", cure)
    try:
        x, y, z = np.linalg.solve(np.array(prim.lattice_vectors).T, np.array(site.coordinate)).tolist()
    except np.linalg.LinAlgError:
        cure = "Give three vectors that are not in one plane."
        raise InputError(f"{where}.lattice_vectors", prim.lattice_vectors, "they span no volume", cure) from None
    return x, y, z


def _ordered(site: PrimSite, index: int, occupied_by: str | None, where: str) -> list[str]:
    field = f"{where}.basis.{index}.occupants"
    names = list(site.occupants)
    if len(names) > 2:
        raise InputError(field, names, "more than two species share the site", "Only binary sites can be imported.")
    if occupied_by is None or len(names) == 1:
        return names
    if occupied_by not in names:
        cure = "Name a species that all variable sites share, or none: the second one of each site then counts."
        raise InputError("occupied_by", occupied_by, f"site {index} has {' and '.join(names)}", cure)
    return sorted(names, key=lambda name: name == occupied_by)


def _refuse_other_freedom(prim: Prim, where: str) -> None:
    if prim.dofs:
        raise InputError(f"{where}.dofs", sorted(prim.dofs), "the crystal has other freedom", _ONLY_OCCUPATION)
    for index, site in enumerate(prim.basis):
        if site.dofs:
            field = f"{where}.basis.{index}.dofs"
            raise InputError(field, sorted(site.dofs), "the site has other freedom", _ONLY_OCCUPATION)
    for name, species in prim.species.items():
        if _is_more_than_an_atom(species):
            reason = "it is a molecule, or has a moment or other attributes"
            raise InputError(f"{where}.species.{name}", species, reason, "Only atoms and vacancies can be imported.")


def _is_more_than_an_atom(species: Any) -> bool:
    if not isinstance(species, dict):
        return True
    atoms = species.get("atoms", [])
    inner = [atom for atom in atoms if isinstance(atom, dict)]
    attributes = [entry.get(key) for entry in (species, *inner) for key in ("attributes", "properties")]
    return len(atoms) > 1 or any(attributes)
