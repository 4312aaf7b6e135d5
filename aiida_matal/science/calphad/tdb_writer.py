"""Write the enthalpies of mixing of binary liquids as a TDB database, which Calphad software reads."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from ase.data import atomic_masses, atomic_numbers

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.redlich_kister import RedlichKister

#: The temperature tau of H (1 - T / tau), K.
TAU = 3000.0

_WIDTH = 78
_MAX_LISTED = 20
_NOTE = (
    "Only the enthalpy of mixing of the liquid is given: G(LIQUID,A,B;v) are Redlich-Kister coefficients in J/mol. "
    "GHSER.., the Gibbs energy of an element in its reference state, and GLIQ.., that of its liquid, are placeholders: "
    "put your own unary functions, such as those of SGTE, in their place. H298-H0 and S298 are placeholders too."
)
_HEADER = """\
ELEMENT /-   ELECTRON_GAS  0.0000E+00  0.0000E+00  0.0000E+00 !
ELEMENT VA   VACUUM        0.0000E+00  0.0000E+00  0.0000E+00 !"""
_DEFAULTS = """\
TYPE_DEFINITION % SEQ * !
DEFINE_SYSTEM_DEFAULT ELEMENT 2 !
DEFAULT_COMMAND DEF_SYS_ELEMENT VA /- !"""


def tdb_text(polynomials: Mapping[str, RedlichKister], comments: Sequence[str] = (), tau: float | None = None) -> str:
    """Return a TDB database of the phase LIQUID with these binary systems, in ASCII, lines of at most 80 characters.

    Systems between the elements that are not given mix ideally there, which the comments say.

    :param polynomials: by system, such as ``Al-Cu``, elements in alphabetical order.
    :param comments: paragraphs to begin with, such as where the polynomials come from.
    :param tau: temperature in K of an excess entropy H / tau, so that the excess Gibbs energy is H (1 - T / tau) and
        the enthalpy stays H; None for no excess entropy. 3000 K is usual for metallic liquids (C. H. P. Lupis and J. F.
        Elliott, Trans. Metall. Soc. AIME 236, 130 (1966)). Above tau the law has the wrong sign (G. Kaptay, Metall.
        Mater. Trans. A 43, 531 (2012)).
    :raises InputError: if there are no systems, one is not a pair of elements in order, or tau is not positive.
    """
    if tau is not None and not 0 < tau < float("inf"):
        raise InputError("tau", tau, "it is no temperature", f"Give it in K, such as {TAU:g}, or leave it out.")
    if not polynomials:
        raise InputError("polynomials", [], "there is nothing to write", "Give at least one system.")
    pairs = {system: _elements_of(system) for system in polynomials}
    elements = sorted({symbol for pair in pairs.values() for symbol in pair})
    parameters = [
        line for system, pair in sorted(pairs.items()) for line in _parameters(pair, polynomials[system], tau)
    ]
    notes = [*comments, _NOTE, *_warnings(polynomials, tau)]
    blocks = [
        "\n$\n".join(_comment(text) for text in notes),
        "\n".join([_HEADER, *(_element(symbol) for symbol in elements)]),
        "\n".join(_functions(symbol) for symbol in elements),
        _DEFAULTS,
        _phase(elements),
        "\n".join(_pure(symbol) for symbol in elements),
        "\n".join(parameters),
    ]
    return "\n\n".join(blocks) + "\n"


def missing_systems(systems: Mapping[str, RedlichKister]) -> list[str]:
    """Return the systems between the elements of these systems that are not among them."""
    elements = sorted({symbol for system in systems for symbol in _elements_of(system)})
    return [name for name in map("-".join, combinations(elements, 2)) if name not in systems]


def _elements_of(system: str) -> tuple[str, str]:
    first, _, second = system.partition("-")
    if not first < second or any(atomic_numbers.get(symbol, 0) == 0 for symbol in (first, second)):
        cure = "Name a system by two elements in alphabetical order, such as Al-Cu."
        raise InputError("system", system, "it is not a pair of elements", cure)
    return first, second


def _warnings(polynomials: Mapping[str, RedlichKister], tau: float | None) -> Iterator[str]:
    missing = missing_systems(polynomials)
    if missing:
        listed = f": {', '.join(missing)}" if len(missing) <= _MAX_LISTED else ""
        yield f"{len(missing)} systems between these elements have no parameters and mix ideally here{listed}."
    if tau is not None:
        yield (
            f"The excess entropy is H / tau with tau = {tau:g} K. It is estimated, not assessed, and the excess Gibbs "
            "energy changes sign at tau: do not use it near tau or above."
        )


def _comment(text: str) -> str:
    plain = text.encode("ascii", "replace").decode()
    return textwrap.fill(plain, _WIDTH, initial_indent="$ ", subsequent_indent="$ ")


def _element(symbol: str) -> str:
    mass = atomic_masses[atomic_numbers[symbol]]
    return f"ELEMENT {symbol.upper():<4} BLANK         {mass:.4E}  0.0000E+00  0.0000E+00 !"


def _name(prefix: str, symbol: str) -> str:
    # SGTE doubles the symbols of one letter, so that no name begins another one.
    return f"{prefix}{symbol.upper() if len(symbol) == 2 else 2 * symbol}"


def _functions(symbol: str) -> str:
    reference = _name("GHSER", symbol)
    return f"FUNCTION {reference} 298.15 0; 6000 N !\nFUNCTION {_name('GLIQ', symbol)} 298.15 +{reference}; 6000 N !"


def _phase(elements: Sequence[str]) -> str:
    listed = ", ".join(symbol.upper() for symbol in elements)
    constituents = textwrap.fill(f"CONSTITUENT LIQUID : {listed} : !", _WIDTH, subsequent_indent="  ")
    return f"PHASE LIQUID % 1 1.0 !\n{constituents}"


def _pure(symbol: str) -> str:
    return f"PARAMETER G(LIQUID,{symbol.upper()};0) 298.15 +{_name('GLIQ', symbol)}; 6000 N !"


def _parameters(pair: tuple[str, str], polynomial: RedlichKister, tau: float | None) -> Iterator[str]:
    names = ",".join(symbol.upper() for symbol in pair)
    for power, value in enumerate(polynomial.coefficients):
        entropy = "" if tau is None else f"{-value / tau:+.8f}*T"
        yield f"PARAMETER G(LIQUID,{names};{power}) 298.15 {value:+.4f}{entropy}; 6000 N !"
