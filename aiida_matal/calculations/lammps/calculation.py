"""LAMMPS molecular dynamics at constant volume with an embedded-atom potential."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np
from aiida import orm
from aiida.common.datastructures import CalcInfo, CodeInfo
from aiida.common.folders import Folder
from aiida.engine import CalcJob, CalcJobProcessSpec

from aiida_matal.calculations.lammps.potential import HEADER_LINES, LammpsPotential, check_potential
from aiida_matal.calculations.lammps.script import (
    DATA_FILE,
    DUMP_FILE,
    POTENTIAL_FOLDER,
    THERMOSTATS,
    data_text,
    is_triclinic,
    lammps_frame,
    script_text,
)
from aiida_matal.calculations.md_inputs import WALLTIME_SHARE, check_md_inputs, define_md_inputs
from aiida_matal.calculations.md_outputs import define_md_outputs
from aiida_matal.calculations.validation import validator
from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.md_settings import MdSettings


class LammpsMdCalculation(CalcJob):
    """One molecular dynamics run with LAMMPS.

    The frames of ``trajectory`` are the steps 0, sample_every, ... before the last; ``final_structure`` and
    ``final_velocities`` are the state from which a next run continues, and no frame.
    """

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs, outputs and exit codes."""
        super().define(spec)
        define_md_inputs(spec)
        spec.input("potential", valid_type=orm.Dict, help="Pair style and file names (LammpsPotential).")
        spec.input_namespace(
            "potential_files",
            valid_type=orm.SinglefileData,
            dynamic=True,
            help="The files named in 'potential' that the elements of the structure need, found by file name.",
        )
        spec.inputs.validator = validator(
            _check_inputs, "structure", "md", "potential", "potential_files", base=spec.inputs.validator
        )

        options = spec.inputs["metadata"]["options"]
        options["resources"].default = lambda: {"num_machines": 1, "num_mpiprocs_per_machine": 1}
        options["withmpi"].default = False
        options["max_wallclock_seconds"].default = 3600
        options["input_filename"].default = "lammps.in"
        options["output_filename"].default = "lammps.out"
        options["parser_name"].default = "matal.lammps.md"

        define_md_outputs(spec)
        spec.default_output_node = "results"

    def prepare_for_submission(self, folder: Folder) -> CalcInfo:
        """Write the input script and the data file, and name the files to copy and to retrieve."""
        structure = self.inputs.structure
        md = MdSettings.parse(self.inputs.md.get_dict(), where="md")
        potential = LammpsPotential.parse(self.inputs.potential.get_dict(), where="potential")
        kinds = {kind.name: (index, kind) for index, kind in enumerate(structure.kinds, start=1)}
        cell, rotation = lammps_frame(np.array(structure.cell))
        velocities = self.inputs.velocities.get_array("velocities") @ rotation if "velocities" in self.inputs else None
        data = data_text(
            cell,
            np.array([site.position for site in structure.sites]) @ rotation,
            velocities,
            np.array([kinds[site.kind_name][0] for site in structure.sites]),
        )
        options = self.inputs.metadata.options
        script = script_text(
            md,
            potential.commands([kind.symbol for kind in structure.kinds], POTENTIAL_FOLDER),
            [kind.mass for kind in structure.kinds],
            triclinic=is_triclinic(cell),
            create_velocities=velocities is None,
            timeout=max(1, int(WALLTIME_SHARE * options.max_wallclock_seconds)),
        )
        for filename, text in ((DATA_FILE, data), (options.input_filename, script)):
            with folder.open(filename, "w", encoding="utf8") as handle:
                handle.write(text)
        return self._calcinfo()

    def _calcinfo(self) -> CalcInfo:
        options = self.inputs.metadata.options
        codeinfo = CodeInfo()
        codeinfo.code_uuid = self.inputs.code.uuid
        codeinfo.cmdline_params = ["-in", options.input_filename, "-log", "none"]
        codeinfo.stdout_name = options.output_filename
        calcinfo = CalcInfo()
        calcinfo.codes_info = [codeinfo]
        calcinfo.local_copy_list = [
            (node.uuid, node.filename, f"{POTENTIAL_FOLDER}/{node.filename}")
            for node in self.inputs.potential_files.values()
        ]
        calcinfo.retrieve_list = [options.output_filename]
        calcinfo.retrieve_temporary_list = [DUMP_FILE]
        return calcinfo


def read_headers(files: Mapping[str, orm.SinglefileData]) -> dict[str, str]:
    """Return the first lines of each file, by file name.

    :raises InputError: if two of the nodes have the same file name.
    """
    headers: dict[str, str] = {}
    for node in files.values():
        if node.filename in headers:
            reason = "two potential files have this name"
            raise InputError("potential files", node.filename, reason, "Pass each file once.")
        with node.open(mode="rb") as handle:
            headers[node.filename] = b"".join(islice(handle, HEADER_LINES)).decode(errors="replace")
    return headers


def _check_inputs(inputs: Mapping[str, Any]) -> None:
    check_md_inputs(inputs["structure"], inputs.get("velocities"), inputs["md"], THERMOSTATS)
    symbols = [kind.symbol for kind in inputs["structure"].kinds]
    check_potential(inputs["potential"].get_dict(), read_headers(inputs["potential_files"]), symbols)
