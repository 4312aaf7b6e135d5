"""Base of the CalcJobs that run ``matal-task``: tables and models in, tables and models out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from aiida.common import datastructures
from aiida.common.exceptions import ValidationError
from aiida.common.folders import Folder
from aiida.engine import CalcJob, CalcJobProcessSpec, ExitCode
from aiida.orm import AbstractCode
from aiida.parsers import Parser

from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.table import Table

TASK_FILE = "task.json"
RESULT_FILE = "result.json"


def define_worker(spec: CalcJobProcessSpec) -> None:
    """Define the code and the defaults of the options of a job that runs the worker."""
    spec.input("code", valid_type=AbstractCode, help="A code whose executable is `matal-task`.")
    options = spec.inputs["metadata"]["options"]
    options["resources"].default = {"num_machines": 1, "num_mpiprocs_per_machine": 1}
    options["withmpi"].default = False
    options["output_filename"].default = "matal-task.out"


def worker_calcinfo(
    job: CalcJob, folder: Folder, task: Mapping[str, Any], temporary: Sequence[str]
) -> datastructures.CalcInfo:
    """Write ``task.json`` and return how the worker is run on it.

    :param task: the task: name, settings, tables and models.
    :param temporary: files to retrieve for the parser only.
    """
    with folder.open(TASK_FILE, "w") as handle:
        json.dump(task, handle, indent=2, sort_keys=True)
    codeinfo = datastructures.CodeInfo()
    codeinfo.code_uuid = job.inputs.code.uuid
    codeinfo.cmdline_params = ["."]
    codeinfo.stdout_name = job.options.output_filename
    calcinfo = datastructures.CalcInfo()
    calcinfo.codes_info = [codeinfo]
    calcinfo.retrieve_list = [RESULT_FILE, job.options.output_filename]
    calcinfo.retrieve_temporary_list = list(temporary)
    return calcinfo


class TaskCalculation(CalcJob):
    """Run one task of the worker on a code whose executable is ``matal-task``."""

    task_name: ClassVar[str]
    table_inputs: ClassVar[tuple[str, ...]] = ()
    model_inputs: ClassVar[tuple[str, ...]] = ()
    retrieved: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define options and exit codes shared by all tasks."""
        super().define(spec)
        define_worker(spec)
        spec.exit_code(210, "ERROR_INPUT_REFUSED", message="The worker refused its input: {message}")
        spec.exit_code(302, "ERROR_TASK_FAILED", invalidates_cache=True, message="The task failed: {message}")
        spec.exit_code(
            303,
            "ERROR_NO_RESULT",
            invalidates_cache=True,
            message="The task left no readable {file}; its output ends: {tail}",
        )

    def settings(self) -> dict[str, Any]:
        """Return the settings of the task, plain values."""
        raise NotImplementedError

    def prepare_for_submission(self, folder: Folder) -> datastructures.CalcInfo:
        """Write the task folder."""
        tables = {name: f"{name}.npz" for name in self.table_inputs if name in self.inputs}
        models = {name: name for name in self.model_inputs if name in self.inputs}
        for name, filename in tables.items():
            self.inputs[name].table.write(Path(folder.get_abs_path(filename)))
        for name, directory in models.items():
            self.inputs[name].verify()
            self.inputs[name].base.repository.copy_tree(Path(folder.get_abs_path(directory)))
        task = {"task": self.task_name, "settings": self.settings(), "tables": tables, "models": models}
        return worker_calcinfo(self, folder, task, self.retrieved)


class TaskParser(Parser):
    """Read ``result.json`` and turn what it names into nodes."""

    def parse(self, **kwargs: Any) -> ExitCode | None:
        """Attach the outputs, or say why there are none."""
        try:
            result = json.loads(self.retrieved.base.repository.get_object_content(RESULT_FILE))
        except (OSError, ValueError):
            return self.exit_codes.ERROR_NO_RESULT.format(file=RESULT_FILE, tail=self._output_tail())
        if result["status"] != "ok":
            refused = result["type"] == "InputError"
            code = self.exit_codes.ERROR_INPUT_REFUSED if refused else self.exit_codes.ERROR_TASK_FAILED
            return code.format(message=result["message"])
        with tempfile.TemporaryDirectory() as empty:
            folder = Path(kwargs.get("retrieved_temporary_folder") or empty)
            try:
                self.attach(result, folder)
            except (OSError, ValueError, ValidationError) as exception:
                return self.exit_codes.ERROR_NO_RESULT.format(file=str(exception), tail=self._output_tail())
        return None

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the outputs of a task that ended well."""
        raise NotImplementedError

    def out_table(self, result: dict[str, Any], folder: Path, name: str, role: str) -> None:
        """Attach a table that the task wrote."""
        self.out(name, TableData(Table.read(folder / result["tables"][name]), role=role))

    def out_model(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the model that the task wrote."""
        self.out("model", ModelData.from_folder(folder / result["models"]["model"], result["values"]))

    def _output_tail(self) -> str:
        try:
            text = self.retrieved.base.repository.get_object_content(self.node.get_option("output_filename"))
        except OSError:
            return "(no output)"
        return str(text)[-300:].strip() or "(empty output)"
