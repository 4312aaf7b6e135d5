"""What is known of the label of a point of a free-energy landscape: where it lies, and who asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from aiida.orm import CalcJobNode, Node, ProcessNode

from aiida_matal.provenance.label_records import made_in
from aiida_matal.provenance.processes import find_node
from aiida_matal.science.landscape.columns import (
    CRITERION,
    ETA,
    ETA_ERROR,
    KAPPA,
    MU,
    MU_ERROR,
    WANTED,
    dimension,
    numbered,
)
from aiida_matal.science.table import ID, Table

Vector = list[float | None]


@dataclass(frozen=True)
class PointRecord:
    """What is known of the label of a point; vectors have a component for the composition and each order parameter.

    :param wanted: the point asked for, and ``kappa`` the centre of the bias; None where no bias held it.
    :param eta: the average there; unknown numbers are None.
    :param mu: chemical potentials in eV a site.
    :param criterion: that asked for the point, empty if the graph does not tell; ``asked`` is its reason.
    :param where: the round and campaign, or the campaign whose test set it is of; empty outside of campaigns.
    :param evidence: pk of the job that made the label, None if there is none in this profile.
    """

    id: str
    status: str
    reason: str
    criterion: str
    asked: str
    where: str
    n_passes: int
    core_hours: float
    evidence: int | None
    wanted: Vector
    kappa: Vector
    eta: Vector
    eta_error: Vector
    mu: Vector
    mu_error: Vector

    def as_dict(self) -> dict[str, Any]:
        """Return plain, JSON-serialisable values."""
        return asdict(self)


def point_record(labels: Table, identifier: str) -> PointRecord:
    """Return what is known of a label of a table of labels or a dataset of a free-energy landscape.

    :raises InputError: if the table has no such label.
    """
    (label,) = labels.take(labels.positions([identifier])).rows()
    d = dimension(labels, MU)
    job = find_node(label["evidence"])
    oracle = job.caller if isinstance(job, CalcJobNode) else None
    decided = _decided(oracle, identifier)
    row = {**_candidate(job, identifier), **label}
    names = {"wanted": WANTED, "kappa": KAPPA, ETA: ETA, ETA_ERROR: ETA_ERROR, MU: MU, MU_ERROR: MU_ERROR}
    vectors: dict[str, Any] = {key: _vector(row, name, d) for key, name in names.items()}
    return PointRecord(
        id=identifier,
        criterion=row.get(CRITERION) or decided.get(CRITERION, ""),
        asked=decided.get("reason", ""),
        where="" if oracle is None else _where(oracle),
        evidence=None if job is None else job.pk,
        **{key: label[key] for key in ("status", "reason", "n_passes", "core_hours")},
        **vectors,
    )


def _vector(row: Mapping[str, Any], name: str, d: int) -> Vector:
    values = [row.get(component) for component in numbered(name, d)]
    return [value if value is not None and isfinite(value) else None for value in values]


def _candidate(job: Node | None, identifier: str) -> dict[str, Any]:
    """Return the row of the points that a job sampled; of labels without a job, nothing."""
    if not isinstance(job, CalcJobNode) or "candidates" not in job.inputs:
        return {}
    return _row(job.inputs.candidates.table, identifier)


def _decided(oracle: ProcessNode | None, identifier: str) -> dict[str, Any]:
    """Return the row of the decision that asked an oracle for a point."""
    round_ = None if oracle is None else oracle.caller
    return {} if round_ is None or "decision" not in round_.outputs else _row(round_.outputs.decision.table, identifier)


def _row(table: Table, identifier: str) -> dict[str, Any]:
    found = table.take(table[ID] == identifier)
    return next(iter(found.rows()), {})


def _where(oracle: ProcessNode) -> str:
    campaign = oracle.caller
    if campaign is None or "number" in campaign.inputs:
        return made_in(oracle)
    return f"the test set of campaign {campaign.pk}"
