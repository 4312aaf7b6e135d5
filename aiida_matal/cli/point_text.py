"""Labels of points of a free-energy landscape as text."""

from __future__ import annotations

import shlex
from typing import Any

from aiida_matal.cli.text import number, text_table
from aiida_matal.provenance.landscape_labels import PointRecord
from aiida_matal.science.landscape.columns import CRITERION, ETA, MU, dimension, numbered
from aiida_matal.science.table import ID, Table

_MEV = 1000.0


def point_list(labels: Table, node: str) -> str:
    """Return the labels, and how to choose one of them.

    :param node: what the user gave to find them.
    """
    if len(labels) == 0:
        return "There are no labels yet."
    eta, mu = numbered(ETA, dimension(labels, MU)), numbered(MU, 1)[0]
    names = [ID, "status", *([CRITERION] if CRITERION in labels else [])]
    rows = [
        [*(row[name] for name in names), *(f"{row[name]:.3f}" for name in eta), _mev(row[mu], "+.1f"), row["reason"]]
        for row in labels.rows()
    ]
    table = text_table([*names, *eta, "mu_0 (meV)", "reason"], rows)
    return f"{table}\n\nChoose one:\n  aiida-matal label show {node} --id {shlex.quote(str(labels[ID][0]))}"


def point_text(record: PointRecord) -> str:
    """Return all there is to say about the label of a point."""
    facts: dict[str, Any] = {
        "status": record.status,
        "reason": record.reason,
        "criterion": record.criterion,
        "decision": record.asked,
        "made in": record.where,
        "passes": record.n_passes or None,
        "cost": f"{record.core_hours:.4g} core-hours",
        "evidence": "" if record.evidence is None else f"verdi process show {record.evidence}",
    }
    width = max(map(len, facts)) + 2
    lines = [f"{name:<{width}}{number(value)}" for name, value in facts.items() if value]
    header = ["", "asked for", "centre of the bias", "average", "mu (meV)"]
    components = zip(record.wanted, record.kappa, record.eta, record.eta_error, record.mu, record.mu_error, strict=True)
    rows = [
        [
            f"eta_{index}",
            _plain(wanted),
            _plain(kappa),
            _plain(eta) if eta is None else f"{eta:.4f} +- {_plain(eta_error, '.1e')}",
            _mev(mu, "+.2f") if mu is None else f"{_mev(mu, '+.2f')} +- {_mev(mu_error, '.2f')}",
        ]
        for index, (wanted, kappa, eta, eta_error, mu, mu_error) in enumerate(components)
    ]
    return "\n".join([f"Label {record.id}", *lines, "", text_table(header, rows)])


def _plain(value: float | None, kind: str = ".4f") -> str:
    return "-" if value is None else f"{value:{kind}}"


def _mev(value: float | None, kind: str) -> str:
    return "-" if value is None or value != value else f"{_MEV * value:{kind}}"
