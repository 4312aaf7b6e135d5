"""The CalcJob that samples points of a free-energy landscape with ``ccasm monte`` of CASM 1.x."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiida.common.datastructures import CalcInfo, CodeInfo
from aiida.common.folders import Folder
from aiida.engine import CalcJob, CalcJobProcessSpec, ExitCode
from aiida.orm import AbstractCode, Dict, RemoteData
from aiida.parsers import Parser

from aiida_matal.calculations.ccasm.monte_settings import monte_settings
from aiida_matal.calculations.ccasm.results import MonteResults, WrongResultError, run_times
from aiida_matal.calculations.ccasm.settings import CcasmSettings
from aiida_matal.calculations.validation import validator
from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import KAPPA, vector
from aiida_matal.science.landscape.labels import check_candidates, landscape_labels
from aiida_matal.science.table import ID

SETTINGS_FILE = "monte.json"
RESULTS_FILE = "results.json"
#: What makes the folder of a job a CASM project: links to these of the real one.
PROJECT_PARTS = (".casm", "prim.json", "basis_sets", "cluster_expansions", "symmetry", "training_data")


class CcasmMonteCalculation(CalcJob):
    """Sample the points of a table with CASM 1.x, each held near its place by a bias on CASM's order parameter.

    The job runs in its own folder, which has links to the parts of the project: CASM takes it for the project and
    writes its results there. A project is the folder that holds ``.casm``, with the basis set compiled on the computer.
    """

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs, outputs and exit codes."""
        super().define(spec)
        spec.input("code", valid_type=AbstractCode, help="A code whose executable is `ccasm` of CASM 1.x.")
        spec.input("project", valid_type=RemoteData, help="The CASM project, on the computer of the code.")
        spec.input("candidates", valid_type=TableData, help="The points to sample: id, wanted_eta_0, ..., kappa_0, ...")
        spec.input(
            "settings", valid_type=Dict, help="Temperature, cell, bias, order parameter, length (CcasmSettings)."
        )
        spec.inputs.validator = validator(
            _check_inputs, "code", "project", "candidates", "settings", base=spec.inputs.validator
        )
        options = spec.inputs["metadata"]["options"]
        options["resources"].default = lambda: {"num_machines": 1, "num_mpiprocs_per_machine": 1}
        options["withmpi"].default = False
        options["output_filename"].default = "ccasm.out"
        options["parser_name"].default = "matal.ccasm.monte"
        spec.output("labels", valid_type=TableData, help="One label a point: eta, mu, their errors, status, reason.")
        spec.exit_code(
            303,
            "ERROR_NO_RESULT",
            invalidates_cache=True,
            message="The code left no readable {file}; its output ends: {tail}",
        )
        spec.exit_code(
            304, "ERROR_WRONG_RESULT", invalidates_cache=True, message="{file} is not that of the settings: {reason}."
        )
        spec.exit_code(
            370,
            "ERROR_ENDED_EARLY",
            invalidates_cache=True,
            message="The job ended after {done} of {wanted} points; what was done is kept.",
        )

    def prepare_for_submission(self, folder: Folder) -> CalcInfo:
        """Write the settings of CASM and name what to link and what to retrieve."""
        settings = CcasmSettings.parse(self.inputs.settings.get_dict(), where="settings")
        with folder.open(SETTINGS_FILE, "w", encoding="utf8") as handle:
            json.dump(monte_settings(settings, vector(self.inputs.candidates.table, KAPPA)), handle, indent=1)
        codeinfo = CodeInfo()
        codeinfo.code_uuid = self.inputs.code.uuid
        codeinfo.cmdline_params = ["monte", "-s", SETTINGS_FILE]
        codeinfo.stdout_name = self.options.output_filename
        project = self.inputs.project
        calcinfo = CalcInfo()
        calcinfo.codes_info = [codeinfo]
        calcinfo.remote_symlink_list = [
            (project.computer.uuid, f"{project.get_remote_path()}/{part}", part) for part in PROJECT_PARTS
        ]
        calcinfo.retrieve_list = [RESULTS_FILE, self.options.output_filename]
        return calcinfo


class CcasmMonteParser(Parser):
    """Make labels of the averages that CASM found, as far as it came."""

    def parse(self, **_: Any) -> ExitCode | None:
        """Attach the labels of the points that were done."""
        settings = CcasmSettings.parse(self.node.inputs.settings.get_dict(), where="settings")
        output = self._text(self.node.get_option("output_filename"))
        try:
            results = MonteResults(self._text(RESULTS_FILE), settings)
        except WrongResultError as exception:
            return self.exit_codes.ERROR_WRONG_RESULT.format(file=RESULTS_FILE, reason=str(exception))
        except ValueError:
            tail = output[-300:].strip() or "(empty output)"
            return self.exit_codes.ERROR_NO_RESULT.format(file=RESULTS_FILE, tail=tail)
        candidates = self.node.inputs.candidates.table
        ids = candidates[ID].tolist()
        if len(results) > len(ids):
            reason = f"it has {len(results)} points, not {len(ids)}"
            return self.exit_codes.ERROR_WRONG_RESULT.format(file=RESULTS_FILE, reason=reason)
        labels = results.labels(ids, vector(candidates, KAPPA), run_times(output), self.node.uuid)
        self.out("labels", TableData(landscape_labels(labels, settings.d), role="labels"))
        if len(results) < len(ids):
            return self.exit_codes.ERROR_ENDED_EARLY.format(done=len(results), wanted=len(ids))
        return None

    def _text(self, name: str) -> str:
        """Return what a retrieved file holds, nothing if it is not there."""
        try:
            return str(self.retrieved.base.repository.get_object_content(name))
        except OSError:
            return ""


def _check_inputs(inputs: Mapping[str, Any]) -> None:
    settings = CcasmSettings.parse(inputs["settings"].get_dict(), where="settings")
    check_candidates(inputs["candidates"].table, settings.d)
    computer, project = inputs["code"].computer, inputs["project"].computer
    if computer.uuid != project.uuid:
        cure = f"Give a project on {computer.label}."
        raise InputError("project", project.label, "it is on another computer than the code", cure)
