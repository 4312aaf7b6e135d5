from __future__ import annotations

import pytest
from aiida.engine import run_get_node
from aiida.orm import (
    CalcJobNode,
    Dict,
    Float,
    InstalledCode,
    Int,
    Str,
    StructureData,
    TrajectoryData,
    WorkChainNode,
)
from ase.build import bulk

from aiida_matal.provenance.liquid_costs import liquid_costs
from aiida_matal.science.mixing.liquid_cost import LiquidCost
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.workflows.md.liquid import LiquidStateWorkChain

LAMMPS = "matal.md.lammps"
QUICK = {"n_atoms": 32, "timestep": 2.0, "sample_every": 5, "hot_start_steps": 100, "volume_steps": 200}
QUICK |= {"production_steps": 200, "segment_steps": 100, "energy_error": 100.0}
QUICK |= {"volume_search": {"pressure_tolerance": 1000.0}}
RESULTS = {"steps_done": 500, "core_hours": 0.5}


@pytest.fixture
def code(aiida_localhost):
    code = InstalledCode(label="any-md", computer=aiida_localhost, filepath_executable="/bin/md")
    return code.store()


@pytest.fixture
def store_liquid(store_process, store_outputs, code):
    """Return a function that stores a liquid of 16 atoms in a run of two jobs; the first begins with a hot start."""

    def store(engine_name, exit_status=0, settings=None, cached=False):
        inputs = {"engine_name": Str(engine_name), "settings": Dict(settings or LiquidSettings().as_dict())}
        name = LiquidStateWorkChain.__name__
        liquid = store_process(WorkChainNode, name, exit_status=exit_status, inputs=inputs)
        run = store_process(WorkChainNode, "engine", caller=liquid, label="md_00", exit_status=0)
        for hot_start in ({"temperature": 3000.0, "n_steps": 100}, None):
            inputs = {"code": code, "md": Dict({"hot_start": hot_start})}
            job = store_process(CalcJobNode, "job", caller=run, exit_status=0, inputs=inputs)
            store_outputs(job, results=Dict(RESULTS))
            if cached:
                job.base.extras.set("_aiida_cached_from", job.uuid)
        store_outputs(run, trajectory=TrajectoryData([StructureData(ase=bulk("Ag").repeat((4, 2, 2)))]))

    return store


def test_liquid_took_the_sum_of_its_jobs_and_hot_starts(store_liquid, code):
    store_liquid("matal.md.a")
    settings = LiquidSettings()
    assert liquid_costs("matal.md.a") == [LiquidCost(settings, code.uuid, 16, runs=1, jobs=2, steps=1100, core_hours=1)]


def test_liquids_that_tell_nothing_are_left_out(store_liquid):
    first = LiquidSettings(timestep=1.0)
    store_liquid("matal.md.b", settings=first.as_dict())
    store_liquid("matal.md.b", exit_status=410)
    store_liquid("matal.md.b", exit_status=302)
    store_liquid("matal.md.b", cached=True)
    store_liquid("matal.md.b", settings={"key_of_another_version": 1})
    assert [cost.settings.timestep for cost in liquid_costs("matal.md.b")] == [LiquidSettings().timestep, 1.0]


def test_engine_without_liquids_has_no_costs(aiida_profile):
    assert liquid_costs("matal.md.none") == []


def test_real_liquid_took_what_its_jobs_say(lammps_code, eam_files):
    potential = Dict({"pair_style": "eam", "files": {"Ag": "Ag_u3.eam"}})
    inputs = {
        "structure": StructureData(ase=bulk("Ag", "fcc", a=4.4, cubic=True).repeat(2)),
        "settings": Dict(QUICK),
        "temperature": Float(2500.0),
        "seed": Int(3),
        "engine_name": Str(LAMMPS),
        "engine": {"code": lammps_code, "potential": potential, "files": eam_files(["Ag"])},
    }
    _, node = run_get_node(LiquidStateWorkChain, **inputs)
    assert node.exit_status == 0, node.exit_message
    jobs = [job for job in node.called_descendants if isinstance(job, CalcJobNode)]
    cost = liquid_costs(LAMMPS)[0]
    assert cost.code == lammps_code.uuid
    assert (cost.n_atoms, cost.runs, cost.jobs, cost.steps) == (32, 1, len(jobs), 300)
    assert cost.jobs == 2
    assert cost.core_hours == pytest.approx(sum(job.outputs.results["core_hours"] for job in jobs))
    assert cost.settings == LiquidSettings.parse(QUICK, "settings")
