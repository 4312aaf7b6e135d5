"""Validated settings: typed, documented, with every unknown key refused."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from aiida_matal.science.errors import InputError


class Settings(BaseModel):
    """Base of all settings. Values that cannot be stored or compared (NaN, infinity) are refused too."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def parse(cls, values: Mapping[str, Any], where: str) -> Self:
        """Return the settings that ``values`` describe.

        :param where: name of the input that holds ``values``; error messages begin with it.
        :raises InputError: for the first key that is unknown or whose value is refused.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as exception:
            # A misspelt key comes before the missing one that it was meant to be.
            errors = sorted(exception.errors(), key=lambda error: error["type"] != "extra_forbidden")
            raise _first_error(cls, errors[0], where) from None

    def as_dict(self) -> dict[str, Any]:
        """Return plain, JSON-serialisable values."""
        return self.model_dump(mode="json")


def _first_error(cls: type[Settings], error: ErrorDetails, where: str) -> InputError:
    path = [str(part) for part in error["loc"]]
    field = ".".join([where, *path])
    if error["type"] == "extra_forbidden":
        known = sorted(cls.model_fields) if len(path) == 1 else []
        close = get_close_matches(path[-1], known, n=1)
        cure = f"Did you mean '{close[0]}'?" if close else f"Known keys: {', '.join(known)}." if known else "Remove it."
        return InputError(field, error["input"], "the key is unknown", cure)
    description = cls.model_fields[path[0]].description if path and path[0] in cls.model_fields else None
    cure = f"Give {description}." if description else ""
    value = "(missing)" if error["type"] == "missing" else error["input"]
    reason = error["msg"].removeprefix("Value error, ")
    return InputError(field, value, reason[0].lower() + reason[1:], cure)
