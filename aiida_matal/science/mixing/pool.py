"""The pool of candidates: binary liquids at given compositions."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from aiida_matal.science.mixing.binaries import binary_table
from aiida_matal.science.mixing.elements import known_elements, property_array
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Table


class MixingSpace(Settings):
    """The binary liquids that a campaign may choose from."""

    elements: list[str] = Field(min_length=2, description="at least two different elements of the element table")
    including: list[str] | None = Field(
        None, description="elements of which every binary has one at least (no restriction if absent)"
    )
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

    @model_validator(mode="after")
    def _includes_its_elements(self) -> Self:
        if self.including is not None:
            foreign = [symbol for symbol in self.including if symbol not in self.elements]
            if foreign or not self.including:
                raise ValueError(f"including holds {foreign}, of which elements holds none; name some of elements")
        return self

    @field_validator("compositions")
    @classmethod
    def _distinct(cls, compositions: list[float]) -> list[float]:
        if len({f"{x_b:.3f}" for x_b in compositions}) < len(compositions):
            raise ValueError("two compositions agree in the three decimals that name a candidate")
        return compositions


def mixing_pool(space: MixingSpace) -> Table:
    """Return every pair of the elements at every composition, with the columns of
    :func:`~aiida_matal.science.mixing.binaries.binary_table`; of pairs, those that ``space.including`` allows.

    Rows are ordered by system, then composition. Without a temperature in ``space``, that of a system is the higher
    melting temperature of its elements times ``temperature_factor``.
    """
    wanted = set(space.elements if space.including is None else space.including)
    pairs = [pair for pair in combinations(sorted(space.elements), 2) if wanted & set(pair)]
    compositions = sorted(space.compositions)
    element_a, element_b = np.repeat(np.array(pairs), len(compositions), axis=0).T
    x_b = np.tile(compositions, len(pairs))
    if space.temperature is not None:
        return binary_table(element_a, element_b, x_b, space.temperature)
    melting = [property_array(symbols, "melting_temperature") for symbols in (element_a, element_b)]
    return binary_table(element_a, element_b, x_b, np.maximum(*melting) * space.temperature_factor)
