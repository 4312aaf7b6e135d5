"""VASP molecular dynamics at constant volume."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from aiida import orm
from aiida.common.datastructures import CalcInfo
from aiida.common.folders import Folder
from aiida.engine import CalcJobProcessSpec
from aiida_vasp.calcs.vasp import VaspCalculation
from aiida_vasp.parsers.content_parsers.incar import IncarParser
from aiida_vasp.parsers.content_parsers.kpoints import KpointsParser

from aiida_matal.calculations.md_inputs import check_md_inputs, define_md_inputs
from aiida_matal.calculations.md_outputs import define_md_outputs
from aiida_matal.calculations.validation import validator
from aiida_matal.calculations.vasp.incar import THERMOSTATS, check_more_tags, incar
from aiida_matal.calculations.vasp.potentials import check_potentials, n_valence_electrons, species
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.science.trajectory.md_settings import MdSettings

STDOUT = "vasp_output"
CONTCAR = "CONTCAR"
VASPRUN = "vasprun.xml"

#: Inputs of VaspCalculation that this one derives from its own, or that have no use in molecular dynamics.
_UNUSED = (
    "kpoints",
    "dynamics",
    "charge_density",
    "wavefunctions",
    "settings",
    "vdw_kernel",
    "restart_folder",
)


class VaspMdCalculation(VaspCalculation):
    """One molecular dynamics run with VASP, of which the trajectory is kept; files that hold POTCAR never are."""

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs, outputs and exit codes."""
        super().define(spec)
        for name in _UNUSED:
            del spec.inputs[name]
        for name in [name for name in spec.outputs if name not in ("remote_folder", "remote_stash", "retrieved")]:
            del spec.outputs[name]
        define_md_inputs(spec)
        spec.input("electrons", valid_type=orm.Dict, help="Settings of the electrons (ElectronSettings).")
        spec.input("parameters", valid_type=orm.Dict, default=lambda: orm.Dict({}), help="More tags of INCAR, by name.")
        spec.inputs["potential"].help = "The potential (POTCAR) of each element."
        spec.inputs.validator = validator(
            _check_inputs, "structure", "md", "electrons", "potential", base=spec.inputs.validator
        )

        options = spec.inputs["metadata"]["options"]
        options["resources"].default = lambda: {"num_machines": 1, "num_mpiprocs_per_machine": 1}
        options["max_wallclock_seconds"].default = 24 * 3600
        options["output_filename"].default = STDOUT
        options["parser_name"].default = "matal.vasp.md"

        define_md_outputs(spec)
        spec.default_output_node = "results"

    def prepare_for_submission(self, folder: Folder) -> CalcInfo:
        """Write the four input files; keep CONTCAR and what VASP prints, and vasprun.xml while it is read."""
        calcinfo = super().prepare_for_submission(folder)
        calcinfo.retrieve_list = [CONTCAR, STDOUT]
        calcinfo.retrieve_temporary_list = [VASPRUN]
        return calcinfo

    def write_incar(self, dst: str, validate_tags: bool = True) -> None:
        """Write the tags that follow from the settings, and those of the user."""
        counts = species(self.inputs.structure)
        tags = incar(
            MdSettings.parse(self.inputs.md.get_dict(), where="md"),
            ElectronSettings.parse(self.inputs.electrons.get_dict(), where="electrons"),
            self.inputs.parameters.get_dict(),
            n_species=len(counts),
            n_atoms=sum(counts.values()),
            n_electrons=sum(n_valence_electrons(self.inputs.potential[name]) * n for name, n in counts.items()),
        )
        IncarParser(data=orm.Dict(tags), validate_tags=validate_tags).write(dst)

    def write_kpoints(self, dst: str) -> None:
        """Write a mesh that holds the Gamma point."""
        kpoints = orm.KpointsData()
        kpoints.set_kpoints_mesh(ElectronSettings.parse(self.inputs.electrons.get_dict(), where="electrons").kpoints)
        KpointsParser(data=kpoints).write(dst)

    def write_poscar(self, dst: str) -> None:
        """Write the structure, and the velocities after it, cartesian in Angstrom/fs."""
        super().write_poscar(dst)
        if "velocities" in self.inputs:
            with Path(dst).open("a", encoding="utf8") as handle:
                handle.write("\n")
                np.savetxt(handle, self.inputs.velocities.get_array("velocities"), fmt="%23.15e")


def _check_inputs(inputs: Mapping[str, Any]) -> None:
    check_md_inputs(inputs["structure"], inputs.get("velocities"), inputs["md"], THERMOSTATS)
    ElectronSettings.parse(inputs["electrons"].get_dict(), where="electrons")
    check_more_tags(inputs["parameters"].get_dict() if "parameters" in inputs else {})
    check_potentials(inputs["potential"], list(species(inputs["structure"])))
