"""Settings of an ordering: a wave vector, or one fully ordered configuration."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from aiida_matal.science.landscape.crystal import Fractions
from aiida_matal.science.settings import Settings

_Row = tuple[int, int, int]


class VariantSettings(Settings):
    """One fully ordered configuration."""

    cell: tuple[_Row, _Row, _Row] = Field(description="vectors of a supercell, as rows, in lattice vectors")
    occupation: list[Literal[0, 1]] = Field(
        min_length=1, description="0 or 1 for each variable site of the supercell, in the order of its sites"
    )


class OrderingSettings(Settings):
    """The ordering that order parameters are to describe."""

    k_point: Fractions | None = Field(None, description="one wave vector of the ordering, in reciprocal vectors")
    variant: VariantSettings | None = Field(None, description="one fully ordered configuration: cell and occupation")

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.k_point is None) == (self.variant is None):
            raise ValueError("either k_point or variant is needed, and not both")
        return self
