"""Molecular dynamics at constant volume with a calculator of ASE, in the worker."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiida import orm
from aiida.common.datastructures import CalcInfo
from aiida.common.folders import Folder
from aiida.engine import CalcJob, CalcJobProcessSpec

from aiida_matal.calculations.md_inputs import WALLTIME_SHARE, check_md_inputs, define_md_inputs
from aiida_matal.calculations.md_outputs import define_md_outputs
from aiida_matal.calculations.task import define_worker, worker_calcinfo
from aiida_matal.calculations.validation import validator
from aiida_matal.science.dynamics.atoms import atoms_table
from aiida_matal.science.dynamics.calculators import FILES_FOLDER, fitting_calculator
from aiida_matal.science.dynamics.states import STATES_FILE
from aiida_matal.science.dynamics.thermostats import THERMOSTATS
from aiida_matal.science.errors import InputError

TABLE_FILE = "atoms.npz"


class AseMdCalculation(CalcJob):
    """One molecular dynamics run with a named calculator of ASE.

    The frames of ``trajectory`` are the steps 0, sample_every, ... before the last; ``final_structure`` and
    ``final_velocities`` are the state from which a next run continues, and no frame.
    """

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs, outputs and exit codes."""
        super().define(spec)
        define_worker(spec)
        define_md_inputs(spec)
        spec.input("calculator", valid_type=orm.Dict, help="Name and settings of the calculator (CalculatorSettings).")
        spec.input_namespace(
            "files",
            valid_type=orm.SinglefileData,
            dynamic=True,
            required=False,
            help="The files that the calculator reads, found by file name.",
        )
        spec.inputs.validator = validator(_check_inputs, "structure", "md", "calculator", base=spec.inputs.validator)
        options = spec.inputs["metadata"]["options"]
        options["max_wallclock_seconds"].default = 3600
        options["parser_name"].default = "matal.ase.md"
        define_md_outputs(spec)
        spec.default_output_node = "results"

    def prepare_for_submission(self, folder: Folder) -> CalcInfo:
        """Write the task folder, and name the files to copy and to retrieve."""
        structure, velocities = self.inputs.structure, self.inputs.get("velocities")
        kinds = [structure.get_kind(site.kind_name) for site in structure.sites]
        atoms_table(
            [kind.symbol for kind in kinds],
            [kind.mass for kind in kinds],
            [site.position for site in structure.sites],
            None if velocities is None else velocities.get_array("velocities"),
        ).write(Path(folder.get_abs_path(TABLE_FILE)))
        settings = {
            "md": self.inputs.md.get_dict(),
            "calculator": self.inputs.calculator.get_dict(),
            "cell": structure.cell,
            "max_seconds": WALLTIME_SHARE * self.options.max_wallclock_seconds,
        }
        task = {"task": "md", "settings": settings, "tables": {"atoms": TABLE_FILE}, "models": {}}
        calcinfo = worker_calcinfo(self, folder, task, [STATES_FILE])
        calcinfo.local_copy_list = [
            (node.uuid, node.filename, f"{FILES_FOLDER}/{node.filename}")
            for node in self.inputs.get("files", {}).values()
        ]
        return calcinfo


def check_calculator(calculator: orm.Dict, files: Mapping[str, orm.SinglefileData], symbols: list[str]) -> None:
    """Check that the calculator knows the elements and has its files.

    :raises InputError: if it is not registered, an element is unknown to it, or a file is missing, not needed or twice.
    """
    names = [node.filename for node in files.values()]
    if len(set(names)) < len(names):
        raise InputError("calculator files", sorted(names), "two files have the same name", "Pass each file once.")
    fitting_calculator(calculator.get_dict(), names, symbols)


def _check_inputs(inputs: Mapping[str, Any]) -> None:
    check_md_inputs(inputs["structure"], inputs.get("velocities"), inputs["md"], THERMOSTATS)
    symbols = [kind.symbol for kind in inputs["structure"].kinds]
    check_calculator(inputs["calculator"], inputs.get("files", {}), symbols)
