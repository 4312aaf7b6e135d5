"""Conformance suite for calculators."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.fd import calculate_numerical_forces, calculate_numerical_stress
from numpy.typing import NDArray

from aiida_matal.science.dynamics.calculators import NamedCalculator
from aiida_matal.testing.requirements import require, require_settings

#: Differences between analytic and numerical derivatives that are let pass, eV/Angstrom and eV/Angstrom^3.
_FORCE, _STRESS = 1e-3, 1e-4


def check_calculator(
    cls: type[NamedCalculator], settings: Mapping[str, Any], atoms: Atoms, folder: Path | None = None
) -> None:
    """Check that a calculator keeps the promises of :class:`aiida_matal.science.dynamics.calculators.NamedCalculator`.

    :param settings: valid settings of the calculator.
    :param atoms: a small periodic cell of elements that it knows, off any symmetric structure.
    :param folder: the folder that holds the files that it reads, if it reads any.
    :raises AssertionError: naming the calculator and the first promise that it breaks.
    """
    name = cls.__name__
    require_settings(cls, settings, name)
    named = cls(settings)
    plain = all(Path(filename).name == filename for filename in named.filenames)
    require(plain, f"{name}.filenames holds more than names of files")
    if named.elements is not None:
        unknown = set(atoms.get_chemical_symbols()) - named.elements
        require(not unknown, f"{name}.elements lacks {sorted(unknown)}")
    where = folder or Path.cwd()
    atoms = atoms.copy()
    atoms.calc = named.make(where)
    first = _answers(atoms)
    _check_derivatives(name, atoms, first)
    moved = atoms.copy()
    moved.positions += np.array([2, -1, 3]) @ np.asarray(atoms.cell)
    moved.calc = cls(settings).make(where)
    for key, value in _answers(moved).items():
        same = np.allclose(value, first[key], rtol=1e-6, atol=1e-8)
        require(same, f"{name} gives another {key} for the same atoms in another image of the cell")


def _answers(atoms: Atoms) -> dict[str, NDArray[np.float64]]:
    return {
        "energy": np.asarray(atoms.get_potential_energy()),
        "forces": atoms.get_forces(),
        "stress": atoms.get_stress(),
    }


def _check_derivatives(name: str, atoms: Atoms, answers: Mapping[str, NDArray[np.float64]]) -> None:
    finite = all(np.isfinite(value).all() for value in answers.values())
    require(finite, f"{name} gives numbers that are not finite")
    forces = calculate_numerical_forces(atoms, eps=1e-4, iatoms=[0])
    right = np.allclose(answers["forces"][:1], forces, rtol=1e-3, atol=_FORCE)
    require(right, f"the forces of {name} are not the derivative of its energy")
    stress = calculate_numerical_stress(atoms, eps=1e-4)
    right = np.allclose(answers["stress"], stress, rtol=1e-3, atol=_STRESS)
    require(right, f"the stress of {name} is not the derivative of its energy; tension is positive")
