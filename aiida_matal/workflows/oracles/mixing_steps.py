"""The calcfunctions of the mixing-enthalpy oracle: start structures and labels."""

from __future__ import annotations

import numpy as np
from aiida.engine import calcfunction
from aiida.orm import Dict, StructureData

from aiida_matal.data.table import TableData
from aiida_matal.science.mixing.initial_cell import InitialCell
from aiida_matal.science.mixing.mixtures import Outcome, mixing_labels, mixture_cell, reference_cell, references_of
from aiida_matal.science.mixing.settings import MixingSettings
from aiida_matal.science.table import ID

KEY = "mixture_{:03d}"


@calcfunction
def make_reference_cells(candidates: TableData, settings: Dict) -> dict[str, StructureData]:
    """Return the start structure of each pure liquid that the candidates need, by name of the reference."""
    parsed = MixingSettings.parse(settings.get_dict(), "settings")
    references = references_of(candidates.table)
    return {reference.name: _structure(reference_cell(reference, parsed)) for reference in references}


@calcfunction
def make_mixture_cells(candidates: TableData, settings: Dict, chosen: Dict, **states: Dict) -> dict[str, StructureData]:
    """Return the start structures of candidates, by position in the table.

    :param chosen: ``rows``, the rows of the candidates whose pure liquids are known.
    :param states: states of the pure liquids, by name of the reference.
    """
    parsed = MixingSettings.parse(settings.get_dict(), "settings")
    volumes = {name: state["volume_per_atom"] for name, state in states.items()}
    rows = list(candidates.table.rows())
    return {KEY.format(row): _structure(mixture_cell(rows[row], volumes, parsed)) for row in chosen["rows"]}


@calcfunction
def label_mixtures(candidates: TableData, settings: Dict, outcomes: Dict, **states: Dict) -> TableData:
    """Return the labels of the candidates.

    :param outcomes: how each simulation ended: evidence, failure and core-hours.
    :param states: states of the liquids; both by name of the reference or position of the candidate.
    """
    parsed = MixingSettings.parse(settings.get_dict(), "settings")
    ids = {KEY.format(row): identifier for row, identifier in enumerate(candidates.table[ID].tolist())}
    found = {ids.get(key, key): state.get_dict() for key, state in states.items()}
    ended = {ids.get(key, key): Outcome(**outcome) for key, outcome in outcomes.get_dict().items()}
    return TableData(mixing_labels(candidates.table, found, ended, parsed), role="labels")


def _structure(cell: InitialCell) -> StructureData:
    structure = StructureData(cell=cell.cell.tolist(), pbc=(True, True, True))
    for symbol, position in zip(cell.symbols, np.asarray(cell.positions).tolist(), strict=True):
        structure.append_atom(symbols=symbol, position=position)
    return structure
