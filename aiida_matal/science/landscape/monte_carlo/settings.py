"""Settings of Monte Carlo runs."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from ase.units import kB
from pydantic import Field, ValidationInfo, field_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings

#: Smallest variance of the composition under the bias, in squared steps of the composition. With a flat free energy the
#: error of mu_0 is then below 1 meV at 300 K; it is 12 meV at half of that.
NARROWEST = 0.3

Ensemble = Literal["semi_grand_canonical", "canonical"]
Repeats = tuple[
    Annotated[int, Field(ge=1)],
    Annotated[int, Field(ge=1)],
    Annotated[int, Field(ge=1)],
]


class PhiSettings(Settings):
    """Curvatures of the bias."""

    composition: float = Field(gt=0, description="the curvature of the bias on the composition, in eV per site")
    order: float = Field(gt=0, description="the curvature of the bias on each order parameter, in eV per site")


class UmbrellaSettings(Settings):
    """How points are sampled with a bias."""

    temperature: float = Field(gt=0, description="the temperature in K")
    repeats: Repeats = Field(description="three repeats, at least 1, of the commensurate cell along its vectors")
    phi: PhiSettings = Field(description="the curvatures composition and order of the bias, in eV per site")
    equilibration_passes: int = Field(
        1000, ge=0, description="the passes before the averages, one pass being one attempt a site"
    )
    min_passes: int = Field(5000, ge=100, description="the smallest number of passes that are averaged")
    max_passes: int = Field(
        150_000, ge=100, description="the number of passes after which a point has failed, at least min_passes"
    )
    precision: float = Field(
        3e-4, gt=0, description="the largest half-width of the 95 % interval of every averaged order parameter"
    )
    seed: int = Field(ge=1, le=2**31 - 1, description="the seed of all points, from 1 to 2**31 - 1")

    def check_width(self, n_sites: int, where: str) -> None:
        """Check that the bias is not narrower than a step of the composition, 1/N.

        The fluctuations of the composition under a bias alone have the variance k T / (2 phi N). Where their standard
        deviation is less than about half of 1/N, the chain hardly leaves one composition, and mu follows the steps.

        :param n_sites: variable sites of the cell, N.
        :param where: name of the settings in error messages.
        :raises InputError: if it is.
        """
        largest = kB * self.temperature * n_sites / (2 * NARROWEST)
        if self.phi.composition > largest:
            reason = f"with {n_sites} sites the bias is narrower than one step of the composition"
            cure = f"Give at most {largest:.3g} eV, or larger repeats."
            raise InputError(f"{where}.phi.composition", self.phi.composition, reason, cure)

    @field_validator("max_passes")
    @classmethod
    def _not_below_min(cls, value: int, info: ValidationInfo) -> int:
        least = info.data.get("min_passes")
        if least is not None and value < least:
            raise ValueError(f"it is below min_passes ({least})")
        return value


class SweepSettings(Settings):
    """Which conditions are sampled without bias, and how.

    A path holds the temperature or the field and follows the other one in the order given: the chain of each condition
    starts where that of the one before ended, so that hysteresis shows. The field is the chemical potential in eV per
    site, or the composition in the canonical ensemble.
    """

    ensemble: Ensemble = Field(
        "semi_grand_canonical", description="the ensemble: semi_grand_canonical (flips) or canonical (swaps)"
    )
    repeats: Repeats = Field(description="three repeats, at least 1, of the commensurate cell along its vectors")
    temperatures: list[Annotated[float, Field(gt=0)]] = Field(min_length=1, description="the temperatures in K")
    fields: list[float] = Field(
        min_length=1, description="the chemical potentials in eV per site, or the compositions if canonical"
    )
    along: Literal["temperature", "field"] = Field(
        description="what a path follows: temperature or field; there is one for each value of the other"
    )
    and_back: bool = Field(True, description="whether each path is followed back too: true or false")
    equilibration_passes: int = Field(1000, ge=0, description="the passes before the averages at each condition")
    passes: int = Field(5000, ge=100, description="the passes that are averaged at each condition")
    seed: int = Field(ge=1, le=2**31 - 1, description="the seed of all paths, from 1 to 2**31 - 1")

    @field_validator("temperatures", "fields")
    @classmethod
    def _one_direction(cls, values: list[float]) -> list[float]:
        steps = [after > before for before, after in pairwise(values)]
        if len(set(values)) < len(values) or len(set(steps)) > 1:
            raise ValueError("the values do not rise all the way, nor fall all the way")
        return values

    @field_validator("fields")
    @classmethod
    def _compositions(cls, values: list[float], info: ValidationInfo) -> list[float]:
        if info.data.get("ensemble") == "canonical" and not all(0 <= value <= 1 for value in values):
            raise ValueError("a composition is below 0 or above 1")
        return values
