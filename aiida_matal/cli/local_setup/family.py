"""Families of potentials: their labels, and whether an equal one is stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from aiida.orm import Group, QueryBuilder

from aiida_matal.science.errors import InputError

GroupT = TypeVar("GroupT", bound=Group)
_CURE = "Give another label with --family LABEL."


def family_label(label: str | None, folder: Path | None) -> str:
    """Return the label of a family: the given one, or else the folder's name.

    :raises InputError: if there is neither.
    """
    found = label or (folder.resolve().name if folder else "")
    if not found:
        raise InputError("--family", label, "files without a folder need a label", "Give one with --family LABEL.")
    return found


def load_family(label: str, group_class: type[GroupT]) -> GroupT | None:
    """Return the family of this label, if there is one.

    :raises InputError: if the label is that of a group of another kind.
    """
    groups = QueryBuilder().append(Group, filters={"label": label}).all(flat=True)
    for group in groups:
        if not isinstance(group, group_class):
            raise InputError("--family", label, f"a {type(group).__name__} has this label", _CURE)
    return groups[0] if groups else None


def check_equal(label: str, stored: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Check that a stored family is what the user wants.

    :param stored: checksums by name.
    :param wanted: checksums by name.
    :raises InputError: naming what differs.
    """
    names = sorted(name for name in {*stored, *wanted} if stored.get(name) != wanted.get(name))
    if names:
        reason = f"this family exists with other content (it differs in {', '.join(names)})"
        raise InputError("--family", label, reason, _CURE)
