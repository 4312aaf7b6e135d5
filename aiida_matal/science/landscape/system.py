"""The system whose free energy is to be found: crystal, interactions and ordering, and all that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import yaml
from pydantic import Field

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.cluster_expansion import ClusterExpansion, ExpansionSettings
from aiida_matal.science.landscape.crystal import Crystal, CrystalSettings
from aiida_matal.science.landscape.ordering import OrderingSettings
from aiida_matal.science.settings import Settings

if TYPE_CHECKING:
    from aiida_matal.science.landscape.invariants import Invariants
    from aiida_matal.science.landscape.order_parameters import OrderParameters
    from aiida_matal.science.landscape.polytope import Polytope

MAX_BYTES = 10_000_000


class SystemSettings(Settings):
    """A crystal with a cluster expansion of its energy, and the ordering that its order parameters describe."""

    crystal: CrystalSettings = Field(description="the parent crystal")
    expansion: ExpansionSettings = Field(description="the cluster expansion of its energy")
    ordering: OrderingSettings = Field(description="the ordering, as k_point or variant")
    degree: int = Field(6, ge=2, le=12, description="the highest degree of the invariants (2 to 12)")


@dataclass(frozen=True, eq=False)
class System:
    """A crystal, its energy and its ordering; order parameters, invariants and bounds are found when first used.

    :ivar where: name of the settings in error messages.
    """

    settings: SystemSettings
    crystal: Crystal
    expansion: ClusterExpansion
    where: str = "system"

    @classmethod
    def from_settings(cls, settings: SystemSettings, where: str = "system") -> Self:
        """Return the system that the settings describe.

        :param where: name of the settings in error messages.
        :raises InputError: if the crystal or the expansion is refused.
        """
        crystal = Crystal.from_settings(settings.crystal, f"{where}.crystal")
        expansion = ClusterExpansion.from_settings(settings.expansion, crystal, f"{where}.expansion")
        return cls(settings, crystal, expansion, where)

    @property
    def d(self) -> int:
        """Number of components of eta: the composition and the order parameters."""
        return len(self.order_parameters.Q)

    @cached_property
    def order_parameters(self) -> OrderParameters:
        """The order parameters of the ordering.

        :raises InputError: if the ordering has none.
        """
        from aiida_matal.science.landscape.order_parameters import OrderParameters

        return OrderParameters.from_settings(self.settings.ordering, self.crystal, f"{self.where}.ordering")

    @cached_property
    def invariants(self) -> Invariants:
        """The polynomials of the order parameters that symmetry leaves unchanged."""
        from aiida_matal.science.landscape.invariants import Invariants

        return Invariants.from_group(self.order_parameters.group, self.settings.degree)

    @cached_property
    def polytope(self) -> Polytope:
        """The points where every sublattice has an occupation between 0 and 1."""
        from aiida_matal.science.landscape.polytope import Polytope

        return Polytope.from_order_parameters(self.order_parameters)


def read_system(path: Path) -> System:
    """Return the system that a YAML or JSON file describes.

    :raises InputError: naming the file and the field, if it cannot be read or a value is refused.
    """
    return System.from_settings(read_settings(path), where=path.name)


def read_settings(path: Path) -> SystemSettings:
    """Return the settings in a YAML or JSON file; numbers may be written as fractions where positions are meant.

    :raises InputError: naming the file and the field, if it cannot be read or a value is refused.
    """
    cure = "Give a YAML or JSON file with the keys crystal, expansion and ordering."
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError("system", str(path), f"it is larger than {MAX_BYTES // 10**6} MB", cure)
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exception:
        reason = f"it cannot be read as YAML ({' '.join(str(exception).split())})"
        raise InputError("system", str(path), reason, cure) from None
    if not isinstance(values, dict):
        raise InputError("system", str(path), "it holds no keys", cure)
    return SystemSettings.parse(values, where=path.name)
