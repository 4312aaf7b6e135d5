"""Sphinx directives that write reference tables from the code: entry points, settings, ports and commands."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import entry_points
from operator import attrgetter
from typing import Any, get_args

import click
from aiida.engine.processes.ports import InputPort, PortNamespace
from aiida.plugins import CalculationFactory, WorkflowFactory
from docutils import nodes
from pydantic_core import PydanticUndefined
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from aiida_matal.science.settings import Settings


class EntryPoints(SphinxDirective):
    """Table of the entry points of this package in a group."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        own = [entry for entry in entry_points(group=self.arguments[0]) if entry.value.startswith("aiida_matal.")]
        rows = [(f"`{entry.name}`", summary(entry.load()), f"`{entry.value}`") for entry in sorted(own)]
        return self.parse_text_to_nodes(table(("name", "what it is", "class"), rows))


class SettingsTable(SphinxDirective):
    """Table of the keys of a settings class, those of nested settings included."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = list(settings_rows(load(self.arguments[0])))
        return self.parse_text_to_nodes(table(("key", "default", "meaning"), rows))


class Ports(SphinxDirective):
    """Tables of the inputs, outputs and exit codes of a calculation or workflow, given by entry point."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        spec = process(self.arguments[0]).spec()
        codes = [code for code in spec.exit_codes.values() if code.status >= 200]
        parts = [
            "**Inputs**",
            table(("name", "type", "needed", "meaning"), port_rows(spec.inputs)),
            "**Outputs**",
            table(("name", "type", "needed", "meaning"), port_rows(spec.outputs)),
        ]
        if codes:
            rows = [(str(code.status), escape(code.message)) for code in sorted(codes, key=lambda code: code.status)]
            parts += ["**Exit codes**", table(("code", "message"), rows)]
        return self.parse_text_to_nodes("\n\n".join(parts))


class Commands(SphinxDirective):
    """The help texts of a command and all below it."""

    required_arguments = 2
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return one literal block for each command."""
        target, name = self.arguments
        context = click.Context(load(target), info_name=name)
        return [nodes.literal_block(text, text, language="none") for text in help_texts(context)]


def help_texts(context: click.Context) -> Iterator[str]:
    """Yield the help text of a command, then those of the commands below it."""
    yield context.get_help()
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None:
                yield from help_texts(click.Context(command, info_name=name, parent=context))


def settings_rows(cls: type[Settings], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield key, default and meaning of each setting."""
    for name, field in cls.model_fields.items():
        nested = [item for item in (field.annotation, *get_args(field.annotation)) if is_settings(item)]
        default = "needed" if field.default is PydanticUndefined and field.default_factory is None else "`null`"
        if field.default_factory is not None:
            default = f"`{field.default_factory()}`"
        elif not nested and field.default is not PydanticUndefined and field.default is not None:
            default = f"`{field.default}`"
        if not nested or field.default is None:
            yield f"`{prefix}{name}`", default, escape(field.description or "")
        for item in nested:
            yield from settings_rows(item, f"{prefix}{name}.")


def is_settings(item: Any) -> bool:
    """Return whether an annotation is a settings class."""
    return inspect.isclass(item) and issubclass(item, Settings)


def port_rows(namespace: PortNamespace, prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Yield name, types, whether it is needed and meaning of each port, those of ``metadata`` excepted."""
    for name, port in sorted(namespace.items()):
        if name == "metadata":
            continue
        inner = isinstance(port, PortNamespace)
        if not inner or port.dynamic:
            types = port.valid_type if isinstance(port.valid_type, tuple) else (port.valid_type,)
            known = " or ".join(f"`{item.__name__}`" for item in types if item not in (None, type(None)))
            optional = not port.required or (isinstance(port, InputPort) and port.has_default())
            needed = "no" if optional else "yes"
            yield f"`{prefix}{name}`", known or "any", needed, escape(port.help or "")
        if inner:
            yield from port_rows(port, f"{prefix}{name}.")


def process(name: str) -> Any:
    """Return the process class of an entry point."""
    is_workflow = name in entry_points(group="aiida.workflows").names
    return WorkflowFactory(name) if is_workflow else CalculationFactory(name)


def load(target: str) -> Any:
    """Return the object ``module:name``; the name may have dots."""
    module, _, name = target.partition(":")
    return attrgetter(name)(import_module(module))


def summary(item: Any) -> str:
    """Return the first paragraph of a docstring."""
    first = inspect.cleandoc(item.__doc__ or "").split("\n\n")[0]
    return escape(re.sub(r":\w+:`~?([^`]*)`", r"`\1`", first))


def escape(text: str) -> str:
    """Return text that is safe in a cell of a table."""
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown, or the word `none` if it has no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines]) if lines else "None."


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("entry-points", EntryPoints)
    app.add_directive("settings-table", SettingsTable)
    app.add_directive("ports", Ports)
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True}
