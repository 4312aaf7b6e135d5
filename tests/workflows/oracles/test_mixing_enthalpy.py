from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run, run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import CalcJobNode, Dict, ProcessNode, QueryBuilder, SinglefileData, Str, load_node
from aiida.tools.visualization import Graph

from aiida_matal.data.table import TableData
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
from aiida_matal.science.table import Column
from aiida_matal.workflows.campaigns.enthalpy import EnthalpyCampaign
from aiida_matal.workflows.oracles.mixing_enthalpy import MixingEnthalpyWorkChain

SEED = 77
LIQUID = {
    "n_atoms": 32,
    "timestep": 2.0,
    "sample_every": 5,
    "hot_start_steps": 300,
    "volume_steps": 400,
    "production_steps": 400,
    "max_production_steps": 4000,
    "energy_error": 5.0,
    "volume_search": {"pressure_tolerance": 60.0},
    "liquid_check": {"min_displacement": 0.05, "min_exponent": 0.1, "min_valley": 0.1},
}
SETTINGS = {"seed": SEED, "liquid": LIQUID, "max_concurrent": 1}
SPACE = {"compositions": [0.25, 0.5], "temperature": 2500.0}


@pytest.fixture
def inputs(eam_engine):
    """Two compositions of Ag-Cu."""
    return {
        "candidates": TableData(mixing_pool(MixingSpace(elements=["Ag", "Cu"], **SPACE)), role="candidates"),
        "settings": Dict(SETTINGS),
        "engine_name": Str("matal.md.lammps"),
        "engine": eam_engine(["Ag", "Cu"]),
    }


def called(node):
    links = node.base.links.get_outgoing().all()
    return {link.link_label: link.node for link in links if isinstance(link.node, ProcessNode)}


def lammps_jobs(node):
    return [job for job in node.called_descendants if isinstance(job, CalcJobNode)]


def rows_by_id(table):
    return {row["id"]: row for row in table.rows()}


def cached_run(process, **inputs):
    with enable_caching(identifier="aiida.calculations:matal.*"):
        return run_get_node(process, **inputs)


@pytest.fixture(scope="module")
def first_run():
    return {}


@pytest.fixture
def labelled(inputs, first_run):
    """The oracle, run once for all tests of this module and without the cache."""
    if "result" not in first_run:
        first_run["result"] = run_get_node(MixingEnthalpyWorkChain, **inputs)
    return first_run["result"]


def test_pure_liquids_are_simulated_once_and_shared(labelled):
    outputs, node = labelled
    assert node.exit_status == 0, node.exit_message
    steps = called(node)
    assert sorted(steps) == [
        "label_mixtures",
        "make_mixture_cells",
        "make_reference_cells",
        "mixture_Ag_Cu_x0p250",
        "mixture_Ag_Cu_x0p500",
        "reference_Ag_2500K",
        "reference_Cu_2500K",
    ]
    assert list(steps["reference_Ag_2500K"].inputs.engine.files) == ["Ag"]
    rows = rows_by_id(outputs["labels"].table)
    assert list(rows) == ["Ag-Cu_x0.250", "Ag-Cu_x0.500"]
    for name, row in rows.items():
        assert row["status"] == "ok", row["reason"]
        assert row["evidence"] == steps[f"mixture_{name}".replace("-", "_").replace(".", "p")].uuid
    assert outputs["labels"].table.columns["enthalpy_of_mixing"].unit == "kJ/mol"


def test_candidates_wait_for_a_free_place(labelled):
    first, second = (called(labelled[1])[f"mixture_Ag_Cu_x0p{digits}"] for digits in ("250", "500"))
    assert second.ctime > max(node.ctime for node in first.called_descendants)


def test_label_is_the_difference_of_the_energies_of_three_liquids(labelled):
    outputs, node = labelled
    steps = called(node)
    names = ("mixture_Ag_Cu_x0p500", "reference_Ag_2500K", "reference_Cu_2500K")
    alloy, silver, copper = (steps[name].outputs.state["zero_pressure_energy"] for name in names)
    row = rows_by_id(outputs["labels"].table)["Ag-Cu_x0.500"]
    assert row["enthalpy_of_mixing"] == pytest.approx(96.48533212 * (alloy - 0.5 * silver - 0.5 * copper))
    assert 0 < row["enthalpy_of_mixing_error"] < 10


def test_graph_of_the_labels_leads_to_the_jobs_and_the_files_of_lammps(labelled):
    outputs, node = labelled
    graph = Graph()
    graph.recurse_ancestors(outputs["labels"])
    jobs = {job.pk for job in lammps_jobs(node)}
    assert jobs <= graph.nodes
    files = {load_node(pk).filename for pk in graph.nodes if isinstance(load_node(pk), SinglefileData)}
    assert files == {"Ag_u3.eam", "Cu_u3.eam"}
    retrieved = [job.outputs.retrieved.base.repository.list_object_names() for job in lammps_jobs(node)]
    assert all("lammps.out" in names for names in retrieved)


def test_cost_of_the_labels_is_that_of_all_jobs(labelled):
    outputs, node = labelled
    spent = sum(job.outputs.results["core_hours"] for job in lammps_jobs(node))
    assert outputs["labels"].table["core_hours"].sum() == pytest.approx(spent, rel=1e-9)


def test_second_call_with_another_wall_time_finds_the_pure_liquids_and_the_alloys_in_the_cache(labelled, inputs):
    outputs, _ = labelled
    engine = {**inputs["engine"], "options": Dict({"max_wallclock_seconds": 1800})}
    again, node = cached_run(MixingEnthalpyWorkChain, **{**inputs, "engine": engine})
    assert node.exit_status == 0, node.exit_message
    assert not [name for name in called(node) if name.startswith("reference_")]
    assert lammps_jobs(node)
    assert all(job.base.caching.is_created_from_cache for job in lammps_jobs(node))
    for name in ("enthalpy_of_mixing", "enthalpy_of_mixing_error"):
        np.testing.assert_array_equal(again["labels"].table[name], outputs["labels"].table[name])


@pytest.mark.usefixtures("labelled")
def test_next_attempt_has_other_seeds_for_pure_liquids_that_failed_and_finds_the_others(inputs, eam_engine):
    table = mixing_pool(MixingSpace(elements=["Ag", "Ni"], compositions=[0.5], temperature=2500.0))
    seeds = []
    for attempt in (0, 1):
        tried = table.with_columns({"attempt": np.array([attempt])}, {"attempt": Column("number of the attempt", "1")})
        changes = {"candidates": TableData(tried), "engine": eam_engine(["Ag", "Ni"], broken=["Ni"])}
        _, node = run_get_node(MixingEnthalpyWorkChain, **{**inputs, **changes})
        assert [name for name in called(node) if "2500K" in name] == ["reference_Ni_2500K"]
        seeds.append(called(node)["reference_Ni_2500K"].inputs.seed.value)
    assert seeds[0] != seeds[1]


@pytest.mark.usefixtures("labelled")
def test_broken_potential_of_one_element_fails_its_candidates_and_not_the_campaign(task_code, eam_engine):
    symbols = ["Ag", "Cu", "Ni"]
    overrides = {
        "seed": SEED,
        "space": SPACE,
        "oracle": {"liquid": LIQUID, "max_concurrent": 2},
        "learner": {"settings": {"n_restarts": 0}},
        "start_design": {"batch_size": 6},
        "stopping": {"max_rounds": {"rounds": 1}},
    }
    engine = eam_engine(symbols, broken=["Ni"])
    builder = EnthalpyCampaign.get_builder_from_protocol(task_code, engine, symbols, "quick", overrides)
    outputs, node = cached_run(builder)
    assert node.exit_status == 0, node.exit_message
    assert set(outputs) == {"pool", "dataset", "model", "metrics", "learning_curve", "verdict"}
    oracle = called(called(node)["round_00"])["label"]
    assert [name for name in called(oracle) if name.startswith("reference")] == ["reference_Ni_2500K"]
    rows = rows_by_id(outputs["dataset"].table)
    assert {name: row["status"] for name, row in rows.items()} == {
        "Ag-Cu_x0.250": "ok",
        "Ag-Cu_x0.500": "ok",
        "Ag-Ni_x0.250": "failed",
        "Ag-Ni_x0.500": "failed",
        "Cu-Ni_x0.250": "failed",
        "Cu-Ni_x0.500": "failed",
    }
    assert "reference Ni_2500K failed" in rows["Cu-Ni_x0.500"]["reason"]
    assert "Not a valid floating-point number: 'not'" in rows["Cu-Ni_x0.500"]["reason"]
    assert rows["Cu-Ni_x0.500"]["evidence"]
    assert outputs["learning_curve"].table["n_failed"].tolist() == [0, 4]


def test_alloy_of_solids_is_rejected_with_the_reason_and_not_simulated(inputs):
    cold = mixing_pool(MixingSpace(elements=["Ag", "Cu"], compositions=[0.5], temperature=300.0))
    liquid = {
        **LIQUID,
        "hot_start_steps": 0,
        "volume_search": {"pressure_tolerance": 200.0},
        "liquid_check": {},
    }
    outputs, node = run_get_node(
        MixingEnthalpyWorkChain,
        **{**inputs, "candidates": TableData(cold), "settings": Dict({"seed": SEED, "liquid": liquid})},
    )
    assert node.exit_status == 0, node.exit_message
    (row,) = outputs["labels"].table.rows()
    assert row["status"] == "rejected"
    for name in ("Ag_300K", "Cu_300K"):
        assert f"{name} is solid (" in row["reason"]
    assert row["reason"].count("it is caged, or the run is too short") == 2
    assert np.isnan(row["enthalpy_of_mixing"])
    references = [child for child in node.called if child.process_label == "LiquidStateWorkChain"]
    assert row["evidence"] in {liquid.uuid for liquid in references}
    assert len(references) == 2


@pytest.mark.usefixtures("labelled")
def test_ids_of_any_form_can_be_labelled(inputs):
    candidates = inputs["candidates"].table
    names = ["50% Cu/Ag (a)", "_"]
    renamed = candidates.with_columns({"id": names}, {"id": candidates.columns["id"]})
    outputs, node = cached_run(MixingEnthalpyWorkChain, **{**inputs, "candidates": TableData(renamed)})
    assert node.exit_status == 0, node.exit_message
    assert outputs["labels"].table["id"].tolist() == names
    assert {"mixture_50_Cu_Ag_a", "mixture"} <= set(called(node))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_b": [0.25, 1.25]}, r"x_b of Ag-Cu_x0\.500: 1\.25 is refused"),
        ({"element_b": ["Cu", "Zz"]}, "element: 'Zz' is refused"),
        ({"element_b": ["Cu", "Pt"]}, "element Pt has no file"),
        ({"temperature": [2500.0, 0.0]}, r"temperature of Ag-Cu_x0\.500: 0\.0 is refused"),
    ],
)
def test_wrong_candidates_are_refused_before_submission(inputs, changes, message):
    table = inputs["candidates"].table
    changed = table.with_columns(changes, {name: table.columns[name] for name in changes})
    before = QueryBuilder().append(ProcessNode).count()
    with pytest.raises(ValueError, match=message):
        run(MixingEnthalpyWorkChain, **{**inputs, "candidates": TableData(changed)})
    assert QueryBuilder().append(ProcessNode).count() == before
