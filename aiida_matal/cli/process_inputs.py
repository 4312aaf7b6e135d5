"""The inputs of a process that a command launches: overrides read from a file, and what a dry run shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder


def read_overrides(path: Path | None) -> dict[str, Any]:
    """Return the overrides that a YAML file holds; none without a file.

    :raises InputError: if it is not readable YAML, or holds no keys.
    """
    if path is None:
        return {}
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exception:
        reason = f"it cannot be read as YAML ({' '.join(str(exception).split())})"
        raise InputError("--overrides", str(path), reason, "Give keys and values, such as `seed: 2`.") from None
    if not isinstance(values, dict):
        raise InputError("--overrides", str(path), "it holds no keys", "Give keys and values, such as `seed: 2`.")
    return values


def inputs_text(builder: ProcessBuilder, as_json: bool) -> str:
    """Return all inputs of a builder as YAML or JSON."""
    inputs = {"inputs": plain_inputs(builder._inputs(prune=True))}
    if as_json:
        return json.dumps(inputs, indent=2)
    return str(yaml.safe_dump(inputs, sort_keys=False, allow_unicode=True)).rstrip()


def plain_inputs(value: Any) -> Any:
    """Return the content of inputs: plain values, and names of codes, files and other nodes."""
    from aiida.orm import Code, Data, Dict, SinglefileData
    from aiida.orm.nodes.data.base import BaseType

    if isinstance(value, Code):
        return value.full_label
    if isinstance(value, Dict):
        return value.get_dict()
    if isinstance(value, BaseType):
        return value.value
    if isinstance(value, SinglefileData):
        return value.filename
    if isinstance(value, Data):
        return value.base.attributes.get("full_name", str(value))  # that of a PotcarData
    return {name: plain_inputs(entry) for name, entry in value.items() if name != "metadata"}
