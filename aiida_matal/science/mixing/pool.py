"""The pool of candidates: binary liquids at given compositions."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated

import numpy as np
from pydantic import Field, field_validator

from aiida_matal.science.mixing.elements import known_elements, property_array
from aiida_matal.science.mixing.features import binary_features
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Column, Table


class MixingSpace(Settings):
    """The binary liquids that a campaign may choose from."""

    elements: list[str] = Field(min_length=2, description="at least two different elements of the element table")
    compositions: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        min_length=1, description="the mole fractions of the second element in alphabetical order, between 0 and 1"
    )
    temperature: float | None = Field(None, gt=0, description="the temperature of all liquids in K, or null")
    temperature_factor: float = Field(
        1.02, ge=1, description="the temperature over the higher melting temperature, used where temperature is null"
    )

    @field_validator("elements")
    @classmethod
    def _known_and_distinct(cls, elements: list[str]) -> list[str]:
        unknown = [symbol for symbol in elements if symbol not in known_elements()]
        if unknown:
            raise ValueError(f"it holds {unknown[0]!r}, which is not in the element table")
        if len(set(elements)) < len(elements):
            raise ValueError("an element repeats")
        return elements

    @field_validator("compositions")
    @classmethod
    def _distinct(cls, compositions: list[float]) -> list[float]:
        if len({f"{x_b:.3f}" for x_b in compositions}) < len(compositions):
            raise ValueError("two compositions agree in the three decimals that name a candidate")
        return compositions


_COLUMNS = {
    "id": Column("binary system and mole fraction of the second element"),
    "system": Column("the two elements in alphabetical order"),
    "element_a": Column("first element"),
    "element_b": Column("second element"),
    "x_b": Column("mole fraction of the second element", "1"),
    "temperature": Column("temperature of the liquid", "K"),
}


def mixing_pool(space: MixingSpace) -> Table:
    """Return every pair of the elements at every composition, with temperature and element features.

    Rows are ordered by system, then composition. Without a temperature in ``space``, that of a system is the higher
    melting temperature of its elements times ``temperature_factor``.
    """
    pairs = list(combinations(sorted(space.elements), 2))
    compositions = sorted(space.compositions)
    element_a, element_b = np.repeat(np.array(pairs), len(compositions), axis=0).T
    x_b = np.tile(compositions, len(pairs))
    if space.temperature is None:
        melting = [property_array(symbols, "melting_temperature") for symbols in (element_a, element_b)]
        temperature = np.maximum(*melting) * space.temperature_factor
    else:
        temperature = np.full(len(x_b), space.temperature)
    system = np.array([f"{a}-{b}" for a, b in zip(element_a, element_b, strict=True)])
    identifier = np.array([f"{name}_x{x:.3f}" for name, x in zip(system, x_b, strict=True)])
    base = dict(zip(_COLUMNS, (identifier, system, element_a, element_b, x_b, temperature), strict=True))
    features, described = binary_features(element_a, element_b, x_b)
    return Table({**base, **dict(zip(described, features.T, strict=True))}, {**_COLUMNS, **described})
