"""Settings of the electrons in ab initio molecular dynamics, the same for every engine that has electrons."""

from __future__ import annotations

from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.constants import e, k

from aiida_matal.science.settings import Settings

Floats = NDArray[np.float64]
ElectronicEnergy = Literal["internal", "free", "extrapolated"]
_LEAST_EMPTY_BANDS = 4


class ElectronSettings(Settings):
    """How the electrons are treated; the defaults are those of Bizot, Tamura and Deffrennes (2025), section 4.2,
    where that says one.
    """

    energy: ElectronicEnergy = Field(
        "internal",
        description="the potential energy of a frame: internal (E), free (F = E - TS of the electrons) or extrapolated "
        "((E + F) / 2, the limit of no smearing)",
    )
    cutoff: float = Field(400.0, gt=0, description="the cut-off of the plane waves in eV")
    kpoints: tuple[int, int, int] = Field((1, 1, 1), description="the mesh of k-points, Gamma-centred")
    smearing: Literal["fermi-dirac", "gaussian"] = Field(
        "fermi-dirac", description="the smearing of the occupations: fermi-dirac or gaussian"
    )
    width: float | None = Field(
        None, gt=0, description="the width of the smearing in eV (k T at the temperature of the atoms if absent)"
    )
    empty_bands: float = Field(
        0.3, ge=0, le=10, description="the number of empty bands over the number of occupied ones (4 bands at least)"
    )
    scf_tolerance: float = Field(1e-6, gt=0, description="the accuracy of the energy of a step in eV per atom")
    max_scf_steps: int = Field(100, ge=1, description="the largest number of electronic iterations of a step")

    def smearing_width(self, temperature: float) -> float:
        """Return the width of the smearing in eV for atoms at a temperature in K."""
        return self.width if self.width is not None else k * temperature / e

    def n_bands(self, n_electrons: float) -> int:
        """Return the number of bands for this number of valence electrons, without spin polarisation."""
        occupied = ceil(n_electrons / 2)
        return occupied + max(_LEAST_EMPTY_BANDS, ceil(self.empty_bands * occupied))

    def choose_energy(self, internal: Floats, free: Floats) -> Floats:
        """Return the energies that :attr:`energy` names, from E and F in one unit."""
        return {"internal": internal, "free": free, "extrapolated": 0.5 * (internal + free)}[self.energy]
