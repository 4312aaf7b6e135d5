"""A campaign written down in a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from aiida.engine import ProcessBuilder
from aiida.plugins import WorkflowFactory
from ase.data import atomic_numbers
from pydantic import Field, field_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings
from aiida_matal.workflows.codes import load_existing_code
from aiida_matal.workflows.md.engines import load_engine

MAX_BYTES = 1_000_000


class CampaignFile(Settings):
    """What a campaign file says."""

    campaign: Literal["enthalpy"] = Field(description="the kind of campaign: enthalpy")
    protocol: str | None = Field(None, description="the name of the protocol (the default one if absent)")
    elements: list[str] = Field(min_length=2, description="the elements whose binaries are the candidates")
    worker: str = Field("matal-task@localhost", description="the label of the code that runs matal-task")
    engine: dict[str, Any] = Field(description="the MD engine: its name, and what that engine needs")
    overrides: dict[str, Any] = Field(default_factory=dict, description="values laid over those of the protocol")

    @field_validator("elements")
    @classmethod
    def _are_elements(cls, elements: list[str]) -> list[str]:
        unknown = [symbol for symbol in elements if symbol not in atomic_numbers]
        if unknown:
            raise ValueError(f"it holds {unknown[0]!r}, which is no chemical element")
        return elements


def read_campaign_file(path: Path) -> CampaignFile:
    """Return the content of a campaign file.

    :raises InputError: if it is not readable YAML or a key is unknown, missing or wrong.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError("file", str(path), "it is larger than 1 MB", "Give a campaign file.")
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exception:
        reason = f"it cannot be read as YAML ({' '.join(str(exception).split())})"
        raise InputError("file", str(path), reason, "See examples/enthalpy/six_metals.yaml.") from None
    if not isinstance(values, Mapping):
        raise InputError("file", str(path), "it holds no keys", "See examples/enthalpy/six_metals.yaml.")
    return CampaignFile.parse(values, path.name)


def campaign_builder(content: CampaignFile, base: Path) -> ProcessBuilder:
    """Return the builder of the campaign that a file describes.

    :param base: folder of the file; relative paths in it begin there.
    :raises InputError: naming the first field that is refused.
    """
    settings = dict(content.engine)
    name = str(settings.pop("name", ""))
    entry_point = name if "." in name else f"matal.md.{name}"
    engine = load_engine(entry_point)
    inputs = engine.inputs_from_file(settings, content.elements, base)
    campaign = WorkflowFactory(f"matal.campaign.{content.campaign}")
    overrides = {**content.overrides, "engine_name": entry_point}
    worker = load_existing_code("worker", content.worker)
    return campaign.get_builder_from_protocol(worker, inputs, content.elements, content.protocol, overrides)
