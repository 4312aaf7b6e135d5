"""Jobs that write each result as soon as they have it, so that those of a job that ended early are not lost."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from aiida.engine import CalcJobProcessSpec, ExitCode
from aiida.orm import Dict

from aiida_matal.calculations.task import TaskCalculation, TaskParser
from aiida_matal.data.table import TableData
from aiida_matal.science.table import Table


class ResumableCalculation(TaskCalculation):
    """A task on a system that leaves a file of the results so far, on as many threads as the job has cores."""

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define the system and the exit code of a job that ended early."""
        super().define(spec)
        spec.input("system", valid_type=Dict, help="Crystal, cluster expansion and ordering (SystemSettings).")
        spec.exit_code(
            370,
            "ERROR_ENDED_EARLY",
            invalidates_cache=True,
            message="The job ended after {done} of {wanted} {what}; what was done is kept.",
        )

    def settings(self) -> dict[str, Any]:
        """Return the system and the number of threads: `num_cores_per_mpiproc` of the resources, 1 without it."""
        n_threads = self.options.resources.get("num_cores_per_mpiproc") or 1
        return {"system": self.inputs.system.get_dict(), "n_threads": n_threads}


class ResumableParser(TaskParser):
    """Attach the table of a job, as far as the job came."""

    #: Name of the output, and of the file that the task writes at its end.
    table: ClassVar[str]
    role: ClassVar[str]
    #: What the job has done so many of, in words.
    what: ClassVar[str]

    def attach(self, result: dict[str, Any], folder: Path) -> None:
        """Attach the output."""
        self.out_table(result, folder, self.table, role=self.role)

    def parse(self, **kwargs: Any) -> ExitCode | None:
        """Attach the table; of a job that was killed or failed, what it had done by then."""
        exit_code = super().parse(**kwargs)
        if exit_code is None or exit_code.status == self.exit_codes.ERROR_INPUT_REFUSED.status:
            return exit_code
        done = self.read_done(Path(kwargs["retrieved_temporary_folder"]))
        if len(done) == 0:
            return exit_code
        self.out(self.table, TableData(done, role=self.role))
        if exit_code.status != self.exit_codes.ERROR_NO_RESULT.status:
            return exit_code
        return self.exit_codes.ERROR_ENDED_EARLY.format(done=len(done), wanted=self.n_wanted(), what=self.what)

    @abstractmethod
    def read_done(self, folder: Path) -> Table:
        """Return the results that the job wrote before it ended."""

    @abstractmethod
    def n_wanted(self) -> int:
        """Return how many results the job was to have."""
