"""Labels from the liquid of a thermodynamic database."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from aiida_matal.science.calphad.points import Point, Reading, Refusal, check_point
from aiida_matal.science.calphad.tdb_text import read_database
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import element
from aiida_matal.science.mixing.mixtures import QUANTITY
from aiida_matal.science.settings import Settings

if TYPE_CHECKING:
    from pycalphad import Database

ABOVE_MELTING = 50.0
#: Hotter than this, assessments are not meant to be used (K).
MAX_TEMPERATURE = 3900.0
_LIQUIDS = ("LIQUID", "L", "LIQ")
_PRESSURE = 101325.0
Pair = tuple[str, str]


class TdbSettings(Settings):
    """What to evaluate of a thermodynamic database."""

    phase: str = Field("LIQUID", min_length=1, description="the name of the liquid phase")
    elements: list[str] | None = Field(None, min_length=2, description="two or more elements, or null for all")
    compositions: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        default_factory=lambda: [round(0.05 * step, 2) for step in range(1, 20)],
        min_length=1,
        description="the mole fractions of the second element in alphabetical order, between 0 and 1",
    )
    temperature: float | None = Field(None, gt=0, description="the temperature of all liquids in K, or null")

    @field_validator("elements")
    @classmethod
    def _known(cls, elements: list[str] | None) -> list[str] | None:
        for symbol in elements or ():
            element(symbol)
        return elements


@dataclass(frozen=True)
class _Liquid:
    """The liquid phase of a database.

    :param parameters: the interaction parameters of each pair of its elements, named as in the database.
    """

    database: Database
    name: str
    parameters: Mapping[Pair, Sequence[Any]]


def read_tdb(content: bytes, settings: TdbSettings) -> Reading:
    """Return the enthalpy of mixing of the liquid of a database, at each composition of its binary systems.

    The values are HM_MIX of pycalphad, from the pure liquids, at the temperature of the settings or at the higher
    melting temperature of the two elements plus 50 K, at most 3900 K. Systems for which the liquid has no interaction
    parameter are not assessed, and are not in the result. Systems that cannot be evaluated are left out with a reason.

    :raises InputError: if pycalphad is not installed, the file is no TDB file, or it has no liquid that mixes atoms.
    """
    liquid = _liquid(read_database(content), settings.phase)
    wanted = _wanted(liquid, settings.elements)
    points: list[Point] = []
    left_out = []
    for pair in sorted(liquid.parameters):
        if not set(pair) <= wanted:
            continue
        try:
            points += _points(liquid, pair, settings)
        except InputError as error:
            left_out.append(Refusal.of(f"system {'-'.join(_symbols(pair))}", error))
    return Reading(points, left_out=left_out, notes=_not_assessed(liquid, wanted))


def _liquid(database: Database, wanted: str) -> _Liquid:
    name = _phase_name(database, wanted.upper().partition(":")[0])
    phase = database.phases[name]
    if len(phase.constituents) != 1:
        reason = f"it has {len(phase.constituents)} sublattices, as ionic liquids have"
        raise InputError("phase", name, reason, "Give a database whose liquid mixes atoms on one sublattice.")
    return _Liquid(database, name, _interactions(database, name))


def _phase_name(database: Database, wanted: str) -> str:
    names = [wanted] if wanted not in _LIQUIDS else [wanted, *_LIQUIDS]
    for name in names:
        if name in database.phases:
            return name
    cure = f"Its phases: {', '.join(sorted(database.phases)[:40]) or 'none'}. Name its liquid: --phase NAME."
    raise InputError("phase", wanted, "the database has no such phase", cure)


def _interactions(database: Database, phase: str) -> dict[Pair, list[Any]]:
    from tinydb import where

    found: dict[Pair, list[Any]] = {}
    for parameter in database.search((where("phase_name") == phase) & where("parameter_type").one_of(["G", "L"])):
        (species,) = parameter["constituent_array"]
        elements = {name for one in species for name in one.constituents} - {"VA"}
        if len(elements) == 2:
            first, second = sorted(elements)
            found.setdefault((first, second), []).append(parameter["parameter"])
    return found


def _points(liquid: _Liquid, pair: Pair, settings: TdbSettings) -> list[Point]:
    symbols = _symbols(pair)
    first = Point(f"system {'-'.join(symbols)}", *symbols, x_b=0.5, value=0.0)
    check_point(first)
    temperature = settings.temperature or _default_temperature(symbols)
    _refuse_molecules(liquid, pair)
    _refuse_undefined(liquid, pair, temperature)
    source = f"phase {liquid.name} at {temperature:.6g} K"
    values = _evaluate(liquid, pair, settings.compositions, temperature)
    return [
        check_point(replace(first, x_b=x_b, value=value, temperature=temperature, source=source))
        for x_b, value in zip(settings.compositions, values.tolist(), strict=True)
    ]


def _default_temperature(symbols: Pair) -> float:
    melting = max(element(symbol)["melting_temperature"] for symbol in symbols)
    return min(melting + ABOVE_MELTING, MAX_TEMPERATURE)


def _refuse_molecules(liquid: _Liquid, pair: Pair) -> None:
    (constituents,) = liquid.database.phases[liquid.name].constituents
    own = [one for one in constituents if one.constituents and set(one.constituents) <= set(pair)]
    odd = sorted(one.name for one in own if sum(one.constituents.values()) != 1 or one.charge)
    if odd:
        cure = "Such liquids need an equilibrium calculation."
        raise InputError("phase", liquid.name, f"it has the associates or ions {', '.join(odd)}", cure)


def _refuse_undefined(liquid: _Liquid, pair: Pair, temperature: float) -> None:
    # pycalphad takes a parameter for 0 outside its range of temperatures.
    if not all(_is_defined(liquid.database, expression, temperature) for expression in liquid.parameters[pair]):
        reason = "an interaction parameter is not defined at this temperature"
        raise InputError("temperature", f"{temperature:.6g} K", reason, "Give another: --temperature KELVIN.")


def _is_defined(database: Database, expression: Any, temperature: float) -> bool:
    from pycalphad import variables
    from symengine import Piecewise

    if isinstance(expression, Piecewise):
        # Pairs of expression and condition; the last one is 0 everywhere else.
        cases = list(zip(expression.args[::2], expression.args[1::2], strict=True))[:-1]
        holds = [case for case, condition in cases if bool(condition.subs({variables.T: temperature}))]
        return bool(holds) and _is_defined(database, holds[0], temperature)
    names = (str(symbol) for symbol in expression.free_symbols)
    return all(_is_defined(database, database.symbols[name], temperature) for name in names if name in database.symbols)


def _evaluate(liquid: _Liquid, pair: Pair, compositions: Sequence[float], temperature: float) -> NDArray[np.float64]:
    from pycalphad import calculate

    x_b = np.asarray(compositions)
    settings = {"T": temperature, "P": _PRESSURE, "N": 1, "output": "HM_MIX"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            points = np.column_stack([1 - x_b, x_b])
            result = calculate(liquid.database, list(pair), liquid.name, points=points, **settings)
    # pycalphad lets any error of its model through.
    except Exception as error:
        reason = f"pycalphad cannot evaluate it: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise InputError(QUANTITY, liquid.name, reason, "Check the parameters of the system.") from None
    return np.asarray(result["HM_MIX"].values, dtype=np.float64).ravel() / 1000


def _wanted(liquid: _Liquid, symbols: Sequence[str] | None) -> set[str]:
    (constituents,) = liquid.database.phases[liquid.name].constituents
    known = {name for one in constituents for name in one.constituents} - {"VA"}
    wanted = known if symbols is None else {symbol.upper() for symbol in symbols}
    if not wanted <= known:
        cure = f"It has: {', '.join(name.capitalize() for name in sorted(known))}."
        raise InputError("elements", sorted(wanted - known), f"{liquid.name} has no such elements", cure)
    return wanted


def _not_assessed(liquid: _Liquid, wanted: set[str]) -> list[str]:
    pairs = set(combinations(sorted(wanted), 2))
    missing = len(pairs - set(liquid.parameters))
    return [f"{missing} of {len(pairs)} systems have no interaction parameter in {liquid.name}"] if missing else []


def _symbols(pair: Pair) -> Pair:
    first, second = (name.capitalize() for name in pair)
    return first, second
