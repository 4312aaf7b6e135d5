from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from aiida import orm
from aiida.engine import run_get_node
from aiida.tools import delete_nodes
from aiida_vasp.data.potcar import PotcarFileData
from ase.build import bulk

from aiida_matal.science.errors import InputError
from aiida_matal.science.seeds import derive_seed
from aiida_matal.workflows.md.vasp import VaspMdWorkChain

MD = {"temperature": 2000.0, "timestep": 3.0, "n_steps": 20, "sample_every": 1, "seed": 7}


def aluminium_copper(a=4.1):
    atoms = bulk("Cu", "fcc", a=a, cubic=True).repeat(2)
    atoms.symbols[:16] = "Al"
    return orm.StructureData(ase=atoms)


@pytest.fixture
def engine(vasp_code, potcars):
    return {"code": vasp_code, "potentials": potcars(["Al", "Cu", "Ni"])}


def run(engine, environment=None, **md):
    if environment:
        engine = {**engine, "options": orm.Dict({"environment_variables": environment})}
    return run_get_node(VaspMdWorkChain, structure=aluminium_copper(), md=orm.Dict({**MD, **md}), engine=engine)


def jobs(node):
    links = node.base.links.get_outgoing().all()
    return {link.link_label: link.node for link in links if isinstance(link.node, orm.CalcJobNode)}


def moves(trajectory):
    """Return the largest distance that an atom goes from each frame to the next."""
    return np.linalg.norm(np.diff(trajectory.get_positions(), axis=0), axis=2).max(axis=1)


def positions(structure):
    return np.array([site.position for site in structure.sites])


def test_hot_start_and_segments_continue_one_another(engine):
    outputs, node = run(engine, segment_steps=8, hot_start={"temperature": 3000.0, "n_steps": 6})
    assert node.is_finished_ok, node.exit_message
    of = jobs(node)
    assert sorted(of) == ["hot_segment_00", "segment_00", "segment_01", "segment_02"]
    assert [of[label].inputs.md["n_steps"] for label in sorted(of)] == [6, 8, 8, 4]
    assert [of[label].inputs.md["temperature"] for label in sorted(of)] == [3000.0, 2000.0, 2000.0, 2000.0]
    assert of["segment_01"].inputs.md["seed"] == derive_seed(7, 1)
    assert sorted(of["segment_00"].inputs.potential) == ["Al", "Cu"]
    trajectory = outputs["trajectory"]
    assert trajectory.get_stepids().tolist() == list(range(20))
    for before, after in (("hot_segment_00", "segment_00"), ("segment_00", "segment_01"), ("segment_01", "segment_02")):
        start = positions(of[before].outputs.final_structure)
        np.testing.assert_allclose(of[after].outputs.trajectory.get_positions()[0], start, atol=1e-6)
    assert np.all((moves(trajectory) > 0.03) & (moves(trajectory) < 0.25))
    assert outputs["final_structure"].uuid == of["segment_02"].outputs.final_structure.uuid
    assert (outputs["summary"]["n_frames"], outputs["summary"]["n_segments"]) == (20, 3)


def test_job_that_is_killed_again_and_again_is_continued(engine):
    outputs, node = run(engine, {"STAND_IN_KILL_AFTER": "8"}, sample_every=3, n_steps=21)
    assert node.is_finished_ok, node.exit_message
    segments = [job for _, job in sorted(jobs(node).items())]
    assert [job.exit_status for job in segments] == [370, 370, 370, 0]
    assert [job.outputs.results["steps_done"] for job in segments] == [6, 6, 6, 3]
    trajectory = outputs["trajectory"]
    assert trajectory.get_stepids().tolist() == [0, 3, 6, 9, 12, 15, 18]
    assert np.all((moves(trajectory) > 0.1) & (moves(trajectory) < 0.8))


def test_cut_and_uncut_runs_have_the_same_statistics(engine):
    md = {"n_steps": 540, "timestep": 4.0, "hot_start": {"temperature": 4000.0, "n_steps": 100}}
    uncut, _ = run(engine, **md)
    cut, _ = run(engine, **md, segment_steps=180)
    assert uncut["trajectory"].numsteps == cut["trajectory"].numsteps == 540
    np.testing.assert_array_equal(uncut["trajectory"].get_times(), cut["trajectory"].get_times())
    for name in ("energy_potential", "temperature", "pressure"):
        blocks = [outputs["trajectory"].get_array(name)[90:].reshape(6, 75).mean(axis=1) for outputs in (uncut, cut)]
        error = np.hypot(*(block.std(ddof=1) / np.sqrt(6) for block in blocks))
        assert abs(blocks[0].mean() - blocks[1].mean()) < 4 * error, name


def test_failure_of_a_segment_is_handed_on(engine):
    _, node = run(engine, {"STAND_IN_UNCONVERGED": "2"})
    assert node.exit_status == 373
    assert "segment_00: The electrons did not converge" in node.exit_message


def test_own_settings_reach_the_input_files(engine):
    own = {"electrons": orm.Dict({"kpoints": [2, 2, 2], "width": 0.2}), "incar": orm.Dict({"NCORE": 4})}
    _, node = run({**engine, **own}, n_steps=2, thermostat={"kind": "langevin", "relaxation": 200.0})
    assert node.is_finished_ok, node.exit_message
    repository = jobs(node)["segment_00"].base.repository
    incar = repository.get_object_content("INCAR").splitlines()
    assert {"NCORE = 4", "SIGMA = 0.2", "MDALGO = 3", "LANGEVIN_GAMMA = 5.0 5.0"} <= set(incar)
    assert repository.get_object_content("KPOINTS").splitlines()[3].split() == ["2", "2", "2"]


def test_potential_whose_file_is_gone_is_refused_by_name(engine):
    nickel = orm.StructureData(ase=bulk("Ni", "fcc", a=3.6, cubic=True).repeat(2))
    process = VaspMdWorkChain({"structure": nickel, "md": orm.Dict(MD), "engine": engine})
    file_node = engine["potentials"]["Ni"].find_file_node()
    delete_nodes([file_node.pk], dry_run=False)
    assert not PotcarFileData.exists(sha512=engine["potentials"]["Ni"].sha512)
    with pytest.raises(InputError, match=r"potentials\.Ni: 'Ni' is refused: its POTCAR file is not in this profile"):
        VaspMdWorkChain.check_engine_inputs(engine, ["Ni"])
    process.execute()
    assert process.node.exit_status == 201
    assert "its POTCAR file is not in this profile" in process.node.exit_message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda engine: {"potentials": {"Al": engine["potentials"]["Al"]}}, "element Cu has no potential"),
        (lambda engine: {"incar": orm.Dict({"tebeg": 5})}, r"incar\.tebeg: 5 is refused"),
        (lambda engine: {"electrons": orm.Dict({"cutof": 5})}, r"engine\.electrons\.cutof: 5 is refused"),
        (lambda engine: {"options": orm.Dict({"max_wallclock": 5})}, "Did you mean 'max_wallclock_seconds'"),
    ],
)
def test_engine_input_is_refused_before_submission(engine, change, message):
    with pytest.raises(ValueError, match=message):
        run({**engine, **change(engine)})


def test_ungrouped_sites_are_refused_before_submission(engine):
    atoms = bulk("Cu", "fcc", a=4.0, cubic=True).repeat(2)
    atoms.symbols[[0, 31]] = "Al"
    with pytest.raises(ValueError, match="Sort the sites by element"):
        run_get_node(VaspMdWorkChain, structure=orm.StructureData(ase=atoms), md=orm.Dict(MD), engine=engine)


def from_file(vasp_code, elements=("Al", "Cu"), **changes):
    values = {"code": vasp_code.full_label, "potentials": {"family": "potcars-of-tests"}, **changes}
    return VaspMdWorkChain.inputs_from_file(values, list(elements), Path())


def test_inputs_from_a_campaign_file(vasp_code, engine):
    mapping = {"Cu": "Cu_pv"}
    options = {"max_wallclock_seconds": 600}
    potentials = {"family": "potcars-of-tests", "mapping": mapping}
    found = from_file(
        vasp_code, potentials=potentials, incar={"ncore": 4}, electrons={"cutoff": 350.0}, options=options
    )
    assert found["code"].uuid == vasp_code.uuid
    assert {symbol: node.full_name for symbol, node in found["potentials"].items()} == {"Al": "Al", "Cu": "Cu_pv"}
    assert found["electrons"]["cutoff"] == 350.0
    assert (found["incar"].get_dict(), found["options"].get_dict()) == ({"ncore": 4}, options)
    VaspMdWorkChain.check_engine_inputs(found, ["Al", "Cu"])
    restricted = VaspMdWorkChain.restrict_engine_inputs(engine, ["Cu"])
    assert list(restricted["potentials"]) == ["Cu"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"potentials": {"family": "none"}}, r"family: 'none' is refused.*Families: .*potcars-of-tests"),
        ({"elements": ["Al", "W"]}, r"mapping\.W: 'W' is refused: the family .* Of W it has none; of all .*Cu, Cu_pv"),
        (
            {"potentials": {"family": "potcars-of-tests", "mapping": {"Cu": "Cu_sv"}}},
            r"mapping\.Cu: 'Cu_sv' is refused: .* Of Cu it has Cu, Cu_pv",
        ),
        (
            {"potentials": {"family": "potcars-of-tests", "mapping": {"Cu": "Al"}}},
            r"potentials\.Cu: 'Al' is refused: it is not one of Cu",
        ),
        ({"potentials": {"family": "potcars-of-tests", "mapping": {"Ni": "Ni"}}}, "it is none of the elements"),
        ({"incar": {"nsw": 5}}, r"incar\.nsw: 5 is refused"),
        ({"code": "vasp@nowhere"}, r"engine\.code: 'vasp@nowhere' is refused"),
    ],
)
@pytest.mark.usefixtures("engine")
def test_wrong_campaign_file_is_refused(vasp_code, changes, message):
    with pytest.raises(InputError, match=message):
        from_file(vasp_code, **changes)
