"""Settings of biased Monte Carlo with CASM 1.x."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationInfo, field_validator

from aiida_matal.science.landscape.monte_carlo.settings import PhiSettings
from aiida_matal.science.settings import Settings

Floats = NDArray[np.float64]
Row = tuple[int, int, int]


class CcasmSettings(Settings):
    """How points are sampled with ``ccasm monte``, and how the order parameters of CASM follow from eta.

    Component ``components[j]`` of CASM's order parameter is ``scale[j]`` times eta_j, the composition being eta_0. With
    the rows of Q divided by their squared length as the axes of CASM's order parameter, the scale is the number of
    sublattices: 32 for the zig-zag order. A site of the bias has phi (eta - kappa)^2, as in
    :class:`~aiida_matal.science.landscape.monte_carlo.settings.UmbrellaSettings`; components of CASM's order parameter
    that are not named have no bias.
    """

    temperature: float = Field(gt=0, description="the temperature in K")
    supercell: tuple[Row, Row, Row] = Field(
        description="the supercell as CASM takes it: a 3 x 3 matrix whose columns are its vectors in lattice vectors"
    )
    phi: PhiSettings = Field(description="the curvatures composition and order of the bias, in eV per site")
    order_parameter: dict[str, Any] = Field(
        description="the order parameter, a DoF space in CASM's format, as in 'model' of its Monte Carlo settings"
    )
    n_components: int = Field(ge=2, description="how many components CASM's order parameter has")
    components: list[int] = Field(
        min_length=2, description="which component of CASM's order parameter eta_0, eta_1, ... are, counted from 0"
    )
    scale: list[float] = Field(
        min_length=2, description="CASM's components divided by eta_0, eta_1, ..., as many as there are components"
    )
    sites_per_cell: int = Field(1, ge=1, description="how many variable sites a primitive cell has")
    formation_energy: str = Field("formation_energy", description="the name of the cluster expansion in the project")
    motif: str = Field("restricted_auto", description="the configuration at the start, a name or a choice of CASM")
    equilibration_passes: int = Field(1000, ge=0, description="the passes before the samples of each point")
    min_passes: int = Field(5000, ge=100, description="the smallest number of passes of a point")
    max_passes: int = Field(150_000, ge=100, description="the number of passes after which a point has failed")
    precision: float = Field(
        3e-4, gt=0, description="the largest half-width of the 95 % interval of the averages of eta_0, eta_1, ..."
    )

    @field_validator("components")
    @classmethod
    def _different(cls, values: list[int], info: ValidationInfo) -> list[int]:
        n_components = info.data.get("n_components")
        if len(set(values)) < len(values):
            raise ValueError("a component is there twice")
        if n_components is not None and not all(0 <= value < n_components for value in values):
            raise ValueError(f"the components are 0 to {n_components - 1}")
        return values

    @field_validator("scale")
    @classmethod
    def _one_each(cls, values: list[float], info: ValidationInfo) -> list[float]:
        components = info.data.get("components")
        if components is not None and len(values) != len(components):
            raise ValueError(f"there are {len(components)} components")
        if 0 in values:
            raise ValueError("a scale is 0")
        return values

    @field_validator("max_passes")
    @classmethod
    def _not_below_min(cls, value: int, info: ValidationInfo) -> int:
        least = info.data.get("min_passes")
        if least is not None and value < least:
            raise ValueError(f"it is below min_passes ({least})")
        return value

    @property
    def d(self) -> int:
        """Number of components of eta."""
        return len(self.components)

    @property
    def curvatures(self) -> Floats:
        """Curvature of the bias on each component of eta, in eV per site, shape (d,)."""
        return np.array([self.phi.composition] + [self.phi.order] * (self.d - 1))
