"""Molecular dynamics with pw.x of Quantum ESPRESSO at constant volume."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from aiida import orm
from aiida.common.datastructures import CalcInfo
from aiida.common.folders import Folder
from aiida.engine import CalcJobProcessSpec
from aiida_quantumespresso.calculations.pw import PwCalculation
from ase import units

from aiida_matal.calculations.md_inputs import WALLTIME_SHARE, check_md_inputs, define_md_inputs
from aiida_matal.calculations.md_outputs import define_md_outputs
from aiida_matal.calculations.quantumespresso.parameters import THERMOSTATS, TIME_UNIT
from aiida_matal.calculations.quantumespresso.pseudopotentials import check_pseudos
from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.science.trajectory.md_settings import MdSettings
from aiida_matal.science.trajectory.velocities import draw_velocities


class PwMdCalculation(PwCalculation):
    """One molecular dynamics run with pw.x.

    With ``parent_folder`` it goes on where the job of that folder ended. Otherwise it starts from ``velocities``, or
    from some drawn at the temperature of the run, and has no thermostat: pw.x 6.7 cannot have both. Frames and final
    state are those of :class:`~aiida_matal.calculations.lammps.calculation.LammpsMdCalculation`.
    """

    # That of the parent keeps all jobs that ended early out of the cache, also those whose frames are used.
    _spec_class = CalcJobProcessSpec

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs, outputs and exit codes."""
        super().define(spec)
        define_md_inputs(spec)
        spec.input("electrons", valid_type=orm.Dict, help="Settings of the electrons (ElectronSettings).")
        spec.inputs.validator = cls.validate_inputs

        options = spec.inputs["metadata"]["options"]
        options["resources"].default = lambda: {"num_machines": 1, "num_mpiprocs_per_machine": 1}
        options["withmpi"].default = False
        options["max_wallclock_seconds"].default = 3600
        options["parser_name"].default = "matal.quantumespresso.md"

        for name in [name for name in spec.outputs if name.startswith("output_")]:
            del spec.outputs[name]
        define_md_outputs(spec)
        spec.default_output_node = "results"

    @classmethod
    def validate_inputs(cls, value: Mapping[str, Any], port_namespace: Mapping[str, Any]) -> str | None:
        """Return why the inputs are refused, or None."""
        if not {"structure", "md", "electrons", "parameters", "pseudos"} <= set(port_namespace):
            return None
        try:
            _check_inputs(value)
        except InputError as error:
            return str(error)
        message: str | None = super().validate_inputs(value, port_namespace)
        return message

    def prepare_for_submission(self, folder: Folder) -> CalcInfo:
        """Write the input file, with the velocities to start from; the data file is retrieved for a while only."""
        calcinfo: CalcInfo = super().prepare_for_submission(folder)
        self._complete_input(folder)
        if "parent_folder" in self.inputs:
            calcinfo.remote_copy_list = self._state_to_copy()
        calcinfo.retrieve_list = [self.inputs.metadata.options.output_filename]
        calcinfo.retrieve_temporary_list = self.xml_filepaths
        return calcinfo

    def _complete_input(self, folder: Folder) -> None:
        """Add the time limit, which is no input as it does not change the result, and the velocities."""
        options = self.inputs.metadata.options
        path = Path(folder.get_abs_path(options.input_filename))
        limit = f"&CONTROL\n  max_seconds = {WALLTIME_SHARE * options.max_wallclock_seconds:.10g}\n"
        card = "" if "parent_folder" in self.inputs else self._velocities_card()
        path.write_text(path.read_text(encoding="utf8").replace("&CONTROL\n", limit, 1) + card, encoding="utf8")

    def _state_to_copy(self) -> list[tuple[str, str, str]]:
        """Return what to copy of the parent: positions, velocities and density, and no wave functions of other steps.

        Those are as many as the parent had bands, and would be taken for some of this run.
        """
        parent, out = self.inputs.parent_folder, self._OUTPUT_SUBFOLDER
        path = PurePosixPath(parent.get_remote_path()) / out
        return [(parent.computer.uuid, str(path / f"{self._PREFIX}{end}"), out) for end in (".md", ".save")]

    def _velocities_card(self) -> str:
        structure = self.inputs.structure
        if "velocities" in self.inputs:
            velocities = self.inputs.velocities.get_array("velocities")
        else:
            md = MdSettings.parse(self.inputs.md.get_dict(), where="md")
            masses = [structure.get_kind(site.kind_name).mass for site in structure.sites]
            velocities = draw_velocities(masses, md.temperature, md.seed)
        rows = zip(structure.sites, (velocities * TIME_UNIT / units.Bohr).tolist(), strict=True)
        lines = [f"{site.kind_name} {x:.15g} {y:.15g} {z:.15g}" for site, (x, y, z) in rows]
        return "\n".join(["ATOMIC_VELOCITIES", *lines]) + "\n"


def _check_inputs(inputs: Mapping[str, Any]) -> None:
    structure = inputs["structure"]
    md = check_md_inputs(structure, inputs.get("velocities"), inputs["md"], THERMOSTATS)
    ElectronSettings.parse(inputs["electrons"].get_dict(), where="electrons")
    parameters = inputs["parameters"].get_dict()
    one_functional = "input_dft" not in parameters.get("SYSTEM", {})
    by_symbol = {
        kind.symbol: inputs["pseudos"][kind.name] for kind in structure.kinds if kind.name in inputs["pseudos"]
    }
    check_pseudos(by_symbol, [kind.symbol for kind in structure.kinds], one_functional=one_functional)
    control = parameters.get("CONTROL", {})
    continues = "parent_folder" in inputs
    wanted = {"calculation": "md", "nstep": md.n_steps, "restart_mode": "restart" if continues else "from_scratch"}
    for key, value in wanted.items():
        if control.get(key) != value:
            reason = "it is not what the other inputs say"
            raise InputError(f"parameters.CONTROL.{key}", control.get(key), reason, f"Set it to {value!r}.")
