"""Embedded-atom potentials of LAMMPS: what may be given, and whether the files are what the settings say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from ase.data import atomic_numbers
from pydantic import AfterValidator, Field, model_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings

#: Lines at the top of a potential file that hold everything the checks look at.
HEADER_LINES = 4


def _plain_filename(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.+-]+", name) or set(name) <= {"."}:
        raise ValueError("a file name may hold letters, digits and _ . + - only")
    return name


Filename = Annotated[str, AfterValidator(_plain_filename)]


class LammpsPotential(Settings):
    """An embedded-atom potential: one file an element (``eam``) or one file for all (``eam/alloy``, ``eam/fs``)."""

    pair_style: Literal["eam", "eam/alloy", "eam/fs"] = Field(
        description="the LAMMPS pair style: 'eam', 'eam/alloy' or 'eam/fs'"
    )
    files: dict[str, Filename] = Field(default={}, description="the file name of each element, for 'eam'")
    file: Filename | None = Field(default=None, description="the name of the one file, for 'eam/alloy' and 'eam/fs'")

    @model_validator(mode="after")
    def _files_fit_style(self) -> Self:
        if self.pair_style == "eam" and (self.file is not None or not self.files):
            raise ValueError("pair style 'eam' takes 'files', {element: file name}, and no 'file'")
        if self.pair_style != "eam" and (self.file is None or self.files):
            raise ValueError(f"pair style '{self.pair_style}' takes 'file', one file name, and no 'files'")
        return self

    def filenames(self, symbols: Sequence[str]) -> list[str]:
        """Return the names of the files that these elements need, without repeats.

        :raises InputError: if an element has no file.
        """
        if self.file is not None:
            return [self.file]
        for symbol in symbols:
            if symbol not in self.files:
                reason = f"element {symbol} has no file"
                raise InputError("potential.files", self.files, reason, f"Add an entry for '{symbol}'.")
        return list(dict.fromkeys(self.files[symbol] for symbol in symbols))

    def commands(self, symbols: Sequence[str], folder: str) -> list[str]:
        """Return the LAMMPS commands for atom types 1 .. len(symbols) with the files in ``folder``.

        Pairs of different elements of ``eam`` follow from the two elements' files and need no command.
        """
        if self.file is not None:
            pairs = [f"pair_coeff * * {folder}/{self.file} {' '.join(symbols)}"]
        else:
            pairs = [f"pair_coeff {i} {i} {folder}/{self.files[symbol]}" for i, symbol in enumerate(symbols, start=1)]
        return [f"pair_style {self.pair_style}", *pairs]


def check_potential(values: Mapping[str, Any], headers: Mapping[str, str], symbols: Sequence[str]) -> LammpsPotential:
    """Return the potential if it covers the elements and the files agree with it.

    :param values: the settings of :class:`LammpsPotential`.
    :param headers: the first ``HEADER_LINES`` lines of each file, by file name.
    :param symbols: the elements of the structure.
    :raises InputError: if an element is not covered, a file is missing or not needed, or a header contradicts.
    """
    potential = LammpsPotential.parse(values, where="potential")
    needed = potential.filenames(symbols)
    if missing := sorted(set(needed) - set(headers)):
        cure = "Pass SinglefileData nodes with these file names."
        raise InputError("potential files", sorted(headers), f"{', '.join(missing)} is missing", cure)
    if unneeded := sorted(set(headers) - set(needed)):
        reason = f"{', '.join(unneeded)} is not needed for {', '.join(symbols)}"
        raise InputError("potential files", sorted(headers), reason, "Leave it out.")
    for symbol in symbols:
        name = potential.file or potential.files[symbol]
        if potential.pair_style == "eam":
            _check_funcfl(name, headers[name], symbol)
        else:
            _check_setfl(name, headers[name], symbol)
    return potential


def _check_funcfl(name: str, header: str, symbol: str) -> None:
    found = _fields(header, line=2)[:1]
    if found != [str(atomic_numbers.get(symbol))]:
        reason = f"the second line of an 'eam' file of {symbol} begins with {atomic_numbers.get(symbol)}"
        value = " ".join(found)
        raise InputError(
            f"potential file {name}", value, f"{reason}, not with this", f"Give a funcfl file of {symbol}."
        )


def _check_setfl(name: str, header: str, symbol: str) -> None:
    count, *elements = _fields(header, line=4) or [""]
    if not count.isdigit() or int(count) != len(elements):
        reason = "the fourth line must hold the number of elements and their symbols"
        raise InputError(f"potential file {name}", " ".join([count, *elements]), reason, "Give a setfl file.")
    if symbol not in elements:
        reason = f"its fourth line does not name {symbol}"
        raise InputError(f"potential file {name}", elements, reason, f"Give a file that holds {symbol}.")


def _fields(header: str, line: int) -> list[str]:
    lines = header.splitlines()
    return lines[line - 1].split() if len(lines) >= line else []
