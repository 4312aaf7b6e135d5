"""Find campaigns and say how far they are."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from aiida.orm import CalcJobNode, Dict, ProcessNode, QueryBuilder, WorkChainNode, load_node
from numpy.typing import NDArray

from aiida_matal.data.table import TableData
from aiida_matal.provenance.processes import Called, called, last_reports, load_work_chain, outputs_of
from aiida_matal.science.table import ID, Table

CAMPAIGNS = "aiida.workflows:matal.campaign"
#: Entry point of the campaign whose labels are vectors, and thousands.
FREE_ENERGY = "matal.campaign.free_energy"
_BEFORE = "before the first round"
#: Errors of a model in a learning curve: that which is told is the first that is known.
_BEST_FIRST = ("test_rmse", "cv_rmse", "validation_rmse")


@dataclass(frozen=True)
class RoundStatus:
    """How far a round is.

    :param n_chosen: candidates that its decision chose, None if it made none.
    :param error: error of the model trained at its beginning, NaN if there is none.
    :param core_hours: cost of its labels.
    """

    number: int
    pk: int
    state: str
    n_chosen: int | None
    ok: int
    failed: int
    rejected: int
    error: float
    core_hours: float


@dataclass(frozen=True)
class LabelStatus:
    """A process that labels a candidate, or what several candidates need, in the newest round."""

    name: str
    pk: int
    state: str
    doing: str


@dataclass(frozen=True)
class CampaignStatus:
    """How far a campaign is.

    :param kind: entry point of its work chain.
    :param exit_status: None unless finished.
    :param reasons: of the newest verdict.
    :param error_name: which error of the model the rounds show, with ``error_unit``.
    :param now: what runs, as ``round 2: train (process 34)``; only ``round 2`` between two steps; else empty.
    :param core_hours: cost of all labels in the dataset, those it began with included.
    """

    pk: int
    uuid: str
    kind: str
    created: datetime
    state: str
    exit_status: int | None
    exit_message: str
    reasons: list[str]
    error_name: str
    error_unit: str
    rounds: list[RoundStatus]
    labels: list[LabelStatus]
    now: str
    n_labels: int
    n_failed: int
    core_hours: float

    @property
    def is_finished(self) -> bool:
        """Return whether it has ended, in whichever way."""
        return self.state in ("finished", "excepted", "killed")

    def as_dict(self) -> dict[str, Any]:
        """Return plain, JSON-serialisable values; unknown errors are None."""
        values = asdict(self) | {"created": self.created.isoformat()}
        for row in values["rounds"]:
            row["error"] = None if math.isnan(row["error"]) else row["error"]
        return values


def find_campaigns(limit: int | None = None) -> list[WorkChainNode]:
    """Return the campaigns of the profile, newest first."""
    query = QueryBuilder()
    query.append(WorkChainNode, filters={"process_type": {"like": f"{CAMPAIGNS}%"}}, tag="campaign")
    query.order_by({"campaign": {"id": "desc"}})
    return query.limit(limit).all(flat=True)


def load_campaign(identifier: str) -> WorkChainNode:
    """Return the campaign with this pk or uuid.

    :raises InputError: if there is no such node, or it is no campaign.
    """
    return load_work_chain("campaign", identifier, CAMPAIGNS, "Campaigns: aiida-matal campaign list.")


def kind_of(campaign: ProcessNode) -> str:
    """Return the entry point of a campaign's work chain."""
    return str(campaign.process_type).split(":", 1)[-1]


def find_rounds(campaign: ProcessNode) -> list[Called]:
    """Return the rounds of a campaign in order."""
    return sorted(called([campaign.pk], "round\\_%"), key=round_number)


def round_number(round_: Called) -> int:
    """Return the number of a round."""
    return int(round_.label.removeprefix("round_"))


def newest(campaign: ProcessNode, outputs: list[dict[str, int]], name: str) -> Any:
    """Return the newest output ``name`` of the rounds, the campaign's own input if none has it, or None.

    :param outputs: pks of the outputs of each round, by label, in the order of the rounds.
    """
    found = [pks[name] for pks in outputs if name in pks]
    if found:
        return load_node(found[-1])
    return campaign.inputs[name] if name in campaign.inputs else None  # noqa: SIM401


def campaign_status(campaign: ProcessNode) -> CampaignStatus:
    """Return how far a campaign is, whether it waits, runs, has finished or failed."""
    rounds = find_rounds(campaign)
    pks = outputs_of([round_.pk for round_ in rounds])
    outputs = [pks[round_.pk] for round_ in rounds]
    verdict, curve, dataset = (newest(campaign, outputs, name) for name in ("verdict", "learning_curve", "dataset"))
    errors, error_name, error_unit = _errors(None if curve is None else curve.table)
    table = None if dataset is None else dataset.table
    chosen = _chosen([round_.pk for round_ in rounds])
    new = None if table is None else _made_here(campaign, table)
    labels, now = _doing(campaign, rounds, chosen)
    counts = _counts(None if table is None else table["status"])
    return CampaignStatus(
        pk=campaign.pk,
        uuid=campaign.uuid,
        kind=kind_of(campaign),
        created=campaign.ctime,
        state=_state(campaign),
        exit_status=campaign.exit_status,
        exit_message=(campaign.exit_message or campaign.exception or "").strip(),
        reasons=list(verdict["reasons"]) if isinstance(verdict, Dict) else [],
        error_name=error_name,
        error_unit=error_unit,
        rounds=[_round(item, new, chosen, errors) for item in rounds],
        labels=labels,
        now=now,
        n_labels=counts["ok"],
        n_failed=counts["failed"] + counts["rejected"],
        core_hours=0.0 if table is None else float(table["core_hours"].sum()),
    )


def _state(campaign: ProcessNode) -> str:
    if campaign.paused and not campaign.is_terminated:
        return "paused"
    return str(campaign.process_state.value) if campaign.process_state else "created"


def _errors(curve: Table | None) -> tuple[dict[int, float], str, str]:
    if curve is None:
        return {}, "cv_rmse", "1"
    known = [name for name in _BEST_FIRST if name in curve and np.isfinite(curve[name]).any()]
    name = known[0] if known else "cv_rmse"
    return dict(zip(curve["round"].tolist(), curve[name].tolist(), strict=True)), name, curve.columns[name].unit


def _chosen(rounds: list[int]) -> dict[int, int]:
    """Return how many candidates each round chose, by pk of the round, in one query."""
    if not rounds:
        return {}
    query = QueryBuilder()
    query.append(WorkChainNode, filters={"id": {"in": rounds}}, tag="round", project="id")
    query.append(CalcJobNode, with_incoming="round", edge_filters={"label": "select"}, tag="select")
    query.append(
        TableData, with_incoming="select", edge_filters={"label": "candidates"}, project="attributes.rows", tag="table"
    )
    return dict(query.all())


def _made_here(campaign: ProcessNode, dataset: Table) -> Table:
    """Return the labels of a dataset that its campaign made."""
    rows = dataset.select([ID, "status", "core_hours", "round"])
    if "dataset" not in campaign.inputs:
        return rows
    return rows.take(~np.isin(rows[ID], campaign.inputs.dataset.table[ID]))


def _round(round_: Called, new: Table | None, chosen: dict[int, int], errors: dict[int, float]) -> RoundStatus:
    number = round_number(round_)
    rows = None if new is None else new.take(new["round"] == number)
    return RoundStatus(
        number=number,
        pk=round_.pk,
        state=round_.ending,
        n_chosen=chosen.get(round_.pk),
        **_counts(None if rows is None else rows["status"]),
        error=errors.get(number, math.nan),
        core_hours=0.0 if rows is None else float(rows["core_hours"].sum()),
    )


def _counts(statuses: NDArray[Any] | None) -> dict[str, int]:
    counted = ("ok", "failed", "rejected")
    return {status: 0 if statuses is None else int((statuses == status).sum()) for status in counted}


def _doing(campaign: ProcessNode, rounds: list[Called], chosen: dict[int, int]) -> tuple[list[LabelStatus], str]:
    """Return what labels candidates now, and what runs."""
    if rounds and rounds[-1].is_active:
        return _in_progress(rounds[-1].pk, f"round {round_number(rounds[-1])}", chosen)
    if rounds or campaign.is_terminated:
        return [], ""
    labels, now = _in_progress(campaign.pk, _BEFORE, chosen)
    return labels, "" if now == _BEFORE else now


def _in_progress(caller: int, where: str, chosen: dict[int, int]) -> tuple[list[LabelStatus], str]:
    active = [step for step in called([caller]) if step.is_active and not step.is_function]
    oracles = [step for step in active if step.label.startswith("label")]
    if not oracles:
        doing = ", ".join(f"{step.label} (process {step.pk})" for step in active)
        return [], f"{where}: {doing}" if doing else where
    children = [child for child in called([oracles[-1].pk]) if not child.is_function]
    reports = last_reports([child.pk for child in children if child.is_active])
    labels = [LabelStatus(child.label, child.pk, child.ending, reports.get(child.pk, "")) for child in children]
    done = sum(not child.is_active for child in children)
    progress = f", {done} of {len(children)} processes done" if children else ""
    what = f"{chosen.get(caller, 0)} candidates" if caller in chosen else "a test set"
    return labels, f"{where}: labelling {what}{progress}"
