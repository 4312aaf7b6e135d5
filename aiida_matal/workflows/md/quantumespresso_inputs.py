"""The inputs of the Quantum ESPRESSO engine from a campaign file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiida.common.exceptions import NotExistent
from aiida.orm import Dict, load_group
from aiida_pseudo.data.pseudo.upf import UpfData
from aiida_pseudo.groups.family import PseudoPotentialFamily
from pydantic import Field

from aiida_matal.calculations.quantumespresso.parameters import check_more
from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.workflows.codes import load_existing_code

_CURE = "Install one with `aiida-matal setup --pseudos FOLDER`; `aiida-pseudo list` shows all."


class QuantumEspressoEngineFile(Settings):
    """What a campaign file says of the Quantum ESPRESSO engine."""

    code: str = Field(description="the label of the pw.x code, such as pw@localhost")
    pseudos: str = Field(description="the label of a family of pseudopotentials")
    electrons: ElectronSettings = Field(ElectronSettings(), description="the settings of the electrons")
    parameters: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="entries to add to the namelists of pw.x, such as SYSTEM: {ecutrho: 300}"
    )
    options: dict[str, Any] = Field(default_factory=dict, description="options of the jobs, such as resources")


def engine_inputs(settings: QuantumEspressoEngineFile, elements: Sequence[str]) -> dict[str, Any]:
    """Return the inputs of the engine: the code, the pseudopotential of each element, and the rest that is said.

    :raises InputError: if the code or the family does not exist, or the family lacks an element.
    """
    check_more(settings.parameters)
    inputs: dict[str, Any] = {
        "code": load_existing_code("engine.code", settings.code),
        "pseudos": _pseudos(settings.pseudos, elements),
        "electrons": Dict(settings.electrons.as_dict()),
    }
    for name in ("parameters", "options"):
        if values := getattr(settings, name):
            inputs[name] = Dict(values)
    return inputs


def _pseudos(label: str, elements: Sequence[str]) -> dict[str, UpfData]:
    try:
        family = load_group(label)
    except NotExistent:
        raise InputError("engine.pseudos", label, "the profile has no such family", _CURE) from None
    if not isinstance(family, PseudoPotentialFamily):
        raise InputError("engine.pseudos", label, "this group is no family of pseudopotentials", _CURE)
    pseudos = {pseudo.element: pseudo for pseudo in family.nodes if isinstance(pseudo, UpfData)}
    missing = sorted(set(elements) - set(pseudos))
    if missing:
        reason = f"it has no pseudopotential in the UPF format of {', '.join(missing)}"
        raise InputError("engine.pseudos", label, reason, _CURE)
    return {element: pseudos[element] for element in sorted(set(elements))}
