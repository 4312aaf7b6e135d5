from __future__ import annotations

import numpy as np
from aiida.engine import run_get_node
from aiida.orm import CalcJobNode, Dict, Str

from aiida_matal.data.table import TableData
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
from aiida_matal.workflows.oracles.mixing_enthalpy import MixingEnthalpyWorkChain

LIQUID = {
    "n_atoms": 32,
    "timestep": 4.0,
    "sample_every": 1,
    "hot_start_steps": 150,
    "volume_steps": 300,
    "production_steps": 300,
    "max_production_steps": 1200,
    "energy_error": 3.0,
    "volume_search": {"pressure_tolerance": 30.0},
    "liquid_check": {"min_displacement": 0.05, "min_exponent": 0.1, "min_valley": 0.1},
}
SPACE = {"elements": ["Al", "Cu"], "compositions": [0.5], "temperature": 2000.0}


def label(engine_name, engine):
    outputs, node = run_get_node(
        MixingEnthalpyWorkChain,
        candidates=TableData(mixing_pool(MixingSpace(**SPACE)), role="candidates"),
        settings=Dict({"seed": 5, "liquid": LIQUID, "max_concurrent": 1}),
        engine_name=Str(engine_name),
        engine=engine,
    )
    assert node.exit_status == 0, node.exit_message
    (row,) = outputs["labels"].table.rows()
    assert row["status"] == "ok", row["reason"]
    return row, [job for job in node.called_descendants if isinstance(job, CalcJobNode)]


def test_label_through_the_stand_in_is_that_of_the_same_potential_in_ase(vasp_code, potcars, task_code):
    kill = Dict({"environment_variables": {"STAND_IN_KILL_AFTER": "260"}})
    row, jobs = label("matal.md.vasp", {"code": vasp_code, "potentials": potcars(["Al", "Cu"]), "options": kill})
    assert {job.process_label for job in jobs} == {"VaspMdCalculation"}
    killed = [job for job in jobs if job.exit_status == 370]
    assert len(killed) >= 3
    assert all(job.outputs.results["steps_done"] == 260 for job in killed)
    calculator = Dict({"name": "emt", "settings": {}})
    expected, _ = label("matal.md.ase", {"code": task_code, "calculator": calculator})
    error = np.hypot(row["enthalpy_of_mixing_error"], expected["enthalpy_of_mixing_error"])
    assert 0 < error < 6.0
    assert abs(row["enthalpy_of_mixing"] - expected["enthalpy_of_mixing"]) < 3 * error
