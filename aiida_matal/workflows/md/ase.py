"""Calculators of ASE as a molecular dynamics engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiida import orm
from aiida.engine import CalcJob
from aiida.engine.processes.workchains.workchain import WorkChainSpec

from aiida_matal.calculations.ase.calculation import AseMdCalculation, check_calculator
from aiida_matal.science.dynamics.thermostats import THERMOSTATS
from aiida_matal.workflows.md.ase_inputs import AseEngineFile, engine_inputs
from aiida_matal.workflows.md.engine import MdEngineWorkChain
from aiida_matal.workflows.ports import check_given


class AseMdWorkChain(MdEngineWorkChain):
    """Molecular dynamics with a named calculator of ASE, in the worker."""

    THERMOSTATS = THERMOSTATS
    HOT_START_IN_JOB = True

    @classmethod
    def define(cls, spec: WorkChainSpec) -> None:
        """Add the ports of the ``engine`` namespace."""
        super().define(spec)
        spec.input("engine.code", valid_type=orm.AbstractCode, help="A code whose executable is `matal-task`.")
        spec.input("engine.calculator", valid_type=orm.Dict, help="Name and settings (CalculatorSettings).")
        spec.input_namespace(
            "engine.files",
            valid_type=orm.SinglefileData,
            dynamic=True,
            required=False,
            help="The files that the calculator reads, found by file name.",
        )

    @classmethod
    def segment_process(cls) -> type[CalcJob]:
        """Return AseMdCalculation."""
        return AseMdCalculation

    def segment_inputs(
        self, structure: orm.StructureData, velocities: orm.ArrayData | None, md: orm.Dict
    ) -> dict[str, Any]:
        """Return the inputs of one AseMdCalculation."""
        engine = self.inputs.engine
        inputs = {"code": engine.code, "structure": structure, "md": md, "calculator": engine.calculator}
        if "files" in engine:
            inputs["files"] = engine.files
        return inputs if velocities is None else {**inputs, "velocities": velocities}

    @classmethod
    def inputs_from_file(
        cls,
        values: Mapping[str, Any],
        elements: Sequence[str],  # noqa: ARG003
        base: Path,
    ) -> dict[str, Any]:
        """Return code, calculator, files and options as a campaign file describes them (AseEngineFile)."""
        return engine_inputs(AseEngineFile.parse(values, "engine"), base)

    @classmethod
    def restrict_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> dict[str, Any]:
        """Return the inputs as they are: a calculator is the same whichever elements it is for.

        :raises InputError: if it does not know an element.
        """
        cls.check_engine_inputs(engine, symbols)
        return dict(engine)

    @classmethod
    def check_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> None:
        """Check that the code is there, and that the calculator knows the elements and has its files.

        :raises InputError: if an input is missing or refused.
        """
        check_given("engine", engine, ("code", "calculator"), "ASE")
        check_calculator(engine["calculator"], engine.get("files", {}), list(symbols))
