"""The inputs that every molecular dynamics process has, and their checks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from aiida import orm
from aiida.engine import ProcessSpec

from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.md_settings import MdSettings

#: Share of a job's wall time after which a code stops by itself, with all that it has written intact.
WALLTIME_SHARE = 0.95


def define_md_inputs(spec: ProcessSpec) -> None:
    """Define the inputs that every process of molecular dynamics has."""
    spec.input("structure", valid_type=orm.StructureData, help="Atoms at the start, in a periodic cell.")
    spec.input(
        "velocities",
        valid_type=orm.ArrayData,
        required=False,
        help="Array 'velocities', (n, 3), Angstrom/fs; without it they are drawn at the starting temperature.",
    )
    spec.input("md", valid_type=orm.Dict, help="Settings of the run (MdSettings); a single job takes no segments.")


def check_md_inputs(
    structure: orm.StructureData, velocities: orm.ArrayData | None, md: orm.Dict, thermostats: Sequence[str]
) -> MdSettings:
    """Return the settings of the run if the three inputs are fit to be run.

    :param velocities: one array ``velocities``, (n, 3), Angstrom/fs, in the order of the sites.
    :param thermostats: the kinds that the engine has.
    :raises InputError: for the first input that is not.
    """
    if structure.pbc != (True, True, True):
        raise InputError("structure", structure.pbc, "it is not periodic in all directions", "Set pbc to True.")
    if structure.is_alloy or structure.has_vacancies:
        reason = "a site is shared by several elements or partly empty"
        raise InputError("structure", structure.get_formula(), reason, "Give each site one element.")
    if velocities is not None:
        _check_velocities(velocities, len(structure.sites))
    settings = MdSettings.parse(md.get_dict(), where="md")
    settings.thermostat.choose(thermostats)
    return settings


def _check_velocities(velocities: orm.ArrayData, n_atoms: int) -> None:
    names = velocities.get_arraynames()
    if names != ["velocities"]:
        raise InputError("velocities", names, "it needs one array named 'velocities'", "Rename the array.")
    values = velocities.get_array("velocities")
    if values.shape != (n_atoms, 3):
        reason = f"the structure has {n_atoms} atoms"
        raise InputError("velocities", values.shape, reason, f"Give an array of shape {(n_atoms, 3)}.")
    if values.dtype.kind != "f" or not np.all(np.isfinite(values)):
        raise InputError("velocities", str(values.dtype), "not all are finite numbers", "Give floats in Angstrom/fs.")
