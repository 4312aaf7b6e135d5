"""What the conformance suites share: requirements that raise AssertionError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiida_matal.science.errors import InputError

UNKNOWN_SETTING = {"a_setting_that_does_not_exist": 1}


def require(condition: bool, message: str) -> None:
    """Raise an AssertionError with ``message`` unless ``condition`` holds."""
    if not condition:
        raise AssertionError(message)


def require_refused(action: Callable[[], object], message: str) -> None:
    """Raise an AssertionError with ``message`` unless ``action`` raises InputError."""
    try:
        action()
    except InputError:
        return
    except Exception as exception:
        raise AssertionError(f"{message}: {type(exception).__name__} instead of InputError") from exception
    raise AssertionError(message)


def require_settings(cls: Callable[[Mapping[str, Any]], object], settings: Mapping[str, Any], name: str) -> None:
    """Require that ``settings`` are accepted and that an unknown key beside them is refused."""
    cls(settings)
    require_refused(lambda: cls({**settings, **UNKNOWN_SETTING}), f"{name} accepts an unknown setting")
