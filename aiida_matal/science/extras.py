"""Optional libraries, which extras of the package install."""

from __future__ import annotations

from importlib.util import find_spec

from aiida_matal.science.errors import InputError


def require(module: str, extra: str, needed_by: str) -> None:
    """Refuse to go on without an optional library.

    :param module: the name under which it is imported.
    :param extra: the extra of this package that installs it.
    :param needed_by: what needs it, as the message names it.
    :raises InputError: if it is not installed.
    """
    if find_spec(module) is None:
        cure = f"Install it where matal-task runs: pip install 'aiida-matal[{extra}]'."
        raise InputError(needed_by, module, "the library is not installed", cure)
