"""The tags of VASP's INCAR that a run of molecular dynamics needs. Pure functions: settings in, tags out."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from parsevasp.constants import incar_tags

from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.science.trajectory.md_settings import MdSettings

#: The thermostats of VASP, the preferred one first.
THERMOSTATS = ("nose", "langevin")

_PICOSECOND = 1000.0  # fs
_MAX_SEED = 900_000_000  # RANDOM_SEED(1) is smaller
_OF_THE_RUN = "It follows from the settings of the run."
#: Where each tag comes from that a user cannot set by name.
_TAKEN = {
    **dict.fromkeys(
        ("ibrion", "isif", "nblock", "mdalgo", "langevin_gamma", "nsw", "potim", "tebeg", "teend", "random_seed"),
        _OF_THE_RUN,
    ),
    "encut": "Set electrons.cutoff.",
    "ismear": "Set electrons.smearing.",
    "sigma": "Set electrons.width.",
    "ediff": "Set electrons.scf_tolerance.",
    "nelm": "Set electrons.max_scf_steps.",
    "nbands": "Set electrons.empty_bands.",
    "kspacing": "Set electrons.kpoints.",
    "kgamma": "Set electrons.kpoints.",
}


def incar(
    md: MdSettings,
    electrons: ElectronSettings,
    more: Mapping[str, Any],
    *,
    n_species: int,
    n_atoms: int,
    n_electrons: float,
) -> dict[str, Any]:
    """Return the tags of a run at constant volume, by lower-case name.

    The Nose thermostat has the mass of SMASS = 0, for which VASP chooses a period of 40 time steps;
    ``md.thermostat.relaxation`` is not used, as VASP does not document the unit of SMASS. The Langevin thermostat has
    the same friction, 1 / ``relaxation``, for all species.

    :param more: tags of the user, which come last; see :func:`check_more_tags`.
    :param n_species: number of species in POSCAR.
    :param n_electrons: number of valence electrons in the cell.
    :raises InputError: if one of ``more`` is refused.
    """
    check_more_tags(more)
    return {
        **_motion(md, n_species),
        "encut": electrons.cutoff,
        "prec": "Normal",
        "algo": "Fast",
        "lreal": "Auto",
        "ismear": {"fermi-dirac": -1, "gaussian": 0}[electrons.smearing],
        "sigma": electrons.smearing_width(md.temperature),
        "ediff": electrons.scf_tolerance * n_atoms,
        "nelm": electrons.max_scf_steps,
        "nelmin": 4,
        "nbands": electrons.n_bands(n_electrons),
        "isym": 0,
        "lwave": False,
        "lcharg": False,
        **{name.lower(): value for name, value in more.items()},
    }


def check_more_tags(more: Mapping[str, Any]) -> None:
    """Check the tags that a user adds.

    :raises InputError: for the first that is unknown to VASP, set by the engine, or of a value that INCAR cannot hold.
    """
    for name, value in more.items():
        tag, field = name.lower(), f"incar.{name}"
        if tag in _TAKEN:
            raise InputError(field, value, "the engine sets it", _TAKEN[tag])
        if tag not in incar_tags:
            close = get_close_matches(tag, incar_tags, n=1)
            raise InputError(field, value, "VASP has no such tag", f"Did you mean '{close[0]}'?" if close else "")
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(item, bool | int | float | str) for item in values):
            raise InputError(field, value, "it is not a value of INCAR", "Give a number, a string, true or false.")
        if tag == "smass" and not (isinstance(value, int | float) and value >= 0):
            raise InputError(field, value, "it is not a Nose mass", "Give a number, 0 or more.")


def _motion(md: MdSettings, n_species: int) -> dict[str, Any]:
    friction = _PICOSECOND / md.thermostat.relaxation
    thermostats: dict[str, dict[str, Any]] = {
        "nose": {"mdalgo": 2, "smass": 0},
        "langevin": {"mdalgo": 3, "langevin_gamma": [friction] * n_species},
    }
    return {
        "ibrion": 0,
        "isif": 2,
        "nblock": 1,
        "nsw": md.n_steps,
        "potim": md.timestep,
        "tebeg": md.temperature,
        "teend": md.temperature,
        "random_seed": [md.seed % _MAX_SEED, 0, 0],
        **thermostats[md.thermostat.choose(THERMOSTATS)],
    }
