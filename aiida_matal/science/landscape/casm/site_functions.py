"""The site functions of a basis set of CASM on binary sites, each a straight line in the occupation x."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.casm.files import Basis, OccupationFunctions
from aiida_matal.science.landscape.crystal import Crystal

#: Site functions that CASM knows by name: values on the first and the second occupant that prim.json lists.
_NAMED = {"occupation": (0.0, 1.0), "chebychev": (-1.0, 1.0)}
_TOLERANCE = 1e-8


class Line(NamedTuple):
    """The site function as intercept + slope x.

    :ivar intercept: value on the occupant of x = 0.
    :ivar slope: value on that of x = 1 less that on that of x = 0.
    """

    intercept: float
    slope: float


def site_lines(basis: Basis, listed: list[list[str]], crystal: Crystal, where: str) -> list[Line]:
    """Return the site function of each variable site.

    They are read by the names of the occupants in ``site_functions``, or follow from the name of the site basis
    functions in ``bspecs``.

    :param listed: occupants of all sites of the unit cell in the order of prim.json.
    :raises InputError: if a site has none or several functions, they are not known by name, or sites that are
        equivalent by symmetry have different ones.
    """
    functions = {site.sublat: site.occ for site in basis.site_functions if site.occ is not None}
    lines = []
    for index, occupants in zip(crystal.variable.tolist(), crystal.occupants, strict=True):
        field = f"{where}.site_functions.{index}"
        if functions:
            values = _tabulated(functions.get(index), occupants, field)
        else:
            named = dict(zip(listed[index], _named(basis.bspecs, where), strict=True))
            values = [named[name] for name in occupants]
        if abs(values[1] - values[0]) < _TOLERANCE:
            raise InputError(field, values, "the function has the same value on both occupants", "Check the basis set.")
        lines.append(Line(values[0], values[1] - values[0]))
    _refuse_asymmetric(np.array(lines), crystal, where)
    return lines


def _tabulated(functions: OccupationFunctions | None, occupants: tuple[str, str], field: str) -> list[float]:
    tables = [] if functions is None else list(functions.basis.values())
    varying = [table for table in tables if any(abs(value - 1) > _TOLERANCE for value in table.values())]
    if len(varying) != 1 or set(varying[0]) != set(occupants):
        reason = f"it is not one function of {' and '.join(occupants)} besides the constant"
        raise InputError(field, tables, reason, "Give the basis set of this prim.json.")
    return [varying[0][name] for name in occupants]


def _named(bspecs: dict[str, Any], where: str) -> tuple[float, float]:
    """Return the values on the first and the second occupant listed."""
    found: Any = bspecs
    for key in ("basis_function_specs", "dof_specs", "occ", "site_basis_functions"):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, str) or found.lower() not in _NAMED:
        cure = f"Give a basis.json with site_functions, or with one of these in bspecs: {', '.join(_NAMED)}."
        raise InputError(f"{where}.site_functions", found, "the file does not say what the site functions are", cure)
    return _NAMED[found.lower()]


def _refuse_asymmetric(lines: NDArray[np.float64], crystal: Crystal, where: str) -> None:
    sites = np.column_stack([np.arange(crystal.n_variable), np.zeros((crystal.n_variable, 3), dtype=np.int64)])
    for operation in range(len(crystal.operations)):
        images = crystal.image(operation, sites)[:, 0]
        if not np.allclose(lines, lines[images], atol=_TOLERANCE):
            reason = "sites that are equivalent by symmetry have different functions"
            cure = "Make the basis set with functions that are the same on equivalent sites."
            raise InputError(f"{where}.site_functions", lines.tolist(), reason, cure)
