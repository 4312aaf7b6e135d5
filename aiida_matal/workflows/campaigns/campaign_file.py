"""A campaign written down in a YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from aiida.engine import ProcessBuilder
from aiida.orm import Dict
from ase.data import atomic_numbers
from pydantic import Field, field_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.system import read_settings
from aiida_matal.science.settings import Settings
from aiida_matal.workflows.campaigns.enthalpy import EnthalpyCampaign
from aiida_matal.workflows.campaigns.free_energy import FreeEnergyCampaign
from aiida_matal.workflows.campaigns.replay import ReplayCampaign
from aiida_matal.workflows.codes import load_existing_code
from aiida_matal.workflows.md.engines import load_engine
from aiida_matal.workflows.tables import load_model, load_table
from aiida_matal.workflows.yaml_files import read_mapping

_EXAMPLE = "See examples/enthalpy/six_metals.yaml."


class CampaignFile(Settings):
    """What the file of any campaign says."""

    protocol: str | None = Field(None, description="the name of the protocol (the default one if absent)")
    worker: str = Field("matal-task@localhost", description="the label of the code that runs matal-task")
    overrides: dict[str, Any] = Field(default_factory=dict, description="values laid over those of the protocol")


class MonteCarloJobs(Settings):
    """Where and how the Monte Carlo jobs of a free-energy campaign run."""

    code: str | None = Field(None, description="the label of the code that runs matal-task (the worker if absent)")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the jobs: resources, queue_name, ...")

    def inputs(self) -> dict[str, Any]:
        """Return the inputs of the oracle that these settings make."""
        code = {} if self.code is None else {"code": load_existing_code("monte_carlo.code", self.code)}
        return {**code, **({"options": Dict(self.options)} if self.options else {})}


class EnthalpyFile(CampaignFile):
    """What the file of an enthalpy campaign says."""

    campaign: Literal["enthalpy"] = Field(description="the kind of campaign: enthalpy")
    elements: list[str] = Field(min_length=2, description="the elements whose binaries are the candidates")
    engine: dict[str, Any] = Field(description="the MD engine: its name, and what that engine needs")
    dataset: str | int | None = Field(None, description="the table of labels to begin with: its pk, uuid or label")
    test_set: str | int | None = Field(None, description="the table of labels kept aside: its pk, uuid or label")

    @field_validator("elements")
    @classmethod
    def _are_elements(cls, elements: list[str]) -> list[str]:
        unknown = [symbol for symbol in elements if symbol not in atomic_numbers]
        if unknown:
            raise ValueError(f"it holds {unknown[0]!r}, which is no chemical element")
        return elements

    def builder(self, base: Path) -> ProcessBuilder:
        """Return the builder of the campaign.

        :param base: folder of the file; relative paths in it begin there.
        :raises InputError: naming the first field that is refused.
        """
        settings = dict(self.engine)
        name = str(settings.pop("name", ""))
        entry_point = name if "." in name else f"matal.md.{name}"
        inputs = load_engine(entry_point).inputs_from_file(settings, self.elements, base)
        return EnthalpyCampaign.get_builder_from_protocol(
            load_existing_code("worker", self.worker),
            inputs,
            self.elements,
            self.protocol,
            {**self.overrides, "engine_name": entry_point},
            dataset=None if self.dataset is None else load_table("dataset", self.dataset),
            test_set=None if self.test_set is None else load_table("test_set", self.test_set),
        )


class ReplayFile(CampaignFile):
    """What the file of a replay says."""

    campaign: Literal["replay"] = Field(description="the kind of campaign: replay")
    reference: str | int = Field(description="the table of labels to look up: its pk, uuid or label")

    def builder(self, base: Path) -> ProcessBuilder:  # noqa: ARG002
        """Return the builder of the campaign.

        :param base: folder of the file, which names no other file.
        :raises InputError: naming the first field that is refused.
        """
        worker = load_existing_code("worker", self.worker)
        reference = load_table("reference", self.reference)
        return ReplayCampaign.get_builder_from_protocol(worker, reference, self.protocol, self.overrides)


class FreeEnergyFile(CampaignFile):
    """What the file of a free-energy campaign says."""

    campaign: Literal["free_energy"] = Field(description="the kind of campaign: free_energy")
    system: Path = Field(description="the file of crystal, interactions and ordering, relative to this one")
    monte_carlo: MonteCarloJobs = Field(default_factory=MonteCarloJobs, description="how the Monte Carlo jobs run")
    surrogate: str | int | None = Field(
        None, description="a model that labels the points in place of Monte Carlo: its pk or uuid"
    )
    dataset: str | int | None = Field(None, description="the table of labels to begin with: its pk, uuid or label")
    test_set: str | int | None = Field(None, description="the table of labels kept aside: its pk, uuid or label")

    def builder(self, base: Path) -> ProcessBuilder:
        """Return the builder of the campaign.

        :param base: folder of the file; relative paths in it begin there.
        :raises InputError: naming the first field that is refused.
        """
        return FreeEnergyCampaign.get_builder_from_protocol(
            load_existing_code("worker", self.worker),
            read_settings(base / self.system).as_dict(),
            self.protocol,
            self.overrides,
            dataset=None if self.dataset is None else load_table("dataset", self.dataset),
            test_set=None if self.test_set is None else load_table("test_set", self.test_set),
            surrogate=None if self.surrogate is None else load_model("surrogate", self.surrogate),
            oracle=self.monte_carlo.inputs(),
        )


AnyFile = EnthalpyFile | ReplayFile | FreeEnergyFile
_KINDS: dict[str, type[AnyFile]] = {
    "enthalpy": EnthalpyFile,
    "replay": ReplayFile,
    "free_energy": FreeEnergyFile,
}


def read_campaign_file(path: Path) -> AnyFile:
    """Return the content of a campaign file.

    :raises InputError: if it is not readable YAML or a key is unknown, missing or wrong.
    """
    values = read_mapping("file", path, _EXAMPLE)
    kind = str(values.get("campaign", "(missing)"))
    if kind not in _KINDS:
        cure = f"Give one of {', '.join(_KINDS)}."
        raise InputError(f"{path.name}.campaign", kind, "there is no such kind of campaign", cure)
    return _KINDS[kind].parse(values, path.name)
