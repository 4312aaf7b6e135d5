"""Verdicts on systems that LAMMPS simulates: mixed, separated, exploded."""

from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.orm import Dict, Float, Int, SinglefileData, Str, StructureData

from aiida_matal.data.table import TableData
from aiida_matal.science.mixing.initial_cell import random_mixture
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
from aiida_matal.workflows.md.liquid import LiquidStateWorkChain
from aiida_matal.workflows.oracles.mixing_enthalpy import MixingEnthalpyWorkChain

ELEMENTS = ["Ag", "Au", "Pt"]
#: Silver and gold mix as they do in the universal-3 potential; the repulsion of silver and platinum is 40 % stronger;
#: gold and platinum attract each other at any distance, as with a fitted potential that has a hole.
REPULSION = {("Ag", "Au"): 1.0, ("Ag", "Pt"): 1.4, ("Au", "Pt"): -1.0}
TEMPERATURE = 2300.0
LIQUID = {
    "n_atoms": 108,
    "timestep": 2.0,
    "sample_every": 10,
    "hot_start_steps": 500,
    "volume_steps": 1000,
    "production_steps": 3000,
    "max_production_steps": 12000,
    "energy_error": 5.0,
    "volume_search": {"pressure_tolerance": 15.0},
}
HARTREE_BOHR = 27.2 * 0.529
N_POINTS = 1000
CUT_OFF = 5.55


@pytest.fixture
def engine(lammps_code, eam_files):
    """LAMMPS with one eam/alloy file of the three elements."""
    file = SinglefileData.from_string(alloy_file(eam_files(ELEMENTS)), filename="AgAuPt.eam.alloy")
    potential = {"pair_style": "eam/alloy", "file": file.filename}
    return {"code": lammps_code, "potential": Dict(potential), "files": {"alloy": file}}


def alloy_file(files):
    """Return a setfl file made of funcfl files, with the repulsion of unlike pairs scaled."""
    r = np.linspace(0, CUT_OFF, N_POINTS)
    density = np.linspace(0, 0.25, N_POINTS)
    headers, embedding, charge, rho = zip(*(_funcfl(files[symbol], r, density) for symbol in ELEMENTS), strict=True)
    lines = ["made of universal-3 files", "", "", f"{len(ELEMENTS)} {' '.join(ELEMENTS)}"]
    lines += [f"{N_POINTS} {density[1]:.12g} {N_POINTS} {r[1]:.12g} {CUT_OFF}"]
    for header, *tables in zip(headers, embedding, rho, strict=True):
        lines += [header, *_numbers(np.concatenate(tables))]
    for i, first in enumerate(ELEMENTS):
        for j, second in enumerate(ELEMENTS[: i + 1]):
            scale = REPULSION.get((second, first), 1.0)
            lines += _numbers(scale * HARTREE_BOHR * charge[i] * charge[j])
    return "\n".join(lines) + "\n"


def _funcfl(node, r, density):
    """Return the line of the element, its embedding energy at the densities, effective charge and density at r."""
    _, header, grid, *rest = node.get_content().splitlines()
    n_rho, d_rho, n_r, d_r = (float(field) for field in grid.split()[:4])
    values = np.array(" ".join(rest).split(), dtype=float)
    embedding, charge, rho = np.split(values, [int(n_rho), int(n_rho + n_r)])
    distances = np.arange(n_r) * d_r
    at_r = [np.interp(r, distances, table, right=0.0) for table in (charge, rho)]
    return header, np.interp(density, np.arange(n_rho) * d_rho, embedding), *at_r


def _numbers(values):
    return [f"{value:.12g}" for value in values]


def labels_of(engine):
    pool = mixing_pool(MixingSpace(elements=ELEMENTS, compositions=[0.5], temperature=TEMPERATURE))
    outputs, node = run_get_node(
        MixingEnthalpyWorkChain,
        candidates=TableData(pool, role="candidates"),
        settings=Dict({"seed": 11, "liquid": LIQUID}),
        engine_name=Str("matal.md.lammps"),
        engine=engine,
    )
    assert node.exit_status == 0, node.exit_message
    return {row["id"]: row for row in outputs["labels"].table.rows()}, node


def test_mixed_separated_and_exploding_systems_are_told_apart(engine):
    rows, node = labels_of(engine)
    liquids = {liquid.uuid: liquid for liquid in node.called}
    mixed, separated, exploded = (rows[f"{pair}_x0.500"] for pair in ("Ag-Au", "Ag-Pt", "Au-Pt"))

    assert mixed["status"] == "ok", mixed["reason"]
    state = liquids[mixed["evidence"]].outputs.state
    assert abs(state["short_range_order"]) < 0.1
    assert state["separated_order"] == pytest.approx(0.53, abs=0.05)

    assert separated["status"] == "rejected"
    assert separated["reason"].startswith("Ag-Pt_x0.500 is phase_separated (the short-range order is 0.")
    assert np.isnan(separated["enthalpy_of_mixing"])
    state = liquids[separated["evidence"]].outputs.state
    assert state["short_range_order"] - 3 * state["short_range_order_error"] > 0.25

    assert exploded["status"] == "failed"
    assert "The run is unphysical: ERROR: Lost atoms" in exploded["reason"]
    assert np.isnan(exploded["enthalpy_of_mixing"])
    liquid = liquids[exploded["evidence"]]
    assert liquid.exit_status == 302
    (run,) = liquid.called
    assert run.exit_status == 372
    assert exploded["core_hours"] > 0


@pytest.mark.parametrize(("pair", "verdict"), [(["Ag", "Au"], "liquid"), (["Ag", "Pt"], "phase_separated")])
def test_separated_start_mixes_or_stays(engine, pair, verdict):
    settings = {**LIQUID, "hot_start_steps": 0, "production_steps": 4000}
    outputs, node = run_get_node(
        LiquidStateWorkChain,
        structure=slabs(*pair),
        settings=Dict(settings),
        temperature=Float(TEMPERATURE),
        seed=Int(2),
        engine_name=Str("matal.md.lammps"),
        engine=engine,
    )
    assert node.exit_status == 0, node.exit_message
    assert outputs["state"]["verdict"] == verdict, outputs["state"].get_dict()


def slabs(first, second):
    """Return atoms at random places, the two elements on two sides of the cell."""
    cell = random_mixture({first: 54, second: 54}, volume_per_atom=19.0, seed=4)
    structure = StructureData(cell=cell.cell.tolist())
    for symbol, position in zip(cell.symbols, sorted(cell.positions.tolist()), strict=True):
        structure.append_atom(symbols=symbol, position=position)
    return structure
