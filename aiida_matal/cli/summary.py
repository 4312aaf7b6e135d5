"""What a finished campaign prints: labels, learning curve, where the time went, where to look further."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aiida_matal.cli.text import text_table

if TYPE_CHECKING:
    from aiida.orm import WorkChainNode

KINDS_SHOWN = 8


def print_summary(campaign: WorkChainNode, folder: Path, wall_seconds: float) -> None:
    """Print the summary of a campaign and write its report to ``folder``."""
    from aiida_matal.provenance.report import write_report

    report = folder / "report.html"
    write_report(campaign, report)
    click.echo(f"\nhow it ended: {campaign.exit_message or 'all rounds done'}\n")
    _print_labels(campaign)
    _print_learning_curve(campaign)
    _print_time(campaign, wall_seconds)
    _print_next(campaign, folder, report)


def _print_labels(campaign: WorkChainNode) -> None:
    from aiida_matal.provenance.labels import label_rows

    if "dataset" not in campaign.outputs:
        click.echo("no labels were made")
        return
    target = campaign.inputs.learner["target"]
    table = campaign.outputs.dataset.table
    rows = [
        [str(row.round_number), row.id, row.status, _with_error(row.value, row.error), row.show or row.reason]
        for row in label_rows(table, target)
    ]
    quantity = f"{target.replace('_', ' ')} ({table.columns[target].unit})"
    click.echo(text_table(["round", "candidate", "status", quantity, "evidence"], rows))


def _print_learning_curve(campaign: WorkChainNode) -> None:
    if "learning_curve" not in campaign.outputs:
        return
    curve = campaign.outputs.learning_curve.table
    unit = curve.columns["cv_rmse"].unit
    rows = [
        [str(row["round"]), str(row["n_labels"]), f"{row['core_hours']:.4f}", _number(row["cv_rmse"])]
        for row in curve.rows()
    ]
    click.echo("\nlearning curve: error of the model that each round began with, by grouped cross-validation\n")
    click.echo(text_table(["round", "labels", "core-hours", f"RMSE ({unit})"], rows))


def _print_time(campaign: WorkChainNode, wall_seconds: float) -> None:
    from aiida_matal.provenance.cost import time_spent
    from aiida_matal.provenance.processes import descendants

    rows = [
        [
            kind.name,
            str(kind.n_processes),
            str(kind.n_from_cache),
            f"{kind.wall_seconds:.0f}",
            _core_seconds(kind.core_hours),
        ]
        for kind in time_spent(descendants(campaign.pk))[:KINDS_SHOWN]
    ]
    click.echo(
        f"\nwhere the time went: {wall_seconds:.0f} s in all; processes run side by side and inside one another\n"
    )
    headers = ["process", "number", "from cache", "wall (s)", "of it in the job (core-s)"]
    click.echo(text_table(headers, rows))


def _print_next(campaign: WorkChainNode, folder: Path, report: Path) -> None:
    lines = [
        f"open {report}",
        f"export AIIDA_PATH={folder.resolve()} PATH={Path(sys.executable).parent}:$PATH",
        f"verdi process status {campaign.pk}",
        f"verdi process report {campaign.pk}",
        f"aiida-matal campaign status {campaign.pk}",
        f"verdi node graph generate {_evidence(campaign)} --ancestor-depth 1  # of one label, down to the jobs",
    ]
    click.echo("\nlook further:\n")
    click.echo("\n".join(f"  {line}" for line in lines))


def _evidence(campaign: WorkChainNode) -> int:
    """Return the pk of the process behind the first label, that of the campaign if there is none."""
    from aiida.orm import load_node

    dataset = campaign.outputs.dataset.table if "dataset" in campaign.outputs else None
    uuids = [] if dataset is None else [uuid for uuid in dataset["evidence"].tolist() if uuid]
    return int(load_node(uuids[0]).pk if uuids else campaign.pk)


def _with_error(value: float, error: float) -> str:
    return "" if math.isnan(value) else f"{value:+.2f} +- {error:.2f}"


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"


def _core_seconds(core_hours: float | None) -> str:
    return "" if core_hours is None else f"{core_hours * 3600:.0f}"
