from __future__ import annotations

import pytest
from aiida.orm import CalcJobNode, Dict, InstalledCode, WorkChainNode, load_node

from aiida_matal.provenance.cost import software_of, time_spent
from aiida_matal.provenance.processes import descendants


@pytest.fixture
def campaign_with_jobs(store_campaign, store_process, store_outputs, aiida_localhost):
    """A campaign of three jobs: one of 2 core-hours, one that took its result from the cache, one that failed."""
    campaign = store_campaign(exit_status=0)
    engine = store_process(WorkChainNode, "engine", caller=campaign, exit_status=0)
    code = InstalledCode(label="lammps", computer=aiida_localhost, filepath_executable="/opt/secret/bin/lmp")
    for exit_status in (0, 0, 310):
        where = {"inputs": {"code": code}, "computer": aiida_localhost}
        job = store_process(CalcJobNode, "md", caller=engine, exit_status=exit_status, **where)
        if exit_status == 0:
            results = {"core_hours": 2.0, "engine": "lammps", "engine_version": "2 Apr 2025"}
            store_outputs(job, results=Dict(results))
    cached = next(process for process in descendants(campaign.pk) if process.name == "md")
    load_node(cached.pk).base.extras.set("_aiida_cached_from", cached.uuid)
    return campaign


def test_time_is_summed_by_kind_of_process(campaign_with_jobs):
    spent = {row.name: row for row in time_spent(descendants(campaign_with_jobs.pk))}
    assert set(spent) == {"engine", "md"}
    assert (spent["md"].n_processes, spent["md"].n_failed, spent["md"].n_from_cache) == (3, 1, 1)
    assert spent["md"].wall_seconds >= 0


def test_jobs_from_the_cache_cost_no_core_hours(campaign_with_jobs):
    spent = {row.name: row.core_hours for row in time_spent(descendants(campaign_with_jobs.pk))}
    assert spent == {"engine": None, "md": 2.0}


def test_software_names_versions_codes_and_no_folders(campaign_with_jobs):
    found = software_of(campaign_with_jobs, descendants(campaign_with_jobs.pk))
    assert [item.name for item in found] == ["aiida-core", "aiida-matal", "lammps", "code lammps"]
    assert [item.version for item in found[:3]] == ["2.9.4", "unknown", "2 Apr 2025"]
    assert found[3].where == "lmp on localhost"


def test_campaign_without_processes_spent_nothing(store_campaign):
    campaign = store_campaign(state="created")
    assert time_spent([]) == []
    assert [item.name for item in software_of(campaign, [])] == ["aiida-core", "aiida-matal"]
