"""Where the time of a campaign went, and which software spent it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from aiida.orm import AbstractCode, CalcJobNode, Computer, Dict, InstalledCode, ProcessNode, QueryBuilder

from aiida_matal.provenance.processes import Called


@dataclass(frozen=True)
class Spent:
    """What all processes of a kind took.

    :param wall_seconds: sum over the processes, that of their own children included.
    :param core_hours: None if the processes do not say.
    """

    name: str
    n_processes: int
    n_failed: int
    n_from_cache: int
    wall_seconds: float
    core_hours: float | None


@dataclass(frozen=True)
class Software:
    """A program and its version; of a code, its uuid, the name of its executable and the computer that it ran on."""

    name: str
    version: str
    where: str = ""


def time_spent(processes: Sequence[Called]) -> list[Spent]:
    """Return what each kind of process took, longest first.

    Core-hours are those that jobs report in an output ``core_hours``; a job taken from the cache cost none.
    """
    jobs = _core_hours([process.pk for process in processes if not process.from_cache])
    return sorted(
        (_spent(name, processes, jobs) for name in {process.name for process in processes}),
        key=lambda spent: (-spent.wall_seconds, spent.name),
    )


def software_of(campaign: ProcessNode, processes: Sequence[Called]) -> list[Software]:
    """Return the versions of AiiDA, this plugin and the engines, and the codes that the processes ran."""
    versions = campaign.base.attributes.get("version", {})
    found = [
        Software("aiida-core", versions.get("core", "unknown")),
        Software("aiida-matal", versions.get("plugin", "unknown")),
    ]
    pks = [process.pk for process in processes]
    return [*found, *_engines(pks), *_codes(pks)]


def _spent(name: str, processes: Sequence[Called], jobs: dict[int, float]) -> Spent:
    mine = [process for process in processes if process.name == name]
    hours = [jobs[process.pk] for process in mine if process.pk in jobs]
    return Spent(
        name=name,
        n_processes=len(mine),
        n_failed=sum(bool(process.exit_status) or process.state in ("excepted", "killed") for process in mine),
        n_from_cache=sum(process.from_cache for process in mine),
        wall_seconds=sum(process.wall_seconds for process in mine),
        core_hours=sum(hours) if hours else None,
    )


def _core_hours(pks: list[int]) -> dict[int, float]:
    query = _job_results(pks)
    query.add_filter("results", {"attributes": {"has_key": "core_hours"}})
    query.add_projection("job", "id")
    query.add_projection("results", "attributes.core_hours")
    return dict(query.all()) if pks else {}


def _engines(pks: list[int]) -> list[Software]:
    query = _job_results(pks)
    query.add_filter("results", {"attributes": {"has_key": "engine_version"}})
    query.add_projection("results", ["attributes.engine", "attributes.engine_version"])
    rows = query.all() if pks else []
    return [Software(engine, version) for engine, version in sorted({(row[0], row[1]) for row in rows})]


def _job_results(pks: list[int]) -> QueryBuilder:
    query = QueryBuilder()
    query.append(CalcJobNode, filters={"id": {"in": pks or [0]}}, tag="job")
    query.append(Dict, with_incoming="job", tag="results")
    return query


def _codes(pks: list[int]) -> list[Software]:
    """Return the codes; of an executable only the file name is told, not the path."""
    if not pks:
        return []
    query = QueryBuilder()
    query.append(CalcJobNode, filters={"id": {"in": pks}}, tag="job")
    query.append(AbstractCode, with_outgoing="job", edge_filters={"label": "code"}, project="*")
    query.append(Computer, with_node="job", project="label")
    query.distinct()
    return sorted((_code(code, computer) for code, computer in query.all()), key=lambda found: found.name)


def _code(code: AbstractCode, computer: str) -> Software:
    executable = PurePath(code.filepath_executable).name if isinstance(code, InstalledCode) else "in the code itself"
    return Software(f"code {code.label}", code.uuid, f"{executable} on {computer}")
