"""Rules that stop a campaign when something has run out."""

from __future__ import annotations

import math

from pydantic import Field

from aiida_matal.science.settings import Settings
from aiida_matal.science.stopping.base import Answer, Progress, StoppingRule


class MaxRoundsSettings(Settings):
    """Settings of the rule ``max_rounds``."""

    rounds: int = Field(gt=0, description="largest number of rounds")


class MaxRounds(StoppingRule):
    """Stops when a number of rounds has finished."""

    Settings = MaxRoundsSettings
    is_goal = False
    settings: MaxRoundsSettings

    def check(self, progress: Progress) -> Answer:
        """Return whether the rounds are used up."""
        limit = self.settings.rounds
        return Answer(progress.round >= limit, f"{progress.round} of at most {limit} rounds finished")


class MaxLabelsSettings(Settings):
    """Settings of the rule ``max_labels``."""

    labels: int = Field(gt=0, description="largest number of labels")


class MaxLabels(StoppingRule):
    """Stops when a number of candidates has been labelled; failed ones do not count."""

    Settings = MaxLabelsSettings
    is_goal = False
    settings: MaxLabelsSettings

    def check(self, progress: Progress) -> Answer:
        """Return whether the labels are used up."""
        limit = self.settings.labels
        return Answer(progress.n_labels >= limit, f"{progress.n_labels} of at most {limit} labels made")


class MaxCoreHoursSettings(Settings):
    """Settings of the rule ``max_core_hours``."""

    core_hours: float = Field(gt=0, description="largest cost of all labels in core-hours")


class MaxCoreHours(StoppingRule):
    """Stops when the labels have cost a number of core-hours, failed ones included."""

    Settings = MaxCoreHoursSettings
    is_goal = False
    settings: MaxCoreHoursSettings

    def check(self, progress: Progress) -> Answer:
        """Return whether the core-hours are used up."""
        limit = self.settings.core_hours
        used = progress.core_hours
        return Answer(used >= limit, f"{used:.4g} of at most {limit:g} core-hours used")


class PoolExhaustedSettings(Settings):
    """The rule ``pool_exhausted`` has no settings."""


class PoolExhausted(StoppingRule):
    """Stops when no candidate is left."""

    Settings = PoolExhaustedSettings
    is_goal = False

    def check(self, progress: Progress) -> Answer:
        """Return whether the pool is empty."""
        left = progress.n_candidates_left
        if math.isinf(left):
            return Answer(False, "each round makes candidates of its own")
        return Answer(left <= 0, f"{left} candidates left")
