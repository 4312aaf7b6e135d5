"""The namelists of pw.x for a run of molecular dynamics. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ase import units
from scipy.constants import physical_constants

from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.science.trajectory.md_settings import MdSettings

#: The thermostats of pw.x.
THERMOSTATS = ("svr",)
#: The Rydberg atomic unit of time, which is twice that of Hartree, in fs.
TIME_UNIT = 2e15 * physical_constants["atomic unit of time"][0]

#: Cut-off of the density over that of the wave functions: exact for norm-conserving pseudopotentials, usual for others.
_DENSITY_FACTOR = {True: 4.0, False: 8.0}
#: Sequences of random numbers that the thermostat of a job can draw from.
_N_SEQUENCES = 8
_SMEARING = {"fermi-dirac": "fd", "gaussian": "gauss"}
_NAMELISTS = ("CONTROL", "SYSTEM", "ELECTRONS", "IONS")
#: What the settings of the run decide, or the way in which its jobs follow one another.
_OWN = {
    "CONTROL": ("calculation", "dt", "nstep", "restart_mode", "tstress", "tprnfor", "max_seconds"),
    "SYSTEM": (),
    "ELECTRONS": (),
    "IONS": ("tempw", "nraise"),
}


def namelists(
    md: MdSettings,
    electrons: ElectronSettings,
    *,
    n_atoms: int,
    n_electrons: int,
    norm_conserving: bool,
    continues: bool,
    more: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return the namelists, without what describes the structure.

    pw.x (6.7) has no seed: unless it draws the first velocities itself, its random numbers begin at the same place in
    every job, and the thermostat of many short jobs would push in the same direction each time. So a job that continues
    starts from random wave functions, as many as it has bands, with up to seven more of them, chosen by the seed: this
    moves the place at which the numbers of the thermostat begin.

    :param n_electrons: valence electrons of all atoms.
    :param continues: whether the job goes on where another ended, with the thermostat; otherwise it starts from given
        velocities, without one, as pw.x (6.7) divides by zero if it has both.
    :param more: entries to add or to change, as checked by :func:`check_more`.
    """
    width = electrons.smearing_width(md.temperature) / units.Ry
    cutoff = electrons.cutoff / units.Ry
    lists: dict[str, dict[str, Any]] = {
        "CONTROL": {
            "calculation": "md",
            "restart_mode": "restart" if continues else "from_scratch",
            "dt": md.timestep / TIME_UNIT,
            "nstep": md.n_steps,
            "tstress": True,
            "tprnfor": True,
            "verbosity": "low",
        },
        "SYSTEM": {
            "ecutwfc": cutoff,
            "ecutrho": _DENSITY_FACTOR[norm_conserving] * cutoff,
            "occupations": "smearing",
            "smearing": _SMEARING[electrons.smearing],
            "degauss": width,
            "nbnd": electrons.n_bands(n_electrons) + (md.seed % _N_SEQUENCES if continues else 0),
            "nosym": True,
        },
        "ELECTRONS": {
            "conv_thr": electrons.scf_tolerance * n_atoms / units.Ry,
            "electron_maxstep": electrons.max_scf_steps,
            "mixing_beta": 0.5,
            "startingwfc": "random" if continues else "atomic+random",
        },
        "IONS": {**_ions(md, continues), "pot_extrapolation": "second_order", "wfc_extrapolation": "second_order"},
    }
    return {name: {**values, **(more or {}).get(name, {})} for name, values in lists.items()}


def check_more(more: Mapping[str, Any]) -> None:
    """Check entries that are to be added to the namelists.

    :raises InputError: naming the first that is in no namelist of molecular dynamics, or is not free to be chosen.
    """
    for name, entries in more.items():
        field = f"engine.parameters.{name}"
        if name not in _NAMELISTS:
            raise InputError(field, entries, "there is no such namelist", f"Namelists: {', '.join(_NAMELISTS)}.")
        if not isinstance(entries, Mapping):
            raise InputError(field, entries, "it is not a namelist", "Give keys with values.")
        for key, value in entries.items():
            if key != key.lower():
                raise InputError(f"{field}.{key}", value, "keys are in lower case", f"Write {key.lower()}.")
            if key in _OWN[name] or key.startswith("ion_"):
                reason = "the settings of the run decide it"
                raise InputError(f"{field}.{key}", value, reason, "Remove it; change the settings of the oracle.")


def _ions(md: MdSettings, continues: bool) -> dict[str, Any]:
    if not continues:
        return {"ion_dynamics": "verlet", "ion_velocities": "from_input", "ion_temperature": "not_controlled"}
    return {
        "ion_dynamics": "verlet",
        "ion_temperature": md.thermostat.choose(THERMOSTATS),
        "tempw": md.temperature,
        "nraise": max(1, round(md.thermostat.relaxation / md.timestep)),
    }
