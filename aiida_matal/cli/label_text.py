"""A label and the liquids behind it as text."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from aiida_matal.cli.text import number, text_table
from aiida_matal.provenance.label_records import LabelRecord
from aiida_matal.provenance.label_tables import Labels
from aiida_matal.provenance.liquids import LiquidRecord

#: Name of a row, key of the value in the state of a liquid, key of its standard error if it has one, and format.
_VALUES = (
    ("temperature (K)", "temperature", "", ".0f"),
    ("volume (Angstrom^3/atom)", "volume_per_atom", "", ".3f"),
    ("pressure (kbar)", "pressure", "pressure_error", ".2f"),
    ("energy (eV/atom)", "energy_per_atom", "energy_error", ".5f"),
    ("energy at zero pressure (eV/atom)", "zero_pressure_energy", "zero_pressure_energy_error", ".5f"),
    ("bulk modulus (kbar)", "bulk_modulus", "bulk_modulus_error", ".0f"),
    ("diffusion of the slowest (m^2/s)", "diffusion", "", ".2g"),
    ("short-range order", "short_range_order", "short_range_order_error", ".3f"),
    ("short-range order, growth", "short_range_order_growth", "short_range_order_growth_error", ".3f"),
    ("short-range order if separated", "separated_order", "", ".2f"),
    ("verdict", "verdict", "", "s"),
)
#: Keys of a state that are told elsewhere or are left to `verdi data core.dict show`.
_NOT_SHOWN = {
    "composition",
    "n_atoms",
    "n_frames",
    "first_equilibrated_frame",
    "pressure_kind",
    "thermal_pressure",
    "enthalpy_per_atom",
    "enthalpy_error",
    "reason",
}


def label_list(labels: Labels, node: str) -> str:
    """Return the labels, and how to choose one of them.

    :param node: what the user gave to find them.
    """
    rows = [
        [row["id"], row["status"], _with_error(row["value"], row["error"], "+.2f"), row["reason"]]
        for row in labels.as_dicts()
    ]
    if not rows:
        return "There are no labels yet."
    quantity = f"{labels.quantity.replace('_', ' ')} ({labels.table.columns[labels.quantity].unit})"
    table = text_table(["id", "status", quantity, "reason"], rows)
    return f"{table}\n\nChoose one:\n  aiida-matal label show {node} --id {shlex.quote(labels.ids[0])}"


def label_text(record: LabelRecord) -> str:
    """Return all there is to say about a label."""
    facts = {
        record.quantity.replace("_", " "): f"{_with_error(record.value, record.error, '+.2f')} {record.unit}",
        "status": record.status,
        "reason": record.reason,
        "made in": record.where,
        "cost": f"{record.core_hours:.4g} core-hours",
    }
    width = max(map(len, facts)) + 2
    lines = [f"{name:<{width}}{number(value)}" for name, value in facts.items() if value]
    head = "\n".join([f"Label {record.id}", *lines])
    if not record.liquids:
        return f"{head}\n\nNo simulation of this profile is behind it."
    blocks = [head, liquids_text(record.liquids, record.contributions)]
    if record.contributions:
        largest = max(record.contributions, key=lambda name: record.contributions[name])
        share = (record.contributions[largest] / record.error) ** 2
        blocks.append(f"Most of the error comes from: {largest}, {share:.0%} of the variance.")
    return "\n\n".join(blocks)


def liquids_text(liquids: Sequence[LiquidRecord], contributions: Mapping[str, float]) -> str:
    """Return the liquids side by side, why each has its verdict or failed, and the volumes tried.

    :param contributions: to the error of the label in kJ/mol, by name of the liquid; may be empty.
    """
    header = ["", *(liquid.name for liquid in liquids)]
    rows = [[name, *cells] for name, cells in _rows(liquids, contributions) if set(cells) != {"-"}]
    reasons = [f"  {liquid.name}: {_ending(liquid)}" for liquid in liquids]
    volumes = [[liquid.name, *_volume(point)] for liquid in liquids for point in liquid.points]
    blocks = [text_table(header, rows), "\n".join(["How they ended:", *reasons])]
    if volumes:
        columns = ["volumes tried", "V (Angstrom^3/atom)", "P (kbar)", "E (eV/atom)", "steps"]
        blocks.append(text_table(columns, volumes))
    return "\n\n".join(blocks)


def _rows(liquids: Sequence[LiquidRecord], contributions: Mapping[str, float]) -> list[tuple[str, list[str]]]:
    states = [liquid.state for liquid in liquids]
    rows = [("process", [str(liquid.pk) for liquid in liquids]), ("atoms", [_atoms(state) for state in states])]
    for name, key, error, kind in _VALUES:
        rows.append((name, [_value(state, key, error, kind) for state in states]))
    known = {*_NOT_SHOWN, *(key for row in _VALUES for key in row[1:3])}
    others = dict.fromkeys(key for state in states for key in state if key not in known)
    rows += [(key.replace("_", " "), [number(state.get(key)) for state in states]) for key in others]
    rows.append(("steps", [str(liquid.n_steps) for liquid in liquids]))
    rows.append(("jobs", [str(liquid.n_jobs) for liquid in liquids]))
    rows.append(("core-hours", [f"{liquid.core_hours:.4g}" for liquid in liquids]))
    if contributions:
        rows.append(("adds to the error (kJ/mol)", [f"{contributions[liquid.name]:.2f}" for liquid in liquids]))
    return rows


def _value(state: Mapping[str, Any], key: str, error: str, kind: str) -> str:
    if state.get(key) is None:
        return "-"
    return _with_error(state[key], state.get(error), kind) if error else format(state[key], kind)


def _with_error(value: float | None, error: float | None, kind: str) -> str:
    if value is None or math.isnan(value):
        return "-"
    return f"{value:{kind}} +- {math.nan if error is None else error:{kind.removeprefix('+')}}"


def _atoms(state: Mapping[str, Any]) -> str:
    return " ".join(f"{symbol}{count}" for symbol, count in state.get("composition", {}).items()) or "-"


def _ending(liquid: LiquidRecord) -> str:
    return f"{liquid.state['verdict']}: {liquid.state['reason']}" if liquid.state else liquid.ending


def _volume(point: Mapping[str, Any]) -> list[str]:
    return [
        f"{point['volume_per_atom']:.3f}",
        _with_error(point["pressure"], point["pressure_error"], ".2f"),
        _with_error(point["energy_per_atom"], point["energy_error"], ".5f"),
        str(point["n_steps"]),
    ]
