"""Write labels as the datasets that ESPEI fits thermodynamic models to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.mixtures import QUANTITY, UNIT
from aiida_matal.science.table import ID, Table

_J_PER_KJ = 1000.0
_PASCAL = 101325
#: Decimals that survive the conversion of units: mole fractions, and enthalpies in J/mol.
_FRACTION_DECIMALS, _ENTHALPY_DECIMALS = 12, 6


def espei_datasets(labels: Table, reference: str) -> dict[str, dict[str, Any]]:
    """Return the labels with status ``ok`` as ESPEI datasets, one for each system and temperature, by file name.

    They are single-phase data of the phase LIQUID with the output ``HM_MIX`` in J/mol; ``values`` has the shape
    (pressures, temperatures, compositions) = (1, 1, n) (B. Bocklund et al., MRS Commun. 9, 618 (2019); manual of ESPEI,
    "Making ESPEI datasets"). ESPEI has no errors of single values: they are in the comment, with the evidence.

    :param labels: columns ``id``, ``element_a``, ``element_b``, ``x_b``, ``temperature`` in K, the enthalpy of mixing
        and its error in kJ/mol, and ``status``; ``evidence`` and ``source`` go into the comment.
    :param reference: where the labels are from, for ESPEI's books.
    :raises InputError: if a column is missing, no label is ``ok`` or one of them has no temperature.
    """
    good = labels.take(labels["status"] == "ok")
    if len(good) == 0:
        raise InputError("labels", len(labels), "none has the status ok", "Give labels that have values.")
    unit = good.select([QUANTITY]).columns[QUANTITY].unit
    if unit != UNIT:
        raise InputError(f"column {QUANTITY}", unit, f"enthalpies of mixing are in {UNIT}", "Convert the table.")
    unknown = ~np.isfinite(good["temperature"])
    if unknown.any():
        cure = "ESPEI needs one: leave these systems out, or give the table temperatures."
        raise InputError("temperature", good[ID][unknown].tolist(), "these labels have none", cure)
    grouped: dict[tuple[str, str, float], list[Mapping[str, Any]]] = {}
    for row in good.rows():
        grouped.setdefault((row["element_a"], row["element_b"], row["temperature"]), []).append(row)
    return {_file_name(*key): _dataset(*key, rows, reference) for key, rows in sorted(grouped.items())}


def write_espei(datasets: Mapping[str, Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write each dataset to a file of its name in the existing ``folder`` and return the paths."""
    paths = [folder / name for name in datasets]
    for path, dataset in zip(paths, datasets.values(), strict=True):
        lines = [f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in dataset.items()]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return paths


def _file_name(element_a: str, element_b: str, temperature: float) -> str:
    return f"{element_a}-{element_b}_{temperature:.10g}K_HM_MIX.json".upper().replace(".JSON", ".json")


def _dataset(
    element_a: str, element_b: str, temperature: float, rows: Sequence[Mapping[str, Any]], reference: str
) -> dict[str, Any]:
    components = [element_a.upper(), element_b.upper()]
    rows = sorted(rows, key=lambda row: row["x_b"])
    fractions = [[round(1 - row["x_b"], _FRACTION_DECIMALS), round(row["x_b"], _FRACTION_DECIMALS)] for row in rows]
    return {
        "components": [*components, "VA"],
        "phases": ["LIQUID"],
        "solver": {
            "mode": "manual",
            "sublattice_site_ratios": [1],
            "sublattice_configurations": [[components] for _ in rows],
            "sublattice_occupancies": [[pair] for pair in fractions],
        },
        "conditions": {"P": _PASCAL, "T": temperature},
        "output": "HM_MIX",
        "values": [[[round(row[QUANTITY] * _J_PER_KJ, _ENTHALPY_DECIMALS) for row in rows]]],
        "reference": reference,
        "comment": "; ".join(_told(row) for row in rows),
    }


def _told(row: Mapping[str, Any]) -> str:
    error = row[f"{QUANTITY}_error"] * _J_PER_KJ
    parts = [
        f"{row[ID]}: standard error {f'{error:.0f} J/mol' if np.isfinite(error) else 'unknown'}",
        f"evidence {row['evidence']}" if row.get("evidence") else "",
        f"source {row['source']}" if row.get("source") else "",
    ]
    return ", ".join(part for part in parts if part)
