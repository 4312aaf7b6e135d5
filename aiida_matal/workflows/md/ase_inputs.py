"""The inputs of the ASE engine from a campaign file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiida.orm import Dict, SinglefileData
from pydantic import Field

from aiida_matal.science.dynamics.calculators import CalculatorSettings
from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings
from aiida_matal.workflows.codes import load_existing_code


class AseEngineFile(Settings):
    """What a campaign file says of the ASE engine."""

    code: str = Field(description="the label of the code that runs matal-task, such as matal-task@localhost")
    calculator: CalculatorSettings = Field(description="the calculator: name and settings")
    folder: str = Field(".", description="the folder of the files that the calculator reads")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the jobs, such as resources")


def engine_inputs(settings: AseEngineFile, base: Path) -> dict[str, Any]:
    """Return the inputs of the engine: the code, the calculator and the files that it reads.

    :param base: folder that a relative ``folder`` begins at.
    :raises InputError: if the calculator, the code or a file does not exist.
    """
    names = settings.calculator.load().filenames
    inputs: dict[str, Any] = {
        "code": load_existing_code("engine.code", settings.code),
        "calculator": Dict(settings.calculator.as_dict()),
    }
    if names:
        folder = base / settings.folder
        inputs["files"] = {f"file_{index}": _file(folder, name) for index, name in enumerate(sorted(names))}
    return {**inputs, "options": Dict(settings.options)} if settings.options else inputs


def _file(folder: Path, name: str) -> SinglefileData:
    path = folder / name
    if not path.is_file():
        cure = f"Put it into {folder}, or name another folder."
        raise InputError("engine.calculator", name, "there is no such file", cure)
    return SinglefileData(path)
