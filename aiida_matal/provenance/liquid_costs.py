"""What the liquids in the graph took: jobs, steps and core-hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from aiida.orm import AbstractCode, CalcJobNode, Dict, QueryBuilder, Str, TrajectoryData, WorkChainNode
from aiida.orm.nodes.caching import NodeCaching

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.liquid_cost import LiquidCost
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.workflows.md.liquid import LiquidStateWorkChain

#: Liquids that are looked at, the newest ones.
MAX_LIQUIDS = 500

_CONVERGED = 0
_GIVEN_UP = 410


class _Run(NamedTuple):
    liquid: int
    n_atoms: int


class _Job(NamedTuple):
    run: int
    code: str
    steps: int
    core_hours: float
    from_cache: bool


def liquid_costs(engine_name: str) -> list[LiquidCost]:
    """Return what each liquid of an engine took, newest first, in three queries.

    Liquids are those that converged or were given up after the longest search: one that failed at once tells nothing.
    Those with jobs taken from the cache are left out, as are those whose settings this version does not know.

    :param engine_name: entry point of the engine, such as ``matal.md.lammps``.
    """
    settings = _settings(engine_name)
    runs = _runs(settings)
    jobs: dict[int, list[_Job]] = {pk: [] for pk in settings}
    for job in _jobs(runs):
        jobs[runs[job.run].liquid].append(job)
    n_atoms = {run.liquid: run.n_atoms for run in runs.values()}
    told = [pk for pk, made in jobs.items() if made and not any(job.from_cache for job in made)]
    return [_cost(settings[pk], n_atoms[pk], jobs[pk]) for pk in told]


def _settings(engine_name: str) -> dict[int, LiquidSettings]:
    """Return the settings of the liquids of an engine by pk, newest first."""
    query = QueryBuilder()
    ended = {"in": [_CONVERGED, _GIVEN_UP]}
    filters = {"attributes.process_label": LiquidStateWorkChain.__name__, "attributes.exit_status": ended}
    query.append(WorkChainNode, filters=filters, tag="liquid", project="id")
    query.append(
        Str, with_outgoing="liquid", edge_filters={"label": "engine_name"}, filters={"attributes.value": engine_name}
    )
    query.append(Dict, with_outgoing="liquid", edge_filters={"label": "settings"}, project="attributes")
    query.order_by({"liquid": {"id": "desc"}}).limit(MAX_LIQUIDS)
    return {pk: parsed for pk, values in query.all() if (parsed := _parsed(values)) is not None}


def _parsed(values: Mapping[str, Any]) -> LiquidSettings | None:
    try:
        return LiquidSettings.parse(values, "settings")
    except InputError:
        return None


def _runs(liquids: Iterable[int]) -> dict[int, _Run]:
    """Return the runs of liquids by pk; the shape of its trajectory tells the number of atoms."""
    query = QueryBuilder()
    query.append(WorkChainNode, filters={"id": {"in": [*liquids] or [0]}}, tag="liquid", project="id")
    query.append(WorkChainNode, with_incoming="liquid", tag="run", project="id")
    query.append(
        TrajectoryData, with_incoming="run", edge_filters={"label": "trajectory"}, project="attributes.array|positions"
    )
    return {run: _Run(liquid, shape[1]) for liquid, run, shape in query.all()}


def _jobs(runs: Iterable[int]) -> list[_Job]:
    """Return the jobs of runs; the steps of a hot start in the same job are added to those of the run."""
    query = QueryBuilder()
    query.append(WorkChainNode, filters={"id": {"in": [*runs] or [0]}}, tag="run", project="id")
    query.append(CalcJobNode, with_incoming="run", tag="job", project=f"extras.{NodeCaching.CACHED_FROM_KEY}")
    query.append(AbstractCode, with_outgoing="job", edge_filters={"label": "code"}, project="uuid")
    query.append(Dict, with_outgoing="job", edge_filters={"label": "md"}, project="attributes.hot_start.n_steps")
    results = ["attributes.steps_done", "attributes.core_hours"]
    query.append(Dict, with_incoming="job", edge_filters={"label": "results"}, project=results)
    return [
        _Job(run, code, steps + (hot_steps or 0), core_hours, cached_from is not None)
        for run, cached_from, code, hot_steps, steps, core_hours in query.all()
    ]


def _cost(settings: LiquidSettings, n_atoms: int, jobs: list[_Job]) -> LiquidCost:
    return LiquidCost(
        settings=settings,
        code=jobs[0].code,
        n_atoms=n_atoms,
        runs=len({job.run for job in jobs}),
        jobs=len(jobs),
        steps=sum(job.steps for job in jobs),
        core_hours=sum(job.core_hours for job in jobs),
    )
