"""Settings of a round of sampling: which criteria propose points, and which of the points are taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.sampling.base import SamplingCriterion
from aiida_matal.science.landscape.sampling.novelty import NoveltySettings
from aiida_matal.science.landscape.sampling.reweighting import ReweightingSettings
from aiida_matal.science.registry import SAMPLING_CRITERIA, load_class
from aiida_matal.science.settings import Settings


class SamplingSettings(Settings):
    """Which criteria propose points, whether novelty thins them out and whether the criteria are reweighted."""

    criteria: dict[str, dict[str, Any]] = Field(
        min_length=1, description="names of sampling criteria, with the settings of each"
    )
    novelty: NoveltySettings | None = Field(None, description="how novel a point has to be, or null for any point")
    reweighting: ReweightingSettings | None = Field(
        None, description="how the criteria are reweighted, or null for fixed numbers of points"
    )
    explored_points: int = Field(
        1_000_000, ge=1, description="the number of points at which criteria look for the best ones (1 or more)"
    )

    @classmethod
    def parse(cls, values: Mapping[str, Any], where: str) -> Self:
        """Return the settings that ``values`` describe; those of the criteria are checked too.

        :param where: name of the input that holds ``values``; error messages begin with it.
        :raises InputError: for the first key that is unknown or whose value is refused.
        """
        settings = super().parse(values, where)
        settings.load_criteria(where)
        return settings

    def load_criteria(self, where: str = "settings") -> dict[str, SamplingCriterion]:
        """Return the criteria by name, sorted.

        :param where: name of these settings in error messages.
        :raises InputError: if a criterion is not registered, or its settings are refused.
        """
        criteria = {}
        for name in sorted(self.criteria):
            try:
                criterion_class = load_class(SAMPLING_CRITERIA, name)
            except InputError as error:
                raise InputError(f"{where}.criteria", name, error.reason, error.cure) from None
            criteria[name] = criterion_class(self.criteria[name], f"{where}.criteria.{name}")
        return criteria
