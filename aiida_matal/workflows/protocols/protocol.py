"""Protocols: default inputs, changed by a named protocol, changed by the user's overrides."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from importlib.resources import files
from typing import Any

import yaml

from aiida_matal.science.errors import InputError


class Protocols:
    """The protocols of one campaign, read from ``NAME.yaml`` of this package."""

    def __init__(self, name: str) -> None:
        text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
        content = yaml.safe_load(text)
        self._defaults: dict[str, Any] = content["defaults"]
        self._protocols: dict[str, Any] = content["protocols"]
        self.default: str = content["default_protocol"]

    def descriptions(self) -> dict[str, str]:
        """Return what each protocol is for."""
        return {name: protocol["description"] for name, protocol in self._protocols.items()}

    def inputs(self, protocol: str | None, overrides: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return defaults <- protocol <- overrides. An override of ``null`` for a stopping rule removes the rule.

        :raises InputError: if the protocol is unknown, or an override is not one of the inputs.
        """
        name = protocol or self.default
        if name not in self._protocols:
            raise InputError("protocol", name, "it is unknown", f"Protocols: {', '.join(self._protocols)}.")
        chosen = merge(self._defaults, self._protocols[name]["changes"])
        for key, value in (overrides or {}).items():
            if key not in self._defaults:
                cure = f"Known keys: {', '.join(self._defaults)}."
                raise InputError(f"overrides.{key}", value, "the key is unknown", cure)
            if isinstance(self._defaults[key], Mapping) and not isinstance(value, Mapping):
                cure = f"Its keys: {', '.join(self._defaults[key])}."
                raise InputError(f"overrides.{key}", value, "it is not a mapping", cure)
        merged = merge(chosen, overrides or {})
        if "stopping" in merged:
            merged["stopping"] = {rule: values for rule, values in merged["stopping"].items() if values is not None}
        return merged


def merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``changes`` laid over it, mapping by mapping; neither is changed.

    Where ``changes`` gives another ``name``, the settings of the base are left out: they are those of another class.
    """
    other = "name" in changes and "name" in base and changes["name"] != base["name"]
    merged = deepcopy(_without_settings(base) if other else dict(base))
    for key, value in changes.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = merge(merged[key], value) if both else deepcopy(value)
    return merged


def _without_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in values.items() if key != "settings"}
    return {key: _without_settings(value) if isinstance(value, Mapping) else value for key, value in kept.items()}
