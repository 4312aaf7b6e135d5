"""The liquids behind a batch of candidates, and the labels that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from aiida_matal.science.errors import InputError
from aiida_matal.science.labels import Label, label_table
from aiida_matal.science.mixing.elements import element, liquid_volume_per_atom
from aiida_matal.science.mixing.enthalpy import Estimate, mixing_enthalpy
from aiida_matal.science.mixing.initial_cell import InitialCell, actual_x_b, binary_counts, random_mixture
from aiida_matal.science.mixing.settings import MixingSettings
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import ID, Table

QUANTITY = "enthalpy_of_mixing"
UNIT = "kJ/mol"


class Reference(NamedTuple):
    """A pure liquid at a temperature in K."""

    element: str
    temperature: float

    @property
    def name(self) -> str:
        """Return a name that may be part of a link label."""
        return f"{self.element}_{self.temperature:.10g}K".replace(".", "p")


@dataclass(frozen=True)
class Outcome:
    """How the simulation of a liquid ended.

    :param evidence: uuid of its process.
    :param failure: why there is no state, empty if there is one.
    :param core_hours: what was spent on it in this batch.
    """

    evidence: str = ""
    failure: str = ""
    core_hours: float = 0.0


def check_candidates(candidates: Table, settings: MixingSettings) -> None:
    """Check that each candidate is a binary liquid that a cell of the settings can hold.

    :raises InputError: naming the first candidate that is not, or a column that is missing.
    """
    for name in (ID, "element_a", "element_b", "x_b", "temperature"):
        candidates[name]
    for row in candidates.rows():
        if not 0 < row["x_b"] < 1:
            raise InputError(f"x_b of {row[ID]}", row["x_b"], "it is not within 0 and 1", "Give a mole fraction.")
        if not 0 < row["temperature"] < float("inf"):
            raise InputError(f"temperature of {row[ID]}", row["temperature"], "it is not positive", "Give it in K.")
        binary_counts(row["element_a"], row["element_b"], row["x_b"], settings.liquid.n_atoms)
    for symbol in sorted({*candidates["element_a"].tolist(), *candidates["element_b"].tolist()}):
        element(symbol)


def references_of(candidates: Table) -> list[Reference]:
    """Return the pure liquids that the candidates need, without repetition."""
    needed = {reference for row in candidates.rows() for reference in _pair(row)}
    return sorted(needed)


def reference_cell(reference: Reference, settings: MixingSettings) -> InitialCell:
    """Return the start structure of a pure liquid."""
    volume = liquid_volume_per_atom(reference.element, reference.temperature)
    seed = derive_seed(settings.seed, "cell", reference.element)
    return random_mixture({reference.element: settings.liquid.n_atoms}, volume, seed)


def mixture_cell(row: Mapping[str, Any], volumes: Mapping[str, float], settings: MixingSettings) -> InitialCell:
    """Return the start structure of a candidate at the volume of an ideal mixture.

    :param row: the candidate's row of the pool.
    :param volumes: volume per atom of each pure liquid, Angstrom^3, by name of the reference.
    """
    n_atoms = settings.liquid.n_atoms
    x_b = actual_x_b(row["x_b"], n_atoms)
    pure_a, pure_b = (volumes[reference.name] for reference in _pair(row))
    seed = derive_seed(settings.seed, "cell", row[ID], row.get("attempt", 0))
    counts = binary_counts(row["element_a"], row["element_b"], row["x_b"], n_atoms)
    return random_mixture(counts, (1 - x_b) * pure_a + x_b * pure_b, seed)


def missing_references(row: Mapping[str, Any], outcomes: Mapping[str, Outcome]) -> str:
    """Return why the candidate cannot be simulated, empty if its pure liquids are known."""
    failed = [name for name in (reference.name for reference in _pair(row)) if outcomes[name].failure]
    return "; ".join(f"reference {name} failed: {outcomes[name].failure}" for name in failed)


def has_liquid_references(row: Mapping[str, Any], states: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether both pure liquids of the candidate are known and are liquids; if not, its label is not ok.

    :param states: states of the pure liquids, by name of the reference.
    """
    return all(name in states and _is_liquid(states[name]) for name in (reference.name for reference in _pair(row)))


def mixing_labels(
    candidates: Table,
    states: Mapping[str, Mapping[str, Any]],
    outcomes: Mapping[str, Outcome],
    settings: MixingSettings,
) -> Table:
    """Return the labels of the candidates.

    :param states: states of liquids, by name of the reference or id of the candidate.
    :param outcomes: how each simulation ended, by the same keys.
    """
    users: dict[str, int] = {}
    for row in candidates.rows():
        for reference in _pair(row):
            users[reference.name] = users.get(reference.name, 0) + 1
    labels = [_label(row, states, outcomes, users, settings) for row in candidates.rows()]
    return label_table(labels, QUANTITY, UNIT)


def _label(
    row: Mapping[str, Any],
    states: Mapping[str, Mapping[str, Any]],
    outcomes: Mapping[str, Outcome],
    users: Mapping[str, int],
    settings: MixingSettings,
) -> Label:
    own, pair = outcomes[row[ID]], _pair(row)
    cost = own.core_hours + sum(outcomes[item.name].core_hours / users[item.name] for item in pair)
    names = [row[ID], *(item.name for item in pair)]
    if own.failure:
        failed = [outcome for name in names if (outcome := outcomes[name]).failure and outcome.evidence]
        evidence = failed[0].evidence if failed else ""
        return Label(row[ID], "failed", reason=own.failure, evidence=evidence, core_hours=cost)
    unfit = [name for name in names if name in states and not _is_liquid(states[name])]
    if unfit:
        reason = "; ".join(f"{name} is {states[name]['verdict']} ({states[name]['reason']})" for name in unfit)
        evidence = own.evidence or outcomes[unfit[0]].evidence
        return Label(row[ID], "rejected", reason=reason, evidence=evidence, core_hours=cost)
    alloy, pure_a, pure_b = (_enthalpy(states[name]) for name in names)
    value, error = mixing_enthalpy(alloy, pure_a, pure_b, actual_x_b(row["x_b"], settings.liquid.n_atoms))
    return Label(row[ID], "ok", value, error, evidence=own.evidence, core_hours=cost)


def _is_liquid(state: Mapping[str, Any]) -> bool:
    return bool(state["verdict"] == "liquid")


def _enthalpy(state: Mapping[str, Any]) -> Estimate:
    return Estimate(state["zero_pressure_energy"], state["zero_pressure_energy_error"])


def _pair(row: Mapping[str, Any]) -> tuple[Reference, Reference]:
    return Reference(row["element_a"], row["temperature"]), Reference(row["element_b"], row["temperature"])
