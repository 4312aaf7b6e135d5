"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """The outcome of a check.

    :param outcome: ``fail`` if campaigns cannot run, ``warn`` if they may run worse than they could.
    :param cure: what to do, empty if all is well.
    """

    check: str
    outcome: Literal["ok", "warn", "fail"]
    message: str
    cure: str = ""
