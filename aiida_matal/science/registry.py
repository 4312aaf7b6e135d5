"""Classes that third parties can add, found by entry point: learners, criteria, stopping rules, calculators."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from aiida_matal.science.errors import InputError

LEARNERS = "aiida_matal.learners"
CRITERIA = "aiida_matal.criteria"
STOPPING = "aiida_matal.stopping"
CALCULATORS = "aiida_matal.calculators"
LANDSCAPE_LEARNERS = "aiida_matal.landscape_learners"
SAMPLING_CRITERIA = "aiida_matal.sampling_criteria"


def registered_names(group: str) -> list[str]:
    """Return the names registered in an entry-point group, sorted."""
    return sorted(entry_points(group=group).names)


@cache  # a search through all installed packages takes some 30 ms
def load_class(group: str, name: str) -> type[Any]:
    """Return the class registered as ``name`` in ``group``.

    :raises InputError: if nothing of that name is registered.
    """
    found: EntryPoint | None = next(iter(entry_points(group=group, name=name)), None)
    if found is None:
        kind = group.rsplit(".", 1)[-1]
        raise InputError(kind, name, "it is not registered", f"Registered: {', '.join(registered_names(group))}.")
    return found.load()
