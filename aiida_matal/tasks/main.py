"""``matal-task FOLDER``: do the task that ``task.json`` in a folder describes and write ``result.json`` there."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiida_matal import __version__
from aiida_matal.science.errors import InputError

if TYPE_CHECKING:
    from aiida_matal.tasks.folder import Outcome

RESULT_NAME = "result.json"
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
TASK_NAMES = (
    "train",
    "select",
    "tune",
    "predict",
    "benchmark",
    "md",
    "umbrella",
    "sweep",
    "sample",
    "train_landscape",
    "surrogate",
    "phase_boundaries",
)
TASKS = {name: f"aiida_matal.tasks.{name}" for name in TASK_NAMES}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one task and return the exit status: 0 done, 2 input refused, 1 anything else.

    ``result.json`` appears when the task has ended, well or not, and is always complete.
    """
    parser = argparse.ArgumentParser(prog="matal-task", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="folder that holds task.json")
    parser.add_argument("--version", action="version", version=__version__)
    folder: Path = parser.parse_args(arguments).folder
    if not folder.is_dir():
        parser.error(f"{folder} is not a folder")
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, "1")
    (folder / RESULT_NAME).unlink(missing_ok=True)
    started = time.monotonic()
    result: dict[str, Any]
    try:
        outcome = _run(folder)
        result = {"status": "ok", "values": outcome.values, "tables": outcome.tables, "models": outcome.models}
        exit_status = 0
    except Exception as exception:
        traceback.print_exc()
        result = {"status": "error", "type": type(exception).__name__, "message": str(exception)}
        exit_status = 2 if isinstance(exception, InputError) else 1
    result |= {"wall_seconds": round(time.monotonic() - started, 3), "version": __version__}
    _write_result(folder, result)
    print(f"matal-task: {result['status']} after {result['wall_seconds']} s", flush=True)
    return exit_status


def _run(folder: Path) -> Outcome:
    # numpy reads the thread variables when it is first imported, so its users are imported here.
    from aiida_matal.tasks.folder import TaskFolder

    task = TaskFolder.read(folder)
    if task.name not in TASKS:
        raise InputError("task", task.name, "there is no such task", f"Tasks: {', '.join(TASKS)}.")
    print(f"matal-task: {task.name} in {folder}", flush=True)
    return import_module(TASKS[task.name]).run(task)


def _write_result(folder: Path, result: dict[str, Any]) -> None:
    partial = folder / f".{RESULT_NAME}.partial"
    partial.write_text(json.dumps(result, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    partial.replace(folder / RESULT_NAME)


if __name__ == "__main__":
    sys.exit(main())
