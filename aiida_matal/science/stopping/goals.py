"""Rules that stop a campaign when it has reached what it was for."""

from __future__ import annotations

import math

from pydantic import Field

from aiida_matal.science.settings import Settings
from aiida_matal.science.stopping.base import Answer, Progress, StoppingRule


class TargetErrorSettings(Settings):
    """Settings of the rule ``target_error``."""

    error: float = Field(gt=0, description="model error to reach, in the unit of the target")


class TargetError(StoppingRule):
    """Stops when the error of the last model is small enough."""

    Settings = TargetErrorSettings
    is_goal = True
    settings: TargetErrorSettings

    def check(self, progress: Progress) -> Answer:
        """Return whether the last error is at or below the one to reach."""
        return _at_or_below("model error", progress.errors[-1] if progress.errors else None, self.settings.error)


class PlateauSettings(Settings):
    """Settings of the rule ``plateau``."""

    rounds: int = Field(3, ge=1, description="number of trainings over which the error has to stay the same")
    relative_change: float = Field(
        0.02, ge=0, lt=1, description="largest spread of the error, as a fraction of its mean"
    )


class Plateau(StoppingRule):
    """Stops when the model error has not changed over some trainings.

    The last ``rounds`` + 1 errors are compared: the largest less the smallest, divided by their mean.
    """

    Settings = PlateauSettings
    is_goal = True
    settings: PlateauSettings

    def check(self, progress: Progress) -> Answer:
        """Return whether the error is on a plateau."""
        needed = self.settings.rounds + 1
        errors = progress.errors[-needed:]
        if len(errors) < needed or not all(math.isfinite(error) for error in errors):
            return Answer(False, f"the last {needed} model errors are not all known")
        mean = sum(errors) / needed
        spread = (max(errors) - min(errors)) / mean if mean > 0 else 0.0
        limit = self.settings.relative_change
        return Answer(
            spread <= limit, f"the last {needed} model errors spread by {spread:.3g} of their mean, goal {limit:g}"
        )


class LowAcquisitionSettings(Settings):
    """Settings of the rule ``low_acquisition``."""

    score: float = Field(description="score of the best candidate to reach, in the unit of the criterion")


class LowAcquisition(StoppingRule):
    """Stops when even the best candidate promises little."""

    Settings = LowAcquisitionSettings
    is_goal = True
    settings: LowAcquisitionSettings

    def check(self, progress: Progress) -> Answer:
        """Return whether the best score of the last decision is at or below the one to reach."""
        return _at_or_below("best score", progress.top_score, self.settings.score)


class AgreementSettings(Settings):
    """Settings of the rule ``agreement``."""

    error: float = Field(gt=0, description="mean predicted error to reach, in the unit of the target")


class Agreement(StoppingRule):
    """Stops when the model is sure enough about the candidates, on average."""

    Settings = AgreementSettings
    is_goal = True
    settings: AgreementSettings

    def check(self, progress: Progress) -> Answer:
        """Return whether the mean predicted error is at or below the one to reach."""
        return _at_or_below("mean predicted error", progress.disagreement, self.settings.error)


def _at_or_below(quantity: str, value: float | None, goal: float) -> Answer:
    if value is None or not math.isfinite(value):
        return Answer(False, f"the {quantity} is not known")
    return Answer(value <= goal, f"the {quantity} is {value:.4g}, goal {goal:g}")
