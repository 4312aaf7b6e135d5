"""Settings of a selection."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from aiida_matal.science.settings import Settings


class CriterionSettings(Settings):
    """Which criterion ranks the candidates."""

    name: str = Field(description="name of a registered criterion")
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the criterion itself")


class SelectionSettings(Settings):
    """By which criterion, in which features, from which groups and how many candidates are chosen."""

    criterion: CriterionSettings = Field(description="the criterion: name and settings")
    features: list[str] = Field(min_length=1, description="names of the feature columns that the criterion looks at")
    target: str = Field(description="name of the column that is labelled")
    batch_size: int = Field(ge=1, description="the number of candidates to choose (1 or more)")
    one_per: str | None = Field(
        None, description="column of the groups (such as system) of which one candidate each is labelled, or null"
    )
    nearest_to: dict[str, float] | None = Field(
        None, description="columns and values; the candidate of a group nearest to them is labelled for it, or null"
    )

    @field_validator("nearest_to")
    @classmethod
    def _not_empty(cls, nearest_to: dict[str, float] | None) -> dict[str, float] | None:
        if nearest_to == {}:
            raise ValueError("it names no column")
        return nearest_to

    @model_validator(mode="after")
    def _nearest_of_a_group(self) -> Self:
        if self.nearest_to and not self.one_per:
            raise ValueError("nearest_to chooses within groups, and one_per names none")
        return self
