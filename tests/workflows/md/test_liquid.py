from __future__ import annotations

import pytest
from aiida.engine import run, run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import CalcJobNode, Dict, Float, Int, ProcessNode, QueryBuilder, Str, StructureData
from ase.build import bulk

from aiida_matal.workflows.md.lammps import LammpsMdWorkChain
from aiida_matal.workflows.md.liquid import LiquidStateWorkChain
from aiida_matal.workflows.md.reuse import find_liquid

SETTINGS = {
    "n_atoms": 32,
    "timestep": 2.0,
    "sample_every": 5,
    "hot_start_steps": 200,
    "volume_steps": 200,
    "production_steps": 1000,
    "max_production_steps": 4000,
    "energy_error": 2.0,
    "volume_search": {"pressure_tolerance": 15.0, "max_step": 0.2},
    "liquid_check": {"min_displacement": 0.1, "min_exponent": 0.1, "min_valley": 0.1},
}


@pytest.fixture
def inputs(eam_engine):
    """A liquid of 32 silver atoms that begins a little too dense."""
    atoms = bulk("Ag", "fcc", a=4.4, cubic=True).repeat(2)
    return {
        "structure": StructureData(ase=atoms).store(),
        "settings": Dict(SETTINGS),
        "temperature": Float(2500.0),
        "seed": Int(3),
        "engine_name": Str("matal.md.lammps"),
        "engine": eam_engine(["Ag"]),
    }


def called(node):
    links = node.base.links.get_outgoing().all()
    return {link.link_label: link.node for link in links if isinstance(link.node, ProcessNode)}


def with_settings(inputs, **changes):
    return {**inputs, "settings": Dict({**SETTINGS, **changes})}


def test_liquid_is_brought_to_zero_pressure_simulated_and_summarised(inputs):
    outputs, node = run_get_node(LiquidStateWorkChain, **inputs)
    assert node.exit_status == 0, node.exit_message
    assert set(outputs) == {"state", "rdf", "msd", "assessment", "figure"}
    state, assessment = outputs["state"].get_dict(), outputs["assessment"].get_dict()
    assert state["verdict"] == "liquid", state["reason"]
    assert state["composition"] == {"Ag": 32}
    assert abs(state["pressure"]) <= 15.0
    assert state["temperature"] == pytest.approx(2500.0, rel=0.1)
    assert assessment["action"] == "accept"
    first, last = assessment["points"][0], assessment["points"][-1]
    assert first["pressure"] > 15.0
    assert last["volume_per_atom"] == state["volume_per_atom"] > first["volume_per_atom"]
    assert last["n_steps"] >= 1000
    steps = called(node)
    n_runs = sum(name.startswith("md_") for name in steps)
    assert n_runs >= 2
    expected = {f"{step}_{number:02d}" for number in range(n_runs) for step in ("md", "assess")}
    assert set(steps) == expected | {"summarise"}
    assert steps["md_00"].inputs.md["hot_start"] == {"temperature": 3750.0, "n_steps": 200}
    assert steps["md_01"].inputs.md["hot_start"] is None
    assert steps["md_01"].inputs.velocities.uuid == steps["md_00"].outputs.final_velocities.uuid
    assert steps["md_01"].inputs.structure.get_cell_volume() == pytest.approx(32 * assessment_of(steps, 0))
    assert len({steps[f"md_{index:02d}"].inputs.md["seed"] for index in range(n_runs)}) == n_runs

    same = {**inputs, "settings": Dict(SETTINGS), "seed": Int(3), "temperature": Float(2500.0)}
    assert find_liquid(same).uuid == node.uuid
    assert find_liquid(with_settings(inputs, energy_error=1.9)) is None
    assert find_liquid({**inputs, "temperature": Float(2501.0)}) is None
    with enable_caching(identifier="aiida.calculations:matal.*"):
        again, copy = run_get_node(LiquidStateWorkChain, **inputs)
    jobs = [job for job in copy.called_descendants if isinstance(job, CalcJobNode)]
    assert jobs
    assert all(job.base.caching.is_created_from_cache for job in jobs)
    assert again["state"].get_dict() == state
    assert outputs["figure"].get_content().startswith("<svg")
    assert again["figure"].get_content() == outputs["figure"].get_content()


def assessment_of(steps, index):
    return steps[f"assess_{index:02d}"].outputs.assessment["volume_per_atom"]


def test_liquid_that_does_not_converge_is_given_up_with_its_assessment(inputs):
    search = {"pressure_tolerance": 0.01, "max_runs": 1}
    outputs, node = run_get_node(LiquidStateWorkChain, **with_settings(inputs, volume_search=search))
    assert node.exit_status == 410
    assert "not within 0.01 kbar of 0 kbar" in node.exit_message
    assert set(outputs) == {"assessment", "figure"}
    assert outputs["assessment"]["action"] == "give_up"
    assert len(outputs["assessment"]["points"]) == 1
    assert outputs["figure"].get_content().startswith("<svg")


def test_run_that_fails_ends_the_liquid_with_the_message_of_the_engine(inputs, eam_engine):
    outputs, node = run_get_node(LiquidStateWorkChain, **{**inputs, "engine": eam_engine(["Ag"], broken=["Ag"])})
    assert node.exit_status == 302
    assert "LammpsMdWorkChain" in node.exit_message
    assert "Not a valid floating-point number: 'not'" in node.exit_message
    assert not outputs


def test_run_that_fails_later_leaves_what_was_known_before_and_a_figure_with_its_frames(inputs, monkeypatch):
    monkeypatch.setattr(LammpsMdWorkChain, "MAX_SEGMENTS", 2)
    changes = {"segment_steps": 200, "volume_search": {"pressure_tolerance": 200.0}, "production_steps": 1000}
    outputs, node = run_get_node(LiquidStateWorkChain, **with_settings(inputs, **changes))
    assert node.exit_status == 302
    assert "400 of 800 steps" in node.exit_message
    assert outputs["assessment"]["action"] == "extend"
    assert [point["n_steps"] for point in outputs["assessment"]["points"]] == [200]
    drawn = called(node)["plot"].inputs
    assert [len(drawn[name].get_stepids()) for name in ("run_00", "run_01")] == [40, 80]
    assert drawn["assessment"].uuid == outputs["assessment"].uuid
    assert outputs["figure"].uuid == called(node)["plot"].outputs.result.uuid


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda inputs: with_settings(inputs, production_steps=0), r"settings\.production_steps: 0 is refused"),
        (lambda inputs: {**inputs, "temperature": Float(-1.0)}, r"temperature: -1\.0 is refused"),
        (lambda inputs: {**inputs, "engine_name": Str("matal.md.lamps")}, "engine_name: 'matal.md.lamps' is refused"),
        (lambda inputs: {**inputs, "engine": {}}, r"engine\.code: '\(missing\)' is refused"),
        (lambda inputs: {**inputs, "structure": _gold(inputs)}, "element Au has no file"),
    ],
)
def test_wrong_inputs_are_refused_before_submission(inputs, change, message):
    before = QueryBuilder().append(ProcessNode).count()
    with pytest.raises(ValueError, match=message):
        run(LiquidStateWorkChain, **change(inputs))
    assert QueryBuilder().append(ProcessNode).count() == before


def _gold(inputs):
    atoms = inputs["structure"].get_ase()
    atoms.symbols[:] = "Au"
    return StructureData(ase=atoms)
