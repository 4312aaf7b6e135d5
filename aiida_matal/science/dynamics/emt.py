"""Effective medium theory."""

from __future__ import annotations

from pathlib import Path

from ase.calculators.calculator import Calculator
from ase.calculators.emt import EMT

from aiida_matal.science.dynamics.calculators import NamedCalculator
from aiida_matal.science.settings import Settings


class EmtSettings(Settings):
    """The calculator ``emt`` has no settings."""


class EmtCalculator(NamedCalculator):
    """Effective medium theory of face-centred cubic metals (Jacobsen et al., Surf. Sci. 366, 394, 1996).

    The cutoff is the same for all elements, so that a metal has one energy, alone and in an alloy.
    """

    Settings = EmtSettings

    @property
    def elements(self) -> frozenset[str]:
        """Return the metals; the parameters that ASE has for H, C, N and O are for no serious use."""
        return frozenset({"Ag", "Al", "Au", "Cu", "Ni", "Pd", "Pt"})

    def make(self, folder: Path) -> Calculator:  # noqa: ARG002
        """Return the calculator."""
        return EMT()
