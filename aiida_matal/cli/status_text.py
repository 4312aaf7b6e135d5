"""The status of a campaign as text."""

from __future__ import annotations

from collections.abc import Sequence

from aiida_matal.cli.text import number, text_table
from aiida_matal.provenance.campaigns import CampaignStatus, LabelStatus, RoundStatus

#: With more processes that label than this, those that ended well are not shown.
MAX_LABELS = 20


def status_text(status: CampaignStatus) -> str:
    """Return all there is to say about a campaign, with the commands that may come next."""
    blocks = [_head(status)]
    if status.rounds:
        blocks.append(_rounds(status))
    if status.labels:
        blocks.append(_labels(status.labels))
    blocks.append(_totals(status))
    blocks.append("Next:\n" + "\n".join(f"  {command}" for command in next_commands(status)))
    return "\n\n".join(blocks)


def status_line(status: CampaignStatus) -> str:
    """Return one line on how far a campaign is."""
    error = next((row.error for row in reversed(status.rounds) if row.error == row.error), None)
    model = "" if error is None else f"; {status.error_name} {number(error)} {status.error_unit}"
    labels = f"{status.n_labels} labels, {status.n_failed} failed or rejected"
    doing = status.now or _ending(status)
    return f"campaign {status.pk} {doing}; {labels}{model}; {status.core_hours:.3g} core-hours"


def next_commands(status: CampaignStatus) -> list[str]:
    """Return the commands that make sense in this state."""
    if not status.is_finished:
        return [f"aiida-matal campaign watch {status.pk}", f"verdi process report {status.pk}"]
    report = [f"aiida-matal campaign report {status.pk}"]
    if status.state == "finished" and status.exit_status in (0, 401):
        return [*report, f"aiida-matal campaign extend {status.pk} --rounds 2"]
    return [f"verdi process report {status.pk}", f"verdi process status {status.pk}", *report]


def _head(status: CampaignStatus) -> str:
    lines = [
        f"Campaign {status.pk} ({status.kind})",
        f"uuid      {status.uuid}",
        f"launched  {status.created:%Y-%m-%d %H:%M} UTC",
        f"state     {_ending(status)}",
    ]
    if status.now:
        lines.append(f"now       {status.now}")
    if status.reasons:
        lines.append(f"verdict   {'; '.join(status.reasons)}")
    return "\n".join(lines)


def _ending(status: CampaignStatus) -> str:
    if status.exit_status is None:
        last = status.exit_message.splitlines()[-1:] if status.exit_message else []
        return ": ".join([status.state, *last])
    return f"{status.state} [{status.exit_status}] {status.exit_message}".strip()


def _rounds(status: CampaignStatus) -> str:
    unit = "" if status.error_unit == "1" else f" ({status.error_unit})"
    header = ["round", "pk", "chosen", "ok", "failed", "rejected", f"{status.error_name}{unit}", "core-hours", "state"]
    return text_table(header, [_round(row) for row in status.rounds])


def _round(row: RoundStatus) -> tuple[object, ...]:
    return (
        row.number,
        row.pk,
        row.n_chosen,
        row.ok,
        row.failed,
        row.rejected,
        row.error,
        row.core_hours,
        row.state,
    )


def _labels(labels: Sequence[LabelStatus]) -> str:
    """Return a row for each process that labels; of many, only those that run or failed."""
    shown = labels if len(labels) <= MAX_LABELS else [label for label in labels if label.state != "finished"]
    rows = [(label.name, label.pk, label.state, label.doing) for label in shown[:MAX_LABELS]]
    table = text_table(["label", "pk", "state", "doing"], rows)
    left_out = len(labels) - len(rows)
    return f"{table}\n\n{left_out} more are not shown." if left_out else table


def _totals(status: CampaignStatus) -> str:
    labels = f"{status.n_labels} labels, {status.n_failed} failed or rejected"
    return f"In all: {labels}, {status.core_hours:.4g} core-hours"
