"""Options of the jobs of an engine, checked before anything is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from aiida.engine import CalcJob

from aiida_matal.science.errors import InputError

#: Options that our calculations set themselves.
_OWN_OPTIONS = {"input_filename", "output_filename", "parser_name"}


def check_options(calculation: type[CalcJob], options: Mapping[str, Any]) -> None:
    """Check the options of a job.

    :raises InputError: naming the first that is unknown or of a wrong type.
    """
    ports = calculation.spec().inputs["metadata"]["options"]
    known = set(ports) - _OWN_OPTIONS
    for name, value in options.items():
        if name not in known:
            close = get_close_matches(name, known, n=1)
            cure = f"Did you mean '{close[0]}'?" if close else f"Known keys: {', '.join(sorted(known))}."
            raise InputError(f"engine.options.{name}", value, "the key is unknown", cure)
        if error := ports[name].validate(value):
            raise InputError(f"engine.options.{name}", value, error.message, "Give a value of that type.")
