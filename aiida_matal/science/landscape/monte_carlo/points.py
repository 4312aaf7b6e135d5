"""Many umbrella-sampled points on all cores, resumable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.monte_carlo.chain import SimulationCell
from aiida_matal.science.landscape.monte_carlo.journal import Job, run_jobs
from aiida_matal.science.landscape.monte_carlo.settings import UmbrellaSettings
from aiida_matal.science.landscape.monte_carlo.umbrella import UmbrellaPoint, sample_point
from aiida_matal.science.seeds import derive_seed

if TYPE_CHECKING:
    from aiida_matal.science.landscape.system import System

Floats = NDArray[np.float64]

_ARRAYS = ("eta", "eta_error", "mu", "mu_error")
_NUMBERS = ("n_passes", "acceptance", "reason")


@dataclass(frozen=True, eq=False)
class PointRequest:
    """A point to sample.

    :ivar id: its name, from which its seed follows.
    :ivar wanted: where the chain starts, shape (d,).
    :ivar kappa: centres of the bias, shape (d,).
    """

    id: str
    wanted: Floats
    kappa: Floats


@dataclass(frozen=True, eq=False)
class SampledPoint:
    """A point, and the processor time in s that it took."""

    id: str
    point: UmbrellaPoint
    seconds: float


def sample_points(
    system: System,
    requests: Sequence[PointRequest],
    settings: UmbrellaSettings,
    results: Path,
    n_threads: int = 1,
    report: Callable[[str], None] = print,
) -> list[SampledPoint]:
    """Return the points in the order of the requests; they do not depend on the number of threads.

    :param results: file of JSON lines that each finished point is appended to; points that it holds already are not
        sampled again, unless the system, the settings or the request have changed.
    :param report: receives a line about the progress now and then.
    :raises InputError: for a request that is not of this system, or two of one id.
    """
    cell = SimulationCell.build(system, settings.repeats)
    common = {"system": system.settings.as_dict(), "settings": settings.as_dict()}
    jobs = [_job(cell, request, settings, common) for request in requests]
    entries = run_jobs(jobs, results, n_threads, report)
    return [SampledPoint(entry["id"], _point(entry["result"]), entry["seconds"]) for entry in entries]


def _job(cell: SimulationCell, request: PointRequest, settings: UmbrellaSettings, common: Mapping[str, Any]) -> Job:
    for name, values in (("wanted_eta", request.wanted), ("kappa", request.kappa)):
        if np.shape(values) != (cell.d,) or not np.isfinite(values).all():
            cure = f"Give {cell.d} finite numbers, as many as the system has order parameters."
            raise InputError(f"{name} of {request.id}", np.asarray(values).tolist(), "it is no point", cure)
    question = {
        **common,
        "id": request.id,
        "wanted": np.asarray(request.wanted).tolist(),
        "kappa": np.asarray(request.kappa).tolist(),
    }
    seed = derive_seed(settings.seed, request.id)

    def compute() -> dict[str, Any]:
        point = sample_point(cell, request.wanted, request.kappa, settings, seed)
        return {
            **{name: getattr(point, name).tolist() for name in _ARRAYS},
            **{name: getattr(point, name) for name in _NUMBERS},
        }

    return Job(request.id, question, compute)


def _point(result: Mapping[str, Any]) -> UmbrellaPoint:
    arrays: dict[str, Any] = {name: np.array(result[name], dtype=np.float64) for name in _ARRAYS}
    return UmbrellaPoint(**arrays, **{name: result[name] for name in _NUMBERS})
