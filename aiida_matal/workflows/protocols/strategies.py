"""Strategies: the five approaches to choose liquids of Bizot et al. (2025), by name."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from aiida_matal.science.errors import InputError


def strategy_names() -> list[str]:
    """Return the names of the strategies, in the order of the paper."""
    return list(_strategies())


def strategy_descriptions() -> dict[str, str]:
    """Return what each strategy does."""
    return {name: entry["description"] for name, entry in _strategies().items()}


def strategy(name: str) -> dict[str, Any]:
    """Return the settings of a selection, without ``target`` and ``batch_size``.

    :raises InputError: if there is no strategy of that name.
    """
    if name not in _strategies():
        raise InputError("strategy", name, "it is unknown", f"Strategies: {', '.join(strategy_names())}.")
    return deepcopy(_strategies()[name]["selection"])


@cache
def _strategies() -> dict[str, Any]:
    text = files(__package__).joinpath("strategies.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["strategies"]
