"""Codes of the profile."""

from __future__ import annotations

from aiida.common.exceptions import NotExistent
from aiida.orm import AbstractCode, load_code

from aiida_matal.science.errors import InputError


def load_existing_code(field: str, label: str) -> AbstractCode:
    """Return the code of this label.

    :param field: the input that names the code, for the error message.
    :raises InputError: if the profile has no such code.
    """
    try:
        return load_code(label)
    except NotExistent:
        cure = "Make it with `aiida-matal setup` or `verdi code create`; `verdi code list` shows all."
        raise InputError(field, label, "the profile has no such code", cure) from None
