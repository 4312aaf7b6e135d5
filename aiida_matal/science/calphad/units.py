"""Units in which files give enthalpies of mixing, compositions and temperatures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scipy.constants import calorie, zero_Celsius

from aiida_matal.science.mixing.enthalpy import KJ_PER_MOL
from aiida_matal.science.mixing.mixtures import QUANTITY

Convert = Callable[[float], float]

#: To kJ per mole of atoms. Dividing by a power of ten keeps the last digit; multiplying by its inverse would not.
ENERGY: Mapping[str, Convert] = {
    "kJ/mol": lambda value: value,
    "J/mol": lambda value: value / 1000,
    "kcal/mol": lambda value: value * calorie,
    "eV/atom": lambda value: value * KJ_PER_MOL,
    "meV/atom": lambda value: value * KJ_PER_MOL / 1000,
}
TEMPERATURE: Mapping[str, Convert] = {"K": lambda value: value, "degC": lambda value: value + zero_Celsius}
FRACTION: Mapping[str, Convert] = {"1": lambda value: value, "at.%": lambda value: value / 100}

#: The units that each column of numbers may have.
UNITS: Mapping[str, Mapping[str, Convert]] = {
    "x_b": FRACTION,
    QUANTITY: ENERGY,
    f"{QUANTITY}_error": ENERGY,
    "temperature": TEMPERATURE,
}
