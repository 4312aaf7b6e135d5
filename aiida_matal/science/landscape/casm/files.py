"""What is read of the JSON files of CASM 1.x and 2.x: prim.json, basis.json and eci.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, ConfigDict, Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.cluster_expansion import LatticeSite
from aiida_matal.science.landscape.crystal import Vector
from aiida_matal.science.settings import Settings

MAX_BYTES = 100_000_000
#: Coefficients by the index of their function, as CASM 2 writes them without their functions.
Pairs = list[tuple[int, float]]


class CasmValues(Settings):
    """Values of a file of CASM; keys that are not needed are left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class PrimSite(CasmValues):
    """A site of the unit cell."""

    coordinate: Vector = Field(description="three coordinates")
    occupants: list[str] = Field(
        min_length=1, validation_alias=AliasChoices("occupants", "occupant_dof"), description="the allowed occupants"
    )
    dofs: dict[str, Any] = Field(default_factory=dict, description="other degrees of freedom of the site")


class Prim(CasmValues):
    """The parent crystal: prim.json."""

    lattice_vectors: tuple[Vector, Vector, Vector] = Field(description="three lattice vectors, in Angstrom")
    coordinate_mode: str = Field(description="Fractional, Direct or Cartesian")
    basis: list[PrimSite] = Field(min_length=1, description="the sites of the unit cell")
    dofs: dict[str, Any] = Field(default_factory=dict, description="other degrees of freedom of the crystal")
    species: dict[str, Any] = Field(default_factory=dict, description="what occupants are made of")


class ClusterFunction(CasmValues):
    r"""A basis function; its formula is under a key such as ``\Phi_{3}``."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)

    linear_function_index: int = Field(description="the index of the function")
    eci: float | None = Field(None, description="its coefficient, in eV for each unit cell")

    @property
    def formula(self) -> str | None:
        """The formula of the function on the prototype cluster, if the file has one."""
        extra = self.model_extra or {}
        return next((str(value) for key, value in extra.items() if key.startswith("\\Phi")), None)


class Prototype(CasmValues):
    """One cluster of an orbit."""

    sites: list[LatticeSite] = Field(description="sites [b, i, j, k] of the cluster")


class CasmOrbit(CasmValues):
    """Equivalent clusters and the functions on them."""

    prototype: Prototype = Field(description="one of the clusters")
    mult: int = Field(ge=1, description="the number of clusters in a unit cell")
    cluster_functions: list[ClusterFunction] = Field(description="the functions of the orbit")


class OccupationFunctions(CasmValues):
    """Site functions of the occupation: their values by name and occupant."""

    basis: dict[str, dict[str, float]] = Field(description="values of each site function by occupant")


class SiteFunctions(CasmValues):
    """The site functions of a site of the unit cell."""

    sublat: int = Field(ge=0, description="the index of the site in the unit cell")
    occ: OccupationFunctions | None = Field(None, description="the site functions of its occupation")


class Basis(CasmValues):
    """The basis set: basis.json of casm-bset or CASM 1.x; an eci.json of CASM 1.x is the same with coefficients."""

    orbits: list[CasmOrbit] = Field(min_length=1, description="the orbits of clusters, as CASM 1.x and 2.x write them")
    site_functions: list[SiteFunctions] = Field(default_factory=list, description="the functions on each site")
    bspecs: dict[str, Any] = Field(default_factory=dict, description="how the basis set was specified")
    prim: dict[str, Any] | None = Field(None, description="the crystal that the basis set was made for")


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    :raises InputError: if it cannot be read, or is larger than 100 MB.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(path.name, str(path), f"it is larger than {MAX_BYTES // 10**6} MB", "Give a file of CASM.")
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as exception:
        if isinstance(exception, InputError):
            raise
        raise InputError(
            path.name, str(path), f"it cannot be read as JSON ({exception})", "Give a JSON file."
        ) from None


def read_object(path: Path) -> dict[str, Any]:
    """Return the keys and values of a JSON file.

    :raises InputError: if it cannot be read, or holds something else.
    """
    values = read_json(path)
    if not isinstance(values, dict):
        raise InputError(path.name, str(path), "it holds no keys", "Give a file of CASM.")
    return values


def read_eci(path: Path) -> dict[int, float]:
    """Return the coefficients in an eci.json by the index of their function.

    :raises InputError: if the file has another form than those of CASM 1.x (orbits with coefficients) and 2.x (those,
        or pairs of an index and a coefficient).
    """
    values = read_json(path)
    if isinstance(values, list):
        pairs = PairsFile.parse({"pairs": values}, where=path.name).pairs
        return dict(pairs)
    return coefficients(Basis.parse(values if isinstance(values, dict) else {}, where=path.name))


class PairsFile(CasmValues):
    """An eci.json without functions."""

    pairs: Pairs = Field(description="pairs of the index of a function and its coefficient, in eV for each unit cell")


def coefficients(basis: Basis) -> dict[int, float]:
    """Return the coefficients in a basis set by the index of their function."""
    functions = [function for orbit in basis.orbits for function in orbit.cluster_functions]
    return {function.linear_function_index: function.eci for function in functions if function.eci is not None}
