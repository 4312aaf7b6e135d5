"""Settings of a selection."""

from __future__ import annotations

from pydantic import Field

from aiida_matal.science.acquisition.selection import CriterionSettings
from aiida_matal.science.settings import Settings


class SelectionSettings(Settings):
    """By which criterion, in which features and how many candidates are chosen."""

    criterion: CriterionSettings = Field(description="the criterion: name and settings")
    features: list[str] = Field(min_length=1, description="names of the feature columns that the criterion looks at")
    target: str = Field(description="name of the column that is labelled")
    batch_size: int = Field(ge=1, description="the number of candidates to choose (1 or more)")
