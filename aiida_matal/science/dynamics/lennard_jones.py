"""The Lennard-Jones potential."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from ase.calculators.calculator import Calculator
from ase.calculators.lj import LennardJones
from pydantic import Field, model_validator

from aiida_matal.science.dynamics.calculators import NamedCalculator
from aiida_matal.science.settings import Settings


class LennardJonesSettings(Settings):
    """Settings of the calculator ``lennard_jones``."""

    epsilon: float = Field(gt=0, description="the depth of the potential in eV")
    sigma: float = Field(gt=0, description="the distance of zero energy in Angstrom")
    cutoff: float = Field(gt=0, description="the distance from which the energy is zero, in Angstrom")

    @model_validator(mode="after")
    def _cutoff_beyond_minimum(self) -> Self:
        if self.cutoff < 2 * self.sigma:
            raise ValueError(f"the cutoff {self.cutoff} is less than two sigma")
        return self


class LennardJonesCalculator(NamedCalculator):
    """The Lennard-Jones potential, the same for all elements; smoothed to zero over the last third of the cutoff."""

    Settings = LennardJonesSettings
    settings: LennardJonesSettings

    def make(self, folder: Path) -> Calculator:  # noqa: ARG002
        """Return the calculator."""
        chosen = self.settings
        onset = 2 * chosen.cutoff / 3
        return LennardJones(epsilon=chosen.epsilon, sigma=chosen.sigma, rc=chosen.cutoff, ro=onset, smooth=True)
