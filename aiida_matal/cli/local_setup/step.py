"""What the setup did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SetupStep:
    """What was done about one thing.

    :param outcome: ``missing`` if it could not be made; ``detail`` then says how to get it.
    """

    name: str
    outcome: Literal["found", "made", "changed", "missing"]
    detail: str

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome} ({self.detail})"
