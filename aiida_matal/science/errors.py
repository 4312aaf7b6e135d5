"""The one exception for input that is refused."""

from __future__ import annotations

from typing import Any


class InputError(ValueError):
    """Input refused before anything ran; the message names the field, the value and the cure."""

    def __init__(self, field: str, value: Any, reason: str, cure: str = "") -> None:
        self.field = field
        self.value = value
        self.reason = reason
        self.cure = cure
        message = f"{field}: {_shorten(value)} is refused: {reason.rstrip('.')}."
        super().__init__(f"{message} {cure}".rstrip())


def _shorten(value: Any, limit: int = 120) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
