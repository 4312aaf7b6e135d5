"""The MD engines that are installed."""

from __future__ import annotations

from aiida.common.exceptions import EntryPointError
from aiida.plugins import WorkflowFactory
from aiida.plugins.entry_point import get_entry_point_names

from aiida_matal.science.errors import InputError
from aiida_matal.workflows.md.engine import MdEngineWorkChain


def load_engine(name: str) -> type[MdEngineWorkChain]:
    """Return the work chain class of an MD engine.

    :param name: its entry point, such as ``matal.md.lammps``.
    :raises InputError: if there is no such engine.
    """
    try:
        engine = WorkflowFactory(name)
    except EntryPointError:
        engine = None
    if engine is None or not issubclass(engine, MdEngineWorkChain):
        known = [entry for entry in get_entry_point_names("aiida.workflows") if ".md." in entry]
        raise InputError("engine_name", name, "there is no such MD engine", f"Engines: {', '.join(known)}.")
    return engine
