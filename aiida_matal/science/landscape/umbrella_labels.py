"""Labels of points by umbrella sampling."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aiida_matal.science.landscape.columns import KAPPA, WANTED, numbered
from aiida_matal.science.landscape.labels import LandscapeLabel, check_candidates, landscape_labels, sampling_names
from aiida_matal.science.landscape.monte_carlo.points import PointRequest, SampledPoint, sample_points
from aiida_matal.science.landscape.monte_carlo.settings import UmbrellaSettings
from aiida_matal.science.landscape.monte_carlo.umbrella import UmbrellaPoint
from aiida_matal.science.landscape.system import System
from aiida_matal.science.table import ID, Table

#: File that the labels are written to as they come.
POINTS_FILE = "points.jsonl"
_ARRAYS = ("eta", "eta_error", "mu", "mu_error")
_SECONDS_AN_HOUR = 3600.0


def sample_candidates(
    candidates: Table, system: System, settings: UmbrellaSettings, results: Path, n_threads: int = 1
) -> Table:
    """Return the labels of points by umbrella sampling; those that have not converged are failed.

    The labels do not depend on the number of threads, nor on which other points are in the table.

    :param candidates: with ``id``, the points ``wanted_eta_0``, ... and the centres of the bias ``kappa_0``, ...
    :param results: file that each label is written to when it is there; those that it holds are not sampled again.
    :raises InputError: if the points are not of this system.
    """
    check_candidates(candidates, system.d)
    points = sample_points(system, _requests(candidates, system.d), settings, results, n_threads)
    labels = [_label(name, point) for name, point in zip(candidates[ID].tolist(), points, strict=True)]
    return landscape_labels(labels, system.d)


def labels_so_far(candidates: Table, d: int, results: Path) -> Table:
    """Return the labels of those of the points that a file written by :func:`sample_candidates` holds.

    :param d: number of components of the points.
    """
    ids = dict(zip(sampling_names(candidates), candidates[ID].tolist(), strict=True))
    found = {}
    for line in results.read_bytes().splitlines() if results.exists() else []:
        try:
            entry = json.loads(line)
            found[ids[entry["id"]]] = _label(ids[entry["id"]], _sampled(entry))
        except (ValueError, KeyError, TypeError):
            continue  # the line that was being written when the job ended
    return landscape_labels([found[name] for name in ids.values() if name in found], d)


def _requests(candidates: Table, d: int) -> Sequence[PointRequest]:
    wanted, kappa = (candidates.matrix(numbered(name, d)) for name in (WANTED, KAPPA))
    rows = zip(sampling_names(candidates), wanted, kappa, strict=True)
    return [PointRequest(*row) for row in rows]


def _sampled(entry: Mapping[str, Any]) -> SampledPoint:
    arrays = {name: np.array(entry["result"][name], dtype=np.float64) for name in _ARRAYS}
    return SampledPoint(entry["id"], UmbrellaPoint(**{**entry["result"], **arrays}), entry["seconds"])


def _label(identifier: str, sampled: SampledPoint) -> LandscapeLabel:
    point = sampled.point
    return LandscapeLabel(
        identifier,
        point.eta,
        point.eta_error,
        point.mu,
        point.mu_error,
        n_passes=point.n_passes,
        reason=point.reason,
        core_hours=sampled.seconds / _SECONDS_AN_HOUR,
    )
