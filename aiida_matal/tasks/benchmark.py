"""The task ``benchmark``: data and strategies in, errors and choices out."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from aiida_matal.science.benchmark.problem import Benchmark
from aiida_matal.science.benchmark.replay import run_splits
from aiida_matal.science.settings import Settings
from aiida_matal.tasks.folder import Outcome, TaskFolder


class BenchmarkTaskSettings(Settings):
    """Settings of the task ``benchmark``."""

    benchmark: dict[str, Any] = Field(description="settings of the benchmark")
    learner: dict[str, Any] = Field(description="settings of the training")
    strategies: dict[str, dict[str, Any]] = Field(description="settings of the selection of each strategy, by name")
    splits: list[int] = Field(min_length=1, description="numbers of the splits to run, from 0")
    seed: int = Field(ge=0, description="seed of every random choice")


def run(task: TaskFolder) -> Outcome:
    """Replay the strategies on the table ``dataset``; write ``curves`` and ``choices``.

    The value is ``n_splits``, how many splits were run.

    :raises InputError: for settings or data that are refused.
    """
    settings = BenchmarkTaskSettings.parse(task.settings, where="settings")
    benchmark = Benchmark.parse(
        task.table("dataset"), settings.benchmark, settings.learner, settings.strategies, settings.seed
    )
    curves, choices = run_splits(benchmark, settings.splits)
    tables = task.write_table("curves", curves) | task.write_table("choices", choices)
    return Outcome({"n_splits": len(settings.splits)}, tables, {})
