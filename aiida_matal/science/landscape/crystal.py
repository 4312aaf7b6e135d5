"""The parent crystal: a lattice, the sites on it that two species share, and its space group."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction as ExactFraction
from functools import cached_property
from typing import Annotated, Any, Self

import numpy as np
import spglib
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: How far an operation may move a site away from another one that it maps the site to, in Angstrom.
TOLERANCE = 1e-3
_SHORTEST = 0.1


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return float(ExactFraction(value.replace(" ", "")))
    except (ValueError, ZeroDivisionError):
        raise ValueError("it is no number and no fraction such as '1/3'") from None


#: A number that may be written as a fraction, such as "1/3".
Fraction = Annotated[float, BeforeValidator(_number)]
Fractions = tuple[Fraction, Fraction, Fraction]
Vector = tuple[float, float, float]


class SiteSettings(Settings):
    """A site of the unit cell."""

    position: Fractions = Field(description="three fractional coordinates")
    occupants: list[str] = Field(
        min_length=1, max_length=2, description="one species, or two: those of x = 0 and of x = 1 (a vacancy is Va)"
    )


class CrystalSettings(Settings):
    """The unit cell of the parent crystal."""

    lattice: tuple[Vector, Vector, Vector] = Field(description="three lattice vectors, in Angstrom")
    sites: list[SiteSettings] = Field(min_length=1, description="the sites of the unit cell")


@dataclass(frozen=True, eq=False)
class SymmetryOperations:
    """The operations of a space group modulo lattice translations: fractional coordinates f become R f + t.

    :ivar rotations: R of each operation, shape (k, 3, 3).
    :ivar translations: t of each operation, shape (k, 3).
    """

    rotations: Ints
    translations: Floats

    def __len__(self) -> int:
        return len(self.rotations)


@dataclass(frozen=True, eq=False)
class Crystal:
    """The variable sites of a parent crystal and the space group of all its sites.

    A lattice site is written as four integers [b, i, j, k]: variable site b of the unit cell that lies i, j and k
    lattice vectors away.

    :ivar vectors: the lattice vectors, as rows, in Angstrom.
    :ivar positions: fractional coordinates of the m variable sites, shape (m, 3).
    :ivar occupants: the species of x = 0 and of x = 1 on each variable site.
    :ivar variable: index of each variable site among all sites of the unit cell, shape (m,).
    :ivar operations: the space group, fixed sites included; sites that other species share are not equivalent.
    """

    vectors: Floats
    positions: Floats
    occupants: list[tuple[str, str]]
    variable: Ints
    operations: SymmetryOperations

    @classmethod
    def from_settings(cls, settings: CrystalSettings, where: str = "crystal") -> Self:
        """Return the crystal that the settings describe.

        :param where: name of the settings in error messages.
        :raises InputError: if the vectors span no volume, sites coincide, no site is variable, or the two species of a
            site are one.
        """
        vectors = np.array(settings.lattice, dtype=np.float64)
        lengths = np.linalg.norm(vectors, axis=1)
        if abs(np.linalg.det(vectors)) <= 1e-6 * lengths.prod():
            cure = "Give three vectors that are not in one plane."
            raise InputError(f"{where}.lattice", vectors.tolist(), "the vectors span no volume", cure)
        positions = np.array([site.position for site in settings.sites], dtype=np.float64)
        _refuse_close(positions, vectors, where)
        variable = np.flatnonzero([len(site.occupants) == 2 for site in settings.sites])
        if len(variable) == 0:
            cure = "Give two occupants to at least one site."
            raise InputError(f"{where}.sites", len(settings.sites), "no site is variable", cure)
        kinds = [tuple(site.occupants) for site in settings.sites]
        for index, kind in enumerate(kinds):
            if len(set(kind)) < len(kind):
                cure = "Give two different species, or one."
                raise InputError(f"{where}.sites.{index}.occupants", list(kind), "the species are the same", cure)
        occupants = [(kinds[index][0], kinds[index][-1]) for index in variable]
        operations = _space_group(vectors, positions, kinds, where)
        return cls(vectors, positions[variable], occupants, variable, operations)

    @property
    def n_variable(self) -> int:
        """Number of variable sites of the unit cell."""
        return len(self.positions)

    def image(self, operation: int, sites: Ints) -> Ints:
        """Return where an operation of the space group maps lattice sites.

        :param operation: index of the operation.
        :param sites: the sites [b, i, j, k], shape (n, 4).
        """
        targets, shifts = self._site_maps
        moved = sites[..., 1:] @ self.operations.rotations[operation].T + shifts[operation, sites[..., 0]]
        return np.concatenate([targets[operation, sites[..., 0], None], moved], axis=-1)

    @cached_property
    def _site_maps(self) -> tuple[Ints, Ints]:
        """The variable site to which each operation maps each one, (k, m), and the cell in which it lies, (k, m, 3)."""
        operations = self.operations
        moved = np.einsum("kij,mj->kmi", operations.rotations, self.positions) + operations.translations[:, None]
        differences = moved[:, :, None] - self.positions
        shifts = np.rint(differences)
        distances = np.linalg.norm((differences - shifts) @ self.vectors, axis=-1)
        targets = distances.argmin(axis=2)
        return targets, np.take_along_axis(shifts, targets[:, :, None, None], axis=2)[:, :, 0].astype(np.int64)


def _space_group(vectors: Floats, positions: Floats, kinds: list[tuple[str, ...]], where: str) -> SymmetryOperations:
    numbers = [sorted(set(kinds)).index(kind) + 1 for kind in kinds]
    found = spglib.get_symmetry((vectors, positions, numbers), symprec=TOLERANCE)
    if found is None:
        raise InputError(where, kinds, "spglib finds no space group", "Check the lattice and the positions.")
    rotations = found["rotations"].astype(np.int64)
    return SymmetryOperations(rotations, np.asarray(found["translations"], dtype=np.float64))


def _refuse_close(positions: Floats, vectors: Floats, where: str) -> None:
    differences = positions[:, None] - positions
    distances = np.linalg.norm((differences - np.rint(differences)) @ vectors, axis=-1)
    close = np.argwhere(np.triu(distances < _SHORTEST, k=1))
    if len(close):
        first, second = close[0].tolist()
        reason = f"it is nearer than {_SHORTEST} A to site {first}"
        raise InputError(f"{where}.sites.{second}", positions[second].tolist(), reason, "Remove one of them.")
