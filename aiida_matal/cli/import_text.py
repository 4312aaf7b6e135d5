"""What an import found, as text and as plain values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from aiida_matal.cli.text import text_table
from aiida_matal.science.labels import STATUSES
from aiida_matal.science.mixing.mixtures import QUANTITY
from aiida_matal.science.table import ID

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aiida_matal.science.calphad.importing import Imported

MAX_SYSTEMS = 8


def import_text(name: str, imported: Imported) -> str:
    """Return a short table of the labels, everything that was refused, and the notes.

    :param name: of the file or folder.
    """
    table, refused = imported.dataset, imported.refused
    systems = list(dict.fromkeys(table["system"].tolist()))
    more = f", ... {len(systems) - MAX_SYSTEMS} more" if len(systems) > MAX_SYSTEMS else ""
    statuses = Counter(table["status"].tolist())
    rows = [
        ("file", name),
        ("labels", f"{len(table)} ({', '.join(f'{statuses[key]} {key}' for key in STATUSES if statuses[key])})"),
        ("systems", f"{len(systems)}: {', '.join(systems[:MAX_SYSTEMS])}{more}"),
        ("x_b", _range(table["x_b"])),
        ("enthalpy of mixing (kJ/mol of atoms)", _extremes(table[QUANTITY], table[ID])),
        ("standard error (kJ/mol)", _range(table[f"{QUANTITY}_error"])),
        ("temperature (K)", _range(table["temperature"])),
    ]
    parts = [text_table(["", ""], rows)]
    if len(refused):
        parts.append(
            f"refused: {len(refused)}\n" + text_table(refused.names, [list(r.values()) for r in refused.rows()])
        )
    parts += [f"note: {note}" for note in imported.notes]
    return "\n\n".join(parts)


def import_dict(name: str, imported: Imported) -> dict[str, Any]:
    """Return the same as plain values for JSON."""
    table = imported.dataset
    return {
        "file": name,
        "labels": len(table),
        "statuses": dict(Counter(table["status"].tolist())),
        "systems": sorted(set(table["system"].tolist())),
        "refused": list(imported.refused.rows()),
        "notes": list(imported.notes),
    }


def _range(values: NDArray[np.float64]) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return "unknown"
    low, high = known.min(), known.max()
    unknown = f", unknown for {len(values) - len(known)}" if len(known) < len(values) else ""
    return (f"{low:.6g} to {high:.6g}" if low < high else f"{low:.6g}") + unknown


def _extremes(values: NDArray[np.float64], ids: NDArray[np.str_]) -> str:
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return "unknown"
    low, high = known[np.argmin(values[known])], known[np.argmax(values[known])]
    return f"{values[low]:.2f} ({ids[low]}) to {values[high]:.2f} ({ids[high]})"
