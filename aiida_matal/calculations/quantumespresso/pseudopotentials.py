"""Pseudopotentials in the UPF format: what of their headers matters to a run, and whether they go together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiida_pseudo.data.pseudo.upf import UpfData

from aiida_matal.science.errors import InputError

#: Other spellings of functionals, which pw.x takes for the same.
_SAME = {
    "LDA": "SLA PZ NOGX NOGC",
    "PZ": "SLA PZ NOGX NOGC",
    "SLA PZ": "SLA PZ NOGX NOGC",
    "PBE": "SLA PW PBX PBC",
    "SLA PW PBE PBE": "SLA PW PBX PBC",
    "PBESOL": "SLA PW PSX PSC",
}
_FUNCTIONAL = (r'\bfunctional\s*=\s*"([^"]*)"', r"^\s*(\S.*?)\s+Exchange-Correlation functional")
_NORM_CONSERVING = r'\bpseudo_type\s*=\s*"\s*NC\s*"|^\s*NC\s+Norm\s*-\s*Conserving'


@dataclass(frozen=True)
class PseudoHeader:
    """What the header of a UPF file says.

    :ivar functional: exchange-correlation functional, in one spelling; empty if it is not said.
    :ivar norm_conserving: whether it is norm-conserving, neither ultrasoft nor PAW.
    """

    functional: str
    norm_conserving: bool


def read_header(text: str) -> PseudoHeader:
    """Return what the header of a UPF file, version 1 or 2, says."""
    found = (re.search(pattern, text, re.MULTILINE) for pattern in _FUNCTIONAL)
    # The first version of the format gives four names and one for all of them.
    functional = next((" ".join(match[1].upper().split()[:4]) for match in found if match), "")
    return PseudoHeader(
        functional=_SAME.get(functional, functional),
        norm_conserving=re.search(_NORM_CONSERVING, text, re.MULTILINE) is not None,
    )


def check_pseudos(pseudos: Mapping[str, UpfData], symbols: Sequence[str], *, one_functional: bool = True) -> None:
    """Check that each element has its pseudopotential.

    :param pseudos: by element; others than those of ``symbols`` are not looked at.
    :param one_functional: whether all must be made with the same functional.
    :raises InputError: naming the first element that has none, another element's, or one of another functional.
    """
    first: tuple[str, str] | None = None
    for symbol in sorted(set(symbols)):
        field = f"engine.pseudos.{symbol}"
        if symbol not in pseudos:
            reason = "the element has no pseudopotential"
            raise InputError(field, "(missing)", reason, f"Give one; there are those of {', '.join(sorted(pseudos))}.")
        if pseudos[symbol].element != symbol:
            reason = f"it is a pseudopotential of {pseudos[symbol].element}"
            raise InputError(field, pseudos[symbol].filename, reason, f"Give one of {symbol}.")
        functional = read_header(pseudos[symbol].get_content()).functional
        if first is None:
            first = (symbol, functional)
        elif one_functional and functional != first[1]:
            reason = f"its functional is {functional}, but that of {first[0]} is {first[1]}"
            raise InputError(field, pseudos[symbol].filename, reason, "Take all from one family.")


def count_electrons(pseudos: Mapping[str, UpfData], symbols: Sequence[str]) -> int:
    """Return the number of valence electrons of the atoms."""
    return sum(pseudos[symbol].z_valence for symbol in symbols)


def all_norm_conserving(pseudos: Mapping[str, UpfData]) -> bool:
    """Return whether all pseudopotentials are norm-conserving."""
    return all(read_header(pseudo.get_content()).norm_conserving for pseudo in pseudos.values())
