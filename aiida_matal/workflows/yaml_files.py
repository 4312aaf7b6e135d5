"""YAML files of users."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from aiida_matal.science.errors import InputError

MAX_BYTES = 1_000_000


def read_mapping(field: str, path: Path, cure: str) -> dict[str, Any]:
    """Return the keys and values that a YAML file holds.

    :param field: the input that names the file, for the error message.
    :raises InputError: if it is larger than 1 MB, no readable YAML, or holds no keys.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(field, str(path), "it is larger than 1 MB", cure)
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exception:
        reason = f"it cannot be read as YAML ({' '.join(str(exception).split())})"
        raise InputError(field, str(path), reason, cure) from None
    if not isinstance(values, dict):
        raise InputError(field, str(path), "it holds no keys", cure)
    return values
