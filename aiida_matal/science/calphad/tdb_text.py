"""Thermodynamic databases as pycalphad reads them."""

from __future__ import annotations

import warnings
from importlib.resources import files
from typing import TYPE_CHECKING

from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from pycalphad import Database

COST507 = "COST507.tdb"
_COMMENT = "$"


def cost507() -> bytes:
    """Return the COST 507 database of light alloys, which pycalphad carries.

    :raises InputError: if pycalphad is not installed, or carries it no longer.
    """
    _require_pycalphad()
    path = files("pycalphad") / "tests" / "databases" / COST507
    if not path.is_file():
        raise InputError("tdb", COST507, "this version of pycalphad does not carry it", "Give the path of a TDB file.")
    return path.read_bytes()


def read_database(content: bytes) -> Database:
    """Return a database parsed by pycalphad.

    pycalphad lets numbers, names and arithmetic through, and its expressions are parsed by SymEngine: no text of a file
    is run as Python.

    :raises InputError: if pycalphad is not installed, or the file is no TDB file.
    """
    _require_pycalphad()
    from pycalphad import Database

    text = _without_comments(content)
    try:
        with warnings.catch_warnings():
            # They are about solid phases for the greater part.
            warnings.simplefilter("ignore")
            return Database.from_string(text, fmt="tdb")
    # The parser lets any error of its parts through.
    except Exception as error:
        reason = f"pycalphad cannot read it: {' '.join(str(error).split())[:200]}"
        where = f"line {error.lineno}" if hasattr(error, "lineno") else "tdb"
        raise InputError(where, type(error).__name__, reason, "Correct the TDB file.") from None


def _without_comments(content: bytes) -> str:
    text = content.decode("utf-8", errors="surrogateescape").replace("\r\n", "\n")
    lines = [line.partition(_COMMENT)[0] for line in text.split("\n")]
    for number, line in enumerate(lines, start=1):
        if not line.isascii():
            shown = line.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")
            raise InputError(f"line {number}", shown, "a TDB command is plain ASCII", "Save the file as ASCII text.")
    return "\n".join(lines)


def _require_pycalphad() -> None:
    try:
        import pycalphad  # noqa: F401
    except ImportError:
        cure = "Install it: pip install aiida-matal[calphad]."
        raise InputError("format", "tdb", "TDB files are read by pycalphad, which is not installed", cure) from None
