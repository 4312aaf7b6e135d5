"""The base of all command groups: commands loaded when needed, refused input told in one line."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

from aiida_matal.science.errors import InputError


class LazyCommand(NamedTuple):
    """Where a command lives (``module:object``), and what it does in a few words."""

    target: str
    help: str


class RefusedInput(click.ClickException):
    """Input that was refused, shown as one line; the exit status is 2."""

    exit_code = 2


class LazyGroup(click.Group):
    """A group that imports a command only to run it, or to show its own help.

    An :class:`InputError` anywhere below becomes :class:`RefusedInput`.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, LazyCommand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order in which they are used."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now if need be."""
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.lazy[cmd_name].target.partition(":")
        return getattr(import_module(module), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in self.lazy.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except InputError as exception:
            raise RefusedInput(" ".join(str(exception).split())) from exception
