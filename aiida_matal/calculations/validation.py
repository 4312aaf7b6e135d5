"""Validators of process inputs, made from checks that raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiida_matal.science.errors import InputError

Validator = Callable[[Any, Any], str | None]


def validator(check: Callable[[Mapping[str, Any]], object], *needed: str, base: Validator | None = None) -> Validator:
    """Return a validator that refuses the inputs for which ``check`` raises an InputError, with its message.

    :param needed: ports without which nothing is checked: where a process exposes only some ports of another.
    :param base: the validator that the namespace had before, which comes first.
    """

    def validate(inputs: Any, ports: Any) -> str | None:
        if base is not None and (message := base(inputs, ports)):
            return str(message)
        if not set(needed) <= set(ports):
            return None
        try:
            check(inputs)
        except InputError as error:
            return str(error)
        return None

    return validate
