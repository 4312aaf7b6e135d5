"""Labels of points of a free-energy landscape: where the averages came to lie, and the chemical potentials there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.failure_policy import ATTEMPT
from aiida_matal.science.landscape.columns import (
    ETA,
    ETA_ERROR,
    KAPPA,
    MU,
    MU_ERROR,
    WANTED,
    dimension,
    label_columns,
    numbered,
)
from aiida_matal.science.table import ID, Column, Table

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LandscapeLabel:
    """The label of one point.

    :param eta: averages of composition and order parameters, shape (d,); NaN where they are not known.
    :param mu: chemical potentials in eV a site, shape (d,); stored as NaN unless the status is ``ok``.
    :param reason: why the label may not be used; empty if it may.
    :param core_hours: what the label cost.
    """

    id: str
    eta: Floats
    eta_error: Floats
    mu: Floats
    mu_error: Floats
    n_passes: int = 0
    reason: str = ""
    evidence: str = ""
    core_hours: float = 0.0

    @property
    def status(self) -> str:
        """Return ``failed`` if there is a reason, ``ok`` if there is none."""
        return "failed" if self.reason else "ok"


def failed_label(identifier: str, d: int, reason: str, evidence: str = "") -> LandscapeLabel:
    """Return the label of a point of which nothing is known."""
    unknown = np.full(d, np.nan)
    return LandscapeLabel(identifier, unknown, unknown, unknown, unknown, reason=reason, evidence=evidence)


def landscape_labels(labels: Sequence[LandscapeLabel], d: int) -> Table:
    """Return the table of labels with ``d`` components.

    :raises InputError: if a label is ok and one of its averages or chemical potentials is not finite.
    """
    arrays: dict[str, Any] = {ID: np.array([label.id for label in labels], dtype=np.str_)}
    for name in (ETA, ETA_ERROR, MU, MU_ERROR):
        values = np.array([_values(label, name) for label in labels], dtype=np.float64).reshape(len(labels), d)
        arrays |= dict(zip(numbered(name, d), values.T, strict=True))
    arrays["n_passes"] = np.array([label.n_passes for label in labels], dtype=np.int64)
    for name in ("status", "reason", "evidence"):
        arrays[name] = np.array([getattr(label, name) for label in labels], dtype=np.str_)
    arrays["core_hours"] = np.array([label.core_hours for label in labels], dtype=np.float64)
    return Table(arrays, label_columns(d))


def check_candidates(candidates: Table, d: int, *vectors: str, field: str = "candidates") -> None:
    """Check that a table holds points with ``d`` components.

    :param vectors: the vectors that every point must have; the point and the centre of its bias if none is named.
    :raises InputError: if there are no ids, or a vector has another number of components or is not finite.
    """
    if ID not in candidates:
        raise InputError(f"{field}.{ID}", candidates.names, "the column is missing", "Give each point an id.")
    for name in vectors or (WANTED, KAPPA):
        found = dimension(candidates, name)
        if found != d:
            cure = f"Give {numbered(name, d)[0]} to {numbered(name, d)[-1]}, points of this system."
            raise InputError(f"{field}.{name}", found, f"the system has {d} components", cure)
        values = candidates.matrix(numbered(name, d))
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            row, column = bad[0].tolist()
            what = f"point {candidates[ID][row]} is not finite"
            raise InputError(f"{field}.{numbered(name, d)[column]}", float(values[row, column]), what, "Leave it out.")


def what_is_sampled(candidates: Table, d: int) -> Table:
    """Return the columns that decide what the labels of the candidates will be, the number of earlier tries included.

    Points that are alike have equal tables, whichever criterion asked for them.
    """
    names = [ID, *numbered(WANTED, d), *numbered(KAPPA, d), *([ATTEMPT] if ATTEMPT in candidates else [])]
    table = candidates.select(names)
    return Table({name: table[name] for name in names}, table.columns | {ID: Column("point")})


def sampling_names(candidates: Table) -> list[str]:
    """Return the names from which the random numbers of each candidate follow: id and number of earlier tries."""
    tries = candidates[ATTEMPT].tolist() if ATTEMPT in candidates else [0] * len(candidates)
    names = zip(candidates[ID].tolist(), tries, strict=True)
    return [f"{name}#{attempt}" if attempt else name for name, attempt in names]


def _values(label: LandscapeLabel, name: str) -> Floats:
    values: Floats = getattr(label, name)
    if name in (MU, MU_ERROR) and label.reason:
        return np.full_like(values, np.nan)
    if name in (ETA, MU) and not label.reason and not np.isfinite(values).all():
        cure = "Give a reason to labels without values."
        raise InputError(f"label {label.id}.{name}", values.tolist(), "it is not finite", cure)
    return values
