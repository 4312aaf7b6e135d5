"""Inputs checked against the ports of a process that another one submits later."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from aiida.engine.processes.ports import PortNamespace
from plumpy.ports import UNSPECIFIED

from aiida_matal.science.errors import InputError


def check_ports(where: str, ports: PortNamespace, inputs: Mapping[str, Any], without: Collection[str] = ()) -> None:
    """Check that the inputs are those that the ports ask for.

    :param where: name of the namespace, for messages.
    :param without: ports that are filled in later.
    :raises InputError: naming the first input that is missing, unknown or of a wrong type.
    """
    for name in inputs:
        if name not in ports and not ports.dynamic:
            cure = f"Inputs: {', '.join(port for port in ports if port not in without)}."
            raise InputError(f"{where}.{name}", inputs[name], "there is no such input", cure)
    for name, port in ports.items():
        error = None if name in without else port.validate(inputs.get(name, UNSPECIFIED))
        if error is not None:
            cure = f"{port.help or 'Give it.'}"
            raise InputError(f"{where}.{name}", inputs.get(name, "(missing)"), error.message, cure)


def check_given(where: str, inputs: Mapping[str, Any], names: Sequence[str], needed_by: str) -> None:
    """Check that inputs are there.

    :param where: name of the namespace, for messages.
    :raises InputError: naming the first that is missing.
    """
    for name in names:
        if name not in inputs:
            raise InputError(f"{where}.{name}", "(missing)", f"{needed_by} needs it", f"Give {where}.{name}.")


def check_whole(field: str, value: Any, smallest: int) -> None:
    """Check that a value is a whole number.

    :raises InputError: if it is another, or smaller than ``smallest``.
    """
    if not isinstance(value, int) or value < smallest:
        reason = f"it is not a whole number from {smallest}"
        raise InputError(field, value, reason, f"Give a whole number, {smallest} or more.")
