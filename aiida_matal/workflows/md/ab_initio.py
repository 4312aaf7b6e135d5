"""What the engines with electrons do alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida import orm
from aiida.engine.processes.workchains.workchain import WorkChainSpec

from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.workflows.md.engine import MdEngineWorkChain


class AbInitioMdWorkChain(MdEngineWorkChain):
    """A molecular dynamics engine whose forces are those of electrons; a job cannot run a hot start first."""

    HOT_START_IN_JOB = False

    @classmethod
    def define(cls, spec: WorkChainSpec) -> None:
        """Add the settings of the electrons to the ``engine`` namespace."""
        super().define(spec)
        spec.input("engine.electrons", valid_type=orm.Dict, required=False, help="ElectronSettings.")

    @property
    def electrons(self) -> orm.Dict:
        """Return the settings of the electrons, those given or the defaults."""
        engine = self.inputs.engine
        return engine.electrons if "electrons" in engine else orm.Dict(ElectronSettings().as_dict())

    @classmethod
    def check_electrons(cls, engine: Mapping[str, Any]) -> None:
        """Check the settings of the electrons.

        :raises InputError: if one is refused.
        """
        if "electrons" in engine:
            ElectronSettings.parse(engine["electrons"].get_dict(), "engine.electrons")
