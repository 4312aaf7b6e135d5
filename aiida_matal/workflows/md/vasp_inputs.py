"""The inputs of the VASP engine from a campaign file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiida.orm import Dict
from aiida_vasp.data.potcar import PotcarData
from pydantic import Field

from aiida_matal.calculations.vasp.incar import check_more_tags
from aiida_matal.calculations.vasp.potentials import check_potentials
from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.workflows.codes import load_existing_code


class VaspPotentials(Settings):
    """Which potentials (POTCAR) are taken."""

    family: str = Field(description="the label of the family, as `aiida-vasp potcar listfamilies` shows it")
    mapping: dict[str, str] = Field(
        default_factory=dict, description="the name of the potential of an element, such as W: W_pv (W if absent)"
    )


class VaspEngineFile(Settings):
    """What a campaign file says of the VASP engine."""

    code: str = Field(description="the label of the VASP code, such as vasp@cluster")
    potentials: VaspPotentials = Field(description="the potentials: family and mapping")
    electrons: ElectronSettings = Field(ElectronSettings(), description="the settings of the electrons")
    incar: dict[str, Any] = Field(default_factory=dict, description="more tags of INCAR, such as ncore: 8")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the jobs, such as resources")


def engine_inputs(settings: VaspEngineFile, elements: Sequence[str]) -> dict[str, Any]:
    """Return the inputs of the engine: the code, the potential of each element, and the rest that is said.

    :raises InputError: if the code or the family does not exist, or the family lacks a potential.
    """
    check_more_tags(settings.incar)
    potentials = _potentials(settings.potentials, elements)
    check_potentials(potentials, elements)
    inputs: dict[str, Any] = {
        "code": load_existing_code("engine.code", settings.code),
        "potentials": potentials,
        "electrons": Dict(settings.electrons.as_dict()),
    }
    for name in ("incar", "options"):
        if values := getattr(settings, name):
            inputs[name] = Dict(values)
    return inputs


def _potentials(wanted: VaspPotentials, elements: Sequence[str]) -> dict[str, PotcarData]:
    family = PotcarData.get_potcar_group(wanted.family)
    if family is None:
        labels = sorted(group.label for group in PotcarData.get_potcar_groups())
        cure = f"Families: {', '.join(labels) or 'none'}. `aiida-matal setup --potcars FOLDER` makes one."
        raise InputError("engine.potentials.family", wanted.family, "the profile has no such family", cure)
    if extra := sorted(set(wanted.mapping) - set(elements)):
        reason = "it is none of the elements"
        raise InputError(f"engine.potentials.mapping.{extra[0]}", wanted.mapping[extra[0]], reason, "Remove it.")
    found = {potential.full_name: potential for potential in family.nodes}
    for symbol in elements:
        name = wanted.mapping.get(symbol, symbol)
        if name not in found:
            of_element = sorted(full_name for full_name in found if found[full_name].element == symbol)
            reason = f"the family '{wanted.family}' has no such potential"
            cure = f"Of {symbol} it has {', '.join(of_element) or 'none'}; of all elements {', '.join(sorted(found))}."
            raise InputError(f"engine.potentials.mapping.{symbol}", name, reason, cure)
    return {symbol: found[wanted.mapping.get(symbol, symbol)] for symbol in elements}
