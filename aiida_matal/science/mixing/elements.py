"""Properties of the elements.

``elements.csv`` holds the values and ``elements_columns.csv`` the unit, meaning and source of each column. Magpie there
means the element data of Ward et al., npj Comput. Mater. 2, 16028 (2016), in the copy that matminer distributes under
the BSD licence. SGTE means values that follow from the unary database version 5 of the Scientific Group Thermodata
Europe (Dinsdale, Calphad 15, 317 (1991)), whose data for the pure elements may be tabulated freely, at the temperature
where liquid and stable solid have one Gibbs energy; the contribution of magnetism is that of Hillert and Jarl, Calphad
2, 227 (1978).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.constants import N_A

from aiida_matal.science.errors import InputError
from aiida_matal.science.table import Column

Symbols = Sequence[str] | NDArray[np.str_]

_EXPANSION_ON_MELTING = 1.10
_EXPANSION_PER_KELVIN = 1e-4
_CUBIC_ANGSTROM_PER_CUBIC_CM = 1e24


def read_csv(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of this package."""
    return list(csv.DictReader(files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()))


ELEMENT_COLUMNS: dict[str, Column] = {
    row["column"]: Column(row["meaning"], row["unit"]) for row in read_csv("elements_columns.csv")
}


@cache
def _table() -> dict[str, Mapping[str, float]]:
    return {
        row["element"]: MappingProxyType({name: float(row[name]) for name in ELEMENT_COLUMNS})
        for row in read_csv("elements.csv")
    }


def known_elements() -> list[str]:
    """Return the symbols of the elements in the table, by atomic number."""
    return list(_table())


def element(symbol: str) -> Mapping[str, float]:
    """Return the properties of an element by name; units and meanings are in ``ELEMENT_COLUMNS``.

    :raises InputError: if the element is not in the table.
    """
    table = _table()
    if symbol not in table:
        close = get_close_matches(symbol.capitalize(), table, n=1)
        cure = f"Did you mean '{close[0]}'?" if close else f"Known elements: {', '.join(table)}."
        raise InputError("element", symbol, "it is not in the element table", cure)
    return table[symbol]


def element_codes(symbols: Iterable[str]) -> NDArray[np.intp]:
    """Return the place of each element in :func:`known_elements`, shape (n,).

    :raises InputError: if an element is not in the table.
    """
    unique, where = np.unique(np.asarray(list(symbols), dtype=np.str_), return_inverse=True)
    places = {symbol: place for place, symbol in enumerate(_table())}
    for symbol in unique.tolist():
        element(symbol)
    return np.array([places[symbol] for symbol in unique.tolist()], dtype=np.intp)[where]


@cache
def property_matrix() -> NDArray[np.float64]:
    """Return all properties of all elements, rows as in :func:`known_elements`, columns as in ``ELEMENT_COLUMNS``."""
    matrix = np.array([list(properties.values()) for properties in _table().values()])
    matrix.setflags(write=False)
    return matrix


def property_array(symbols: Iterable[str], name: str) -> NDArray[np.float64]:
    """Return one property of many elements, shape (n,), in the unit of ``ELEMENT_COLUMNS[name]``.

    :raises InputError: if an element or the property is not in the table.
    """
    if name not in ELEMENT_COLUMNS:
        cure = f"Known properties: {', '.join(ELEMENT_COLUMNS)}."
        raise InputError("element property", name, "it is not in the element table", cure)
    return property_matrix()[element_codes(symbols), list(ELEMENT_COLUMNS).index(name)]


def liquid_volume_per_atom(symbol: str, temperature: float) -> float:
    """Return a starting guess of the volume of an atom in the liquid, in Angstrom^3.

    That of the solid plus 10 %, and 1e-4 of it for each kelvin above the melting temperature: liquid metals expand by
    0.5e-4 to 2e-4 per kelvin (Iida and Guthrie, The Physical Properties of Liquid Metals, 1988).

    :param temperature: in K.
    :raises InputError: if the element is not in the table.
    """
    properties = element(symbol)
    above_melting = max(0.0, temperature - properties["melting_temperature"])
    expansion = _EXPANSION_ON_MELTING * (1 + _EXPANSION_PER_KELVIN * above_melting)
    return expansion * properties["molar_volume"] * _CUBIC_ANGSTROM_PER_CUBIC_CM / N_A
