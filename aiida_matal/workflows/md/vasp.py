"""VASP as a molecular dynamics engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiida import orm
from aiida.engine import CalcJob
from aiida.engine.processes.workchains.workchain import WorkChainSpec
from aiida_vasp.data.potcar import PotcarData

from aiida_matal.calculations.vasp.calculation import VaspMdCalculation
from aiida_matal.calculations.vasp.incar import THERMOSTATS, check_more_tags
from aiida_matal.calculations.vasp.potentials import check_potentials, species
from aiida_matal.workflows.md.ab_initio import AbInitioMdWorkChain
from aiida_matal.workflows.md.vasp_inputs import VaspEngineFile, engine_inputs
from aiida_matal.workflows.ports import check_given


class VaspMdWorkChain(AbInitioMdWorkChain):
    """Born-Oppenheimer molecular dynamics with VASP.

    A segment starts from positions and velocities of the one before, not from its files: its folder may be gone. VASP
    cannot stop in time by itself; a job that is killed at its wall time is continued from its last whole step.
    """

    THERMOSTATS = THERMOSTATS

    @classmethod
    def define(cls, spec: WorkChainSpec) -> None:
        """Add the ports of the ``engine`` namespace."""
        super().define(spec)
        spec.input("engine.code", valid_type=orm.AbstractCode, help="VASP.")
        spec.input_namespace(
            "engine.potentials",
            valid_type=PotcarData,
            dynamic=True,
            help="The potential (POTCAR) of each element; those of absent elements are left out.",
        )
        spec.input("engine.incar", valid_type=orm.Dict, required=False, help="More tags of INCAR, by name.")

    @classmethod
    def segment_process(cls) -> type[CalcJob]:
        """Return VaspMdCalculation."""
        return VaspMdCalculation

    @classmethod
    def check_inputs(cls, inputs: Mapping[str, Any]) -> None:
        """Check all inputs; the sites must be in groups of one element each.

        :raises InputError: for the first that is refused.
        """
        species(inputs["structure"])
        super().check_inputs(inputs)

    def segment_inputs(
        self, structure: orm.StructureData, velocities: orm.ArrayData | None, md: orm.Dict
    ) -> dict[str, Any]:
        """Return the inputs of one VaspMdCalculation."""
        engine = self.inputs.engine
        symbols = list(species(structure))
        check_potentials(engine.potentials, symbols)
        inputs = {
            "code": engine.code,
            "structure": structure,
            "md": md,
            "electrons": self.electrons,
            "potential": {symbol: engine.potentials[symbol] for symbol in symbols},
        }
        if "incar" in engine:
            inputs["parameters"] = engine.incar
        return inputs if velocities is None else {**inputs, "velocities": velocities}

    @classmethod
    def inputs_from_file(cls, values: Mapping[str, Any], elements: Sequence[str], base: Path) -> dict[str, Any]:  # noqa: ARG003
        """Return code, potentials and the rest as a campaign file describes them (VaspEngineFile)."""
        return engine_inputs(VaspEngineFile.parse(values, "engine"), elements)

    @classmethod
    def restrict_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> dict[str, Any]:
        """Return the inputs with only the potentials of these elements.

        :raises InputError: if an element has none.
        """
        check_potentials(engine["potentials"], symbols)
        return {**engine, "potentials": {symbol: engine["potentials"][symbol] for symbol in sorted(set(symbols))}}

    @classmethod
    def check_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> None:
        """Check that the code is there, that each element has its potential, and the settings.

        :raises InputError: if an input is missing or refused.
        """
        check_given("engine", engine, ("code", "potentials"), "VASP")
        check_potentials(engine["potentials"], symbols)
        cls.check_electrons(engine)
        if "incar" in engine:
            check_more_tags(engine["incar"].get_dict())
