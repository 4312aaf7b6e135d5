"""Quantum ESPRESSO as a molecular dynamics engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiida import orm
from aiida.engine import CalcJob
from aiida.engine.processes.workchains.workchain import WorkChainSpec
from aiida_pseudo.data.pseudo.upf import UpfData

from aiida_matal.calculations.quantumespresso.calculation import PwMdCalculation
from aiida_matal.calculations.quantumespresso.parameters import (
    THERMOSTATS,
    check_more,
    namelists,
)
from aiida_matal.calculations.quantumespresso.pseudopotentials import (
    all_norm_conserving,
    check_pseudos,
    count_electrons,
)
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.science.trajectory.md_settings import MdSettings
from aiida_matal.workflows.md.ab_initio import AbInitioMdWorkChain
from aiida_matal.workflows.md.quantumespresso_inputs import QuantumEspressoEngineFile, engine_inputs
from aiida_matal.workflows.ports import check_given


class QuantumEspressoMdWorkChain(AbInitioMdWorkChain):
    """Born-Oppenheimer molecular dynamics with pw.x of Quantum ESPRESSO.

    A segment goes on in the folder of the one before, if that ended by itself. Otherwise (at the start, and after a job
    that was killed) ``sample_every`` steps from given or drawn velocities come first, in a job of their own without a
    thermostat, as pw.x 6.7 cannot start from velocities with one.
    """

    THERMOSTATS = THERMOSTATS

    @classmethod
    def define(cls, spec: WorkChainSpec) -> None:
        """Add the ports of the ``engine`` namespace."""
        super().define(spec)
        spec.input("engine.code", valid_type=orm.AbstractCode, help="pw.x of Quantum ESPRESSO.")
        spec.input_namespace(
            "engine.pseudos",
            valid_type=UpfData,
            dynamic=True,
            help="The pseudopotential of each element; those of absent elements are left out.",
        )
        spec.input(
            "engine.parameters", valid_type=orm.Dict, required=False, help="Entries to add to the namelists of pw.x."
        )

    @classmethod
    def segment_process(cls) -> type[CalcJob]:
        """Return PwMdCalculation."""
        return PwMdCalculation

    def steps_of_segment(self, left: int) -> int:
        """Return ``sample_every`` for a job that starts from velocities."""
        return super().steps_of_segment(left) if self._parent() is not None else self._md.sample_every

    def segment_inputs(
        self, structure: orm.StructureData, velocities: orm.ArrayData | None, md: orm.Dict
    ) -> dict[str, Any]:
        """Return the inputs of one PwMdCalculation."""
        engine, parent = self.inputs.engine, self._parent()
        electrons = self.electrons
        kpoints = orm.KpointsData()
        kpoints.set_kpoints_mesh(ElectronSettings.parse(electrons.get_dict(), "engine.electrons").kpoints)
        inputs = {
            "code": engine.code,
            "structure": structure,
            "md": md,
            "electrons": electrons,
            "pseudos": {kind.name: engine.pseudos[kind.symbol] for kind in structure.kinds},
            "parameters": orm.Dict(self._namelists(structure, md, electrons, continues=parent is not None)),
            "kpoints": kpoints,
        }
        if kpoints.get_kpoints_mesh()[0] == [1, 1, 1]:
            inputs["settings"] = orm.Dict({"gamma_only": True})
        if parent is not None:
            inputs["parent_folder"] = parent
        elif velocities is not None:
            inputs["velocities"] = velocities
        return inputs

    @classmethod
    def inputs_from_file(cls, values: Mapping[str, Any], elements: Sequence[str], base: Path) -> dict[str, Any]:  # noqa: ARG003
        """Return code, pseudopotentials and the rest as a campaign file describes them (QuantumEspressoEngineFile)."""
        return engine_inputs(QuantumEspressoEngineFile.parse(values, "engine"), elements)

    @classmethod
    def restrict_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> dict[str, Any]:
        """Return the inputs with only the pseudopotentials of these elements.

        :raises InputError: if an element has none.
        """
        check_pseudos(engine["pseudos"], symbols, one_functional=False)
        return {**engine, "pseudos": {symbol: engine["pseudos"][symbol] for symbol in sorted(set(symbols))}}

    @classmethod
    def check_engine_inputs(cls, engine: Mapping[str, Any], symbols: Sequence[str]) -> None:
        """Check that the code is there, that the pseudopotentials cover the elements and go together.

        :raises InputError: if an input is missing or refused.
        """
        check_given("engine", engine, ("code", "pseudos"), "Quantum ESPRESSO")
        more = engine["parameters"].get_dict() if "parameters" in engine else {}
        check_more(more)
        check_pseudos(engine["pseudos"], symbols, one_functional="input_dft" not in more.get("SYSTEM", {}))
        cls.check_electrons(engine)

    def _namelists(
        self, structure: orm.StructureData, md: orm.Dict, electrons: orm.Dict, *, continues: bool
    ) -> dict[str, dict[str, Any]]:
        engine = self.inputs.engine
        symbols = [structure.get_kind(site.kind_name).symbol for site in structure.sites]
        return namelists(
            MdSettings.parse(md.get_dict(), "md"),
            ElectronSettings.parse(electrons.get_dict(), "engine.electrons"),
            n_atoms=len(symbols),
            n_electrons=count_electrons(engine.pseudos, symbols),
            norm_conserving=all_norm_conserving({symbol: engine.pseudos[symbol] for symbol in set(symbols)}),
            continues=continues,
            more=engine.parameters.get_dict() if "parameters" in engine else None,
        )

    def _parent(self) -> orm.RemoteData | None:
        """Return the folder in which the run can go on, or None."""
        before = [*self.ctx.hot_segments, *self.ctx.segments]
        if not before or not before[-1].outputs.results["is_restartable"]:
            return None
        folder = before[-1].outputs.remote_folder
        return None if folder.is_cleaned else folder
