"""What the tuning of a learner may choose from."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to ``high``, both included: whole ones if ``integer``, on a logarithmic scale if ``log``."""

    low: float
    high: float
    log: bool = False
    integer: bool = False


@dataclass(frozen=True)
class Choice:
    """One of several values."""

    options: tuple[str | int | float | bool, ...]


SearchSpace = Mapping[str, Range | Choice]


def with_settings(settings: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``settings`` with those ``chosen`` by name laid over them; a dot in a name leads into a mapping."""
    changed = deepcopy(dict(settings))
    for name, value in chosen.items():
        *path, last = name.split(".")
        inner = changed
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return changed


def setting(settings: Mapping[str, Any], name: str) -> Any:
    """Return the setting with this name, in which a dot leads into a mapping."""
    value: Any = settings
    for part in name.split("."):
        value = value[part]
    return value
