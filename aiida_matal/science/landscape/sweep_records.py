"""Sweeps that ended early: the averages at the conditions that were finished."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from aiida_matal.science.landscape.monte_carlo.settings import SweepSettings
from aiida_matal.science.landscape.monte_carlo.sweep import sweep_columns
from aiida_matal.science.table import Table


def averages_so_far(settings: SweepSettings, d: int, results: Path) -> Table:
    """Return the averages at the conditions that a file of a sweep holds, in the order of the settings.

    :param d: number of components of eta.
    """
    held = settings.fields if settings.along == "temperature" else settings.temperatures
    found: dict[str, dict[int, dict[str, Any]]] = {repr(value): {} for value in held}
    for line in results.read_bytes().splitlines() if results.exists() else []:
        try:
            entry = json.loads(line)
            found[entry["path"]][entry["number"]] = entry["row"]
        except (ValueError, KeyError, TypeError):
            continue  # the line that was being written when the job ended
    rows = [path[number] for path in found.values() for number in sorted(path)]
    columns = sweep_columns(d, settings.ensemble)
    return Table({name: np.array([row[name] for row in rows]) for name in columns}, columns)


def n_conditions(settings: SweepSettings) -> int:
    """Return at how many conditions a sweep takes averages."""
    followed, held = settings.fields, settings.temperatures
    if settings.along == "temperature":
        followed, held = held, followed
    return len(held) * (2 * len(followed) - 1 if settings.and_back else len(followed))
