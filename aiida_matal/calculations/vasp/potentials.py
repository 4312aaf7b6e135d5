"""The potentials of VASP (POTCAR) that a structure needs, and what is read of their headers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from aiida import orm
from aiida.common.exceptions import NotExistent
from aiida_vasp.data.potcar import PotcarData

from aiida_matal.science.errors import InputError


def species(structure: orm.StructureData) -> dict[str, int]:
    """Return the number of atoms of each element, in the order of the sites.

    :raises InputError: if the atoms of an element do not follow one another, or a kind is not named after its element.
    """
    for kind in structure.kinds:
        if kind.name != kind.symbol:
            reason = "VASP takes one potential an element, found by its symbol"
            raise InputError("structure", kind.name, f"it is a kind of {kind.symbol}; {reason}", "Name it so.")
    groups = [(name, len(list(sites))) for name, sites in groupby(site.kind_name for site in structure.sites)]
    counts = dict(groups)
    if len(counts) < len(groups):
        reason = "the atoms of an element do not follow one another, as VASP needs it"
        raise InputError("structure", [name for name, _ in groups], reason, "Sort the sites by element.")
    return counts


def check_potentials(potentials: Mapping[str, PotcarData], symbols: Sequence[str]) -> None:
    """Check that each element has its potential, with the file in this profile.

    :param potentials: by element.
    :raises InputError: for the first element that has none.
    """
    for symbol in symbols:
        if symbol not in potentials:
            reason = f"element {symbol} has no potential"
            raise InputError("potentials", sorted(potentials), reason, f"Add an entry for '{symbol}'.")
        if potentials[symbol].element != symbol:
            reason = f"it is not one of {symbol}"
            raise InputError(f"potentials.{symbol}", potentials[symbol].full_name, reason, "Give another.")
        n_valence_electrons(potentials[symbol])


def n_valence_electrons(potential: PotcarData) -> float:
    """Return the number of valence electrons of an atom (ZVAL), as its file says, which stays in the profile.

    :raises InputError: if the file is not there, or does not say it.
    """
    field = f"potentials.{potential.element}"
    try:
        content = potential.get_content().decode(errors="replace")
    except NotExistent:
        reason = "its POTCAR file is not in this profile, as after the import of an archive"
        cure = "Upload it with `aiida-matal setup --potcars FOLDER`."
        raise InputError(field, potential.full_name, reason, cure) from None
    found = re.search(r"ZVAL\s*=\s*([0-9.]+)", content)
    if found is None:
        raise InputError(field, potential.full_name, "its file holds no ZVAL", "Upload a POTCAR of VASP.")
    return float(found.group(1))
