"""The inputs of a process that a command launches: overrides read from a file, and what a dry run shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from aiida_matal.workflows.yaml_files import read_mapping

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder


def read_overrides(path: Path | None) -> dict[str, Any]:
    """Return the overrides that a YAML file holds; none without a file.

    :raises InputError: if it is too large, not readable YAML, or holds no keys.
    """
    if path is None:
        return {}
    return read_mapping("--overrides", path, "Give keys and values, such as `seed: 2`.")


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
