"""The AiiDA profile and its nodes, with errors that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from aiida.manage.configuration.profile import Profile

#: Key under which the main command keeps the name of the profile to use.
PROFILE = "aiida_matal.profile"


def load_profile() -> Profile:
    """Load the profile that ``-p`` names, or the default one, and connect to its storage.

    :raises click.ClickException: if there is none, or its storage cannot be reached.
    """
    from aiida.common import exceptions
    from aiida.manage import get_manager

    context = click.get_current_context(silent=True)
    name = context.meta.get(PROFILE) if context else None
    try:
        profile = get_manager().load_profile(name)
    except (exceptions.MissingConfigurationError, exceptions.ProfileConfigurationError):
        missing = f"There is no AiiDA profile {name!r}" if name else "There is no AiiDA profile yet"
        cure = "Make one with `verdi presto --use-zeromq`, or run `aiida-matal quickstart`."
        raise click.ClickException(f"{missing}. {cure}") from None
    try:
        get_manager().get_profile_storage()
    except (exceptions.AiidaException, OSError) as exception:
        cure = "Run `aiida-matal doctor`."
        raise click.ClickException(
            f"The storage of profile {profile.name!r} does not open: {exception}. {cure}"
        ) from None
    return profile


def load_checked(identifier: str, node_class: type[Any], what: str) -> Any:
    """Return the node with this pk or uuid.

    :param what: what it should be, in words.
    :raises InputError: if there is no such node, or it is of another class.
    """
    from aiida.common.exceptions import NotExistent
    from aiida.orm import load_node

    from aiida_matal.science.errors import InputError

    try:
        node = load_node(identifier)
    except (NotExistent, ValueError):
        raise InputError("node", identifier, "there is no such node in this profile", f"Give a {what}.") from None
    if not isinstance(node, node_class):
        raise InputError("node", identifier, f"it is a {type(node).__name__}", f"Give a {what}.")
    return node
