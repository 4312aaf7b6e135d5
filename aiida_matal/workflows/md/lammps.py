"""LAMMPS as a molecular dynamics engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiida import orm
from aiida.engine import CalcJob
from aiida.engine.processes.workchains.workchain import WorkChainSpec

from aiida_matal.calculations.lammps.calculation import LammpsMdCalculation, read_headers
from aiida_matal.calculations.lammps.potential import LammpsPotential, check_potential
from aiida_matal.calculations.lammps.script import THERMOSTATS
from aiida_matal.workflows.md.engine import MdEngineWorkChain
from aiida_matal.workflows.md.lammps_inputs import LammpsEngineFile, engine_inputs
from aiida_matal.workflows.ports import check_given


class LammpsMdWorkChain(MdEngineWorkChain):
    """Molecular dynamics with LAMMPS and an embedded-atom potential."""

    THERMOSTATS = THERMOSTATS
    HOT_START_IN_JOB = True

    @classmethod
    def define(cls, spec: WorkChainSpec) -> None:
        """Add the ports of the ``engine`` namespace."""
        super().define(spec)
        spec.input("engine.code", valid_type=orm.AbstractCode, help="LAMMPS.")
        spec.input("engine.potential", valid_type=orm.Dict, help="Pair style and file names (LammpsPotential).")
        spec.input_namespace(
            "engine.files",
            valid_type=orm.SinglefileData,
            dynamic=True,
            help="The potential's files, found by file name; those of absent elements are left out.",
        )

    @classmethod
    def segment_process(cls) -> type[CalcJob]:
        """Return LammpsMdCalculation."""
        return LammpsMdCalculation

    def segment_inputs(
        self, structure: orm.StructureData, velocities: orm.ArrayData | None, md: orm.Dict
    ) -> dict[str, Any]:
        """Return the inputs of one LammpsMdCalculation."""
        engine = self.restrict_engine_inputs(self.inputs.engine, [kind.symbol for kind in structure.kinds])
        inputs = {
            "code": engine["code"],
            "structure": structure,
            "md": md,
            "potential": engine["potential"],
            "potential_files": engine["files"],
        }
        return inputs if velocities is None else {**inputs, "velocities": velocities}

    @classmethod
    def inputs_from_file(cls, values: Mapping[str, Any], elements: Sequence[str], base: Path) -> dict[str, Any]:
        """Return code, potential, files and options as a campaign file describes them (LammpsEngineFile)."""
        return engine_inputs(LammpsEngineFile.parse(values, "engine"), elements, base)

    @classmethod
    def restrict_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> dict[str, Any]:
        """Return the inputs with only the potential files that these elements need, and only these in the potential.

        :raises InputError: if an element has no file.
        """
        potential = LammpsPotential.parse(engine["potential"].get_dict(), where="engine.potential")
        needed = potential.filenames(symbols)
        restricted = {
            **engine,
            "files": {key: node for key, node in engine["files"].items() if node.filename in needed},
        }
        if set(potential.files) > set(symbols):
            of_elements = {symbol: potential.files[symbol] for symbol in sorted(set(symbols))}
            restricted["potential"] = orm.Dict({"pair_style": potential.pair_style, "files": of_elements})
        return restricted

    @classmethod
    def check_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> None:
        """Check that the code is there, that the potential covers the elements.

        :raises InputError: if an input is missing or refused.
        """
        check_given("engine", engine, ("code", "potential", "files"), "LAMMPS")
        files = cls.restrict_engine_inputs(engine, symbols)["files"]
        check_potential(engine["potential"].get_dict(), read_headers(files), symbols)
