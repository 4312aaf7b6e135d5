"""The status and the results of a nested training as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiida_matal.cli.text import text_table
from aiida_matal.provenance.trainings import JobStatus, TrainingStatus

N_WORST = 8
MIEDEMA_GROUP = "miedema_group"
TABLES = ("errors", "features", "parity")


def training_text(status: TrainingStatus) -> str:
    """Return all there is to say about a nested training, with the commands that may come next."""
    blocks = [_head(status)]
    if status.jobs:
        header = ["job", "pk", "features", f"RMSE ({status.unit})", f"baseline ({status.unit})", "state"]
        blocks.append(text_table(header, [_job(job) for job in status.jobs]))
    blocks += _failures(status)
    if status.errors:
        blocks += [_summary(status), _worst(status)]
    blocks.append("Next:\n" + "\n".join(f"  {command}" for command in _next_commands(status)))
    return "\n\n".join(blocks)


def _head(status: TrainingStatus) -> str:
    ended = f" [{status.exit_status}]" if status.exit_status else f" {status.exit_message}".rstrip()
    lines = [
        f"Nested training {status.pk}",
        f"uuid      {status.uuid}",
        f"launched  {status.created:%Y-%m-%d %H:%M} UTC",
        f"state     {status.state}{ended}",
        f"jobs      {status.n_ended} of {status.n_jobs} have ended",
    ]
    return "\n".join(lines)


def _job(job: JobStatus) -> tuple[object, ...]:
    state = f"{job.state} [{job.exit_status}]" if job.exit_status else job.state
    if job.from_cache:
        state = f"{state}, from cache"
    return job.label, job.pk, job.n_features, _rounded(job.rmse), _rounded(job.baseline_rmse), state


def _failures(status: TrainingStatus) -> list[str]:
    """Return why jobs failed, each reason once; empty if none has."""
    reasons: dict[str, list[str]] = {}
    for job in status.jobs:
        if job.message:
            reasons.setdefault(job.message, []).append(job.label)
    lines = [f"  {', '.join(labels)}: {reason}" for reason, labels in reasons.items()]
    return ["Failed:\n" + "\n".join(lines)] if lines else []


def _summary(status: TrainingStatus) -> str:
    names = {("all", "all"): "all labels", (status.group, "mean"): f"mean over each {status.group}"}
    names |= {
        (MIEDEMA_GROUP, row["name"]): row["name"]
        for row in status.errors
        if row["level"] == MIEDEMA_GROUP and row["name"] != "mean"
    }
    rows = {(row["level"], row["name"]): row for row in status.errors}
    return _errors("Errors on labels that the models have not seen", status, names, rows)


def _worst(status: TrainingStatus) -> str:
    groups = [row for row in status.errors if row["level"] == status.group and row["name"] != "mean"]
    worst = sorted(groups, key=lambda row: -row["rmse"])[:N_WORST]
    rows = {(row["level"], row["name"]): row for row in worst}
    return _errors("The largest of them", status, {key: key[1] for key in rows}, rows)


def _errors(
    title: str,
    status: TrainingStatus,
    names: Mapping[tuple[str, str], str],
    rows: Mapping[tuple[str, str], Mapping[str, Any]],
) -> str:
    cells = [(name, rows[key]["n_points"], *_numbers(rows[key])) for key, name in names.items()]
    header = ["", "labels", "RMSE", "baseline", "ratio", "bias"]
    return f"{title} ({status.unit}):\n\n{text_table(header, cells)}"


def _numbers(row: Mapping[str, float]) -> Sequence[float | None]:
    ratio = row["rmse"] / row["baseline_rmse"] if row["baseline_rmse"] else None
    return [_rounded(value) for value in (row["rmse"], row["baseline_rmse"], ratio, row["bias"])]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2) + 0.0  # no -0


def _next_commands(status: TrainingStatus) -> list[str]:
    if not status.is_finished:
        return [f"aiida-matal model status {status.pk} --watch", f"verdi process report {status.pk}"]
    commands = [f"verdi process report {status.pk}"] if status.exit_status else []
    if "model" in status.outputs:
        model = status.outputs["model"]
        commands += [f"aiida-matal model predict {model} --all", f"verdi data matal model show {model}"]
    shown = [name for name in TABLES if name in status.outputs]
    return commands + [f"verdi data matal table show {status.outputs[name]}  # {name}" for name in shown]
