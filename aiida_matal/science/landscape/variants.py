"""Orderings by one fully ordered configuration: all its variants, and orthogonal waves that they are made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.commensurate import (
    commensurate_cell,
    lattice_basis,
    operation_permutations,
    star,
    translation_permutations,
)
from aiida_matal.science.landscape.crystal import Crystal
from aiida_matal.science.landscape.ordering import VariantSettings
from aiida_matal.science.landscape.supercell import Supercell

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: The largest common cell of all variants, and how many order parameters can be handled.
MAX_SITES, MAX_ORDER_PARAMETERS = 256, 24
#: What rounding may leave of a wave whose mean square is 1.
_TOLERANCE = 1e-9


def variant_waves(crystal: Crystal, settings: VariantSettings, where: str) -> tuple[Supercell, Floats, Floats]:
    """Return the commensurate cell of all variants, waves that span them, and the variants.

    The waves of each pair of k and -k are the parts of the variants with these wave vectors, made orthogonal: first the
    largest part, then the largest rest. Their mean square over the sites is 1.

    :param where: name of the variant in error messages.
    :returns: the cell, the waves, shape (number, sites), and the occupations of the variants, shape (number, sites),
        the one that is given first and the others in ascending order.
    :raises InputError: if the occupation does not fit the cell or is the same on all sites, or if the variants need too
        large a cell or too many order parameters.
    """
    given = Supercell(crystal, settings.cell)
    _refuse_large(given, "it has", settings, where)
    occupation = np.array(settings.occupation, dtype=np.int64)
    if len(occupation) != given.n_sites:
        cure = f"Give {given.n_sites} numbers, one for each variable site of the cell."
        raise InputError(f"{where}.occupation", len(occupation), "their number does not fit the cell", cure)
    if len(set(settings.occupation)) == 1:
        cure = "Give a configuration with both occupants."
        raise InputError(f"{where}.occupation", settings.occupation, "the configuration has no order", cure)
    cell = _cell_of_variants(given, occupation)
    _refuse_large(cell, "the cell in which all variants are periodic has", settings, where)
    variants = _images(cell, occupation[given.index(cell.sites)]).astype(np.float64)
    waves = _orthogonal_waves(cell, variants)
    if len(waves) > MAX_ORDER_PARAMETERS:
        reason = f"its variants need {len(waves)} order parameters, more than {MAX_ORDER_PARAMETERS}"
        raise InputError(where, settings.as_dict(), reason, "Give a configuration with fewer variants.")
    return cell, waves, variants


def _refuse_large(cell: Supercell, what: str, settings: VariantSettings, where: str) -> None:
    if cell.n_sites > MAX_SITES:
        reason = f"{what} {cell.n_sites} variable sites, more than {MAX_SITES}"
        raise InputError(f"{where}.cell", settings.cell, reason, "Give an ordering with a smaller cell.")


def _cell_of_variants(given: Supercell, occupation: Ints) -> Supercell:
    moved = translation_permutations(given)
    periods = given.translations[(occupation[moved] == occupation).all(axis=1)]
    primitive = lattice_basis(np.concatenate([given.matrix, periods]))
    n_cells = abs(int(np.prod(primitive.diagonal())))
    waves = np.rint(n_cells * np.linalg.inv(primitive).T).astype(np.int64)
    return commensurate_cell(given.crystal, star(given.crystal, waves, n_cells), n_cells)


def _images(cell: Supercell, occupation: Ints) -> Ints:
    """Return the different images of a configuration: itself, then the others in ascending order."""
    rotated = np.empty((len(cell.crystal.operations), cell.n_sites), dtype=np.int64)
    np.put_along_axis(rotated, operation_permutations(cell), occupation[None], axis=1)
    images = np.unique(np.unique(rotated, axis=0)[:, translation_permutations(cell)].reshape(-1, cell.n_sites), axis=0)
    return np.concatenate([occupation[None], images[(images != occupation).any(axis=1)]])


def _orthogonal_waves(cell: Supercell, variants: Floats) -> Floats:
    """Return orthogonal waves that span the order of the variants, one pair of k and -k after the other."""
    order = (variants - variants.mean(axis=1, keepdims=True)).reshape(len(variants), -1, cell.n_cells)
    dual = Supercell(cell.crystal, cell.matrix.T)
    numbers = dual.translations
    phases = numbers @ np.linalg.inv(cell.matrix).T @ cell.translations.T
    opposite = dual.index(np.pad(-numbers, [(0, 0), (1, 0)]))
    waves = []
    for k in np.flatnonzero(np.arange(cell.n_cells) <= opposite):
        phase = np.exp(2j * np.pi * phases[k])
        amplitude = (order @ phase.conj())[..., None] / cell.n_cells
        parts = (1.0 if k == opposite[k] else 2.0) * (amplitude * phase).real
        waves += _orthogonalised(parts.reshape(len(variants), -1))
    return np.array(waves)


def _orthogonalised(vectors: Floats) -> list[Floats]:
    basis: list[Floats] = []
    while True:
        squares = (vectors**2).mean(axis=1)
        largest = int(np.argmax(squares > squares.max() - _TOLERANCE))
        if squares[largest] < _TOLERANCE:
            return basis
        wave = vectors[largest] / np.sqrt(squares[largest])
        whole = np.rint(wave)
        wave = np.where(np.abs(wave - whole) < _TOLERANCE, whole, wave) + 0.0
        basis.append(wave * np.sign(wave[np.argmax(wave != 0)]))
        vectors = vectors - np.outer(vectors @ wave / len(wave), wave)
