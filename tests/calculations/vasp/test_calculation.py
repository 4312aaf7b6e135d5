from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from aiida import orm
from aiida.common.folders import SandboxFolder
from aiida.engine import run_get_node
from aiida.tools.archive import create_archive
from aiida.tools.archive.abstract import get_format
from aiida_vasp.data.potcar import PotcarData, PotcarFileData
from ase import units
from ase.build import bulk
from ase.calculators.emt import EMT
from ase.io import read

from aiida_matal.calculations.vasp.calculation import VaspMdCalculation
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.workflows.protocols.protocol import Protocols

MD = {"temperature": 1800.0, "timestep": 3.0, "n_steps": 12, "sample_every": 1, "seed": 7}


def aluminium_copper():
    atoms = bulk("Cu", "fcc", a=4.0, cubic=True).repeat(2)
    atoms.symbols[:16] = "Al"
    return atoms


@pytest.fixture
def inputs(vasp_code, potcars):
    return {
        "code": vasp_code,
        "structure": orm.StructureData(ase=aluminium_copper()),
        "md": orm.Dict(MD),
        "electrons": orm.Dict({}),
        "potential": potcars(["Al", "Cu"]),
    }


def run(inputs, environment=None, **changes):
    metadata = {"options": {"environment_variables": environment}} if environment else {}
    return run_get_node(VaspMdCalculation, **{**inputs, **changes}, metadata=metadata)


def potential_energy(positions):
    atoms = aluminium_copper()
    atoms.positions = positions
    return EMT().get_potential_energy(atoms)


def folder_of(node):
    return Path(node.outputs.remote_folder.get_remote_path())


def secret_files(folder):
    """Return the files under a folder that hold a word of the potentials."""
    return [path.name for path in folder.rglob("*") if path.is_file() and b"secret of Cu" in path.read_bytes()]


@pytest.fixture(scope="module")
def finished():
    return {}


@pytest.fixture
def plain_run(inputs, finished):
    """A run of twelve steps, once for all tests of this module."""
    if "result" not in finished:
        finished["result"] = run(inputs)
    return finished["result"]


def test_frames_are_the_steps_before_the_last(plain_run, inputs):
    outputs, node = plain_run
    assert node.is_finished_ok, node.exit_message
    trajectory = outputs["trajectory"]
    assert trajectory.get_stepids().tolist() == list(range(12))
    assert trajectory.get_times().tolist() == [3.0 * step for step in range(12)]
    np.testing.assert_allclose(trajectory.get_positions()[0], aluminium_copper().positions, atol=1e-6)
    np.testing.assert_array_equal(trajectory.get_cells()[11], inputs["structure"].cell)
    assert trajectory.base.attributes.get("engine") == "vasp"
    assert trajectory.base.attributes.get("energy") == "internal"
    results = outputs["results"].get_dict()
    assert (results["steps_done"], results["n_frames"], results["engine_version"]) == (12, 12, "stand-in")
    assert results["core_hours"] > 0
    moves = np.linalg.norm(np.diff(trajectory.get_positions(), axis=0), axis=2)
    assert moves.min() > 0
    assert moves.max() < 0.2
    last = outputs["final_velocities"].get_array("velocities") * 3.0 + trajectory.get_positions()[11]
    np.testing.assert_allclose([site.position for site in outputs["final_structure"].sites], last, atol=1e-6)


def test_values_are_those_of_the_atoms_and_of_ase_reading_the_same_file(plain_run):
    outputs, node = plain_run
    get = outputs["trajectory"].get_array
    frames = read(folder_of(node) / "vasprun.xml", index=":")
    assert len(frames) == 12
    for index in (0, 7):
        energy = potential_energy(outputs["trajectory"].get_positions()[index])
        assert get("energy_potential")[index] == pytest.approx(energy, abs=1e-5)
        assert get("energy_free")[index] == pytest.approx(frames[index].get_potential_energy(force_consistent=True))
    assert np.all(get("energy_free") < get("energy_potential") - 1e-3)
    virial = [-np.trace(frame.get_stress(voigt=False)) / 3 / (0.1 * units.GPa) for frame in frames]
    np.testing.assert_allclose(get("pressure_virial"), virial, atol=1e-5)
    kinetic = 2 * get("energy_kinetic") / (3 * get("volume")) / (0.1 * units.GPa)
    np.testing.assert_allclose(get("pressure_kinetic"), kinetic)
    np.testing.assert_allclose(get("pressure"), get("pressure_virial") + get("pressure_kinetic"))
    np.testing.assert_allclose(get("volume"), 512.0)
    np.testing.assert_allclose(get("temperature"), 2 * get("energy_kinetic") / (3 * 31 * units.kB))
    assert get("temperature")[0] == pytest.approx(1800.0)


def test_incar_of_the_paper(inputs, file_regression):
    """The INCAR of a job of 1000 steps at the highest temperature of the paper, by the protocol `bizot2025`."""
    atoms = aluminium_copper().repeat((1, 1, 4))[:100]
    atoms = atoms[np.argsort(atoms.symbols, kind="stable")]
    liquid = LiquidSettings.parse(Protocols("enthalpy").inputs("bizot2025", None)["oracle"]["liquid"], "liquid")
    md = orm.Dict(liquid.md(temperature=3700.0, n_steps=1000, seed=7, hot=False).as_dict())
    job = VaspMdCalculation({**inputs, "structure": orm.StructureData(ase=atoms), "md": md})
    with SandboxFolder() as folder:
        job.prepare_for_submission(folder)
        file_regression.check(Path(folder.get_abs_path("INCAR")).read_text(), extension=".incar")
        assert "Gamma" in Path(folder.get_abs_path("KPOINTS")).read_text()


def test_run_goes_on_from_given_velocities_and_from_outside_the_cell(inputs, plain_run):
    before, _ = plain_run
    velocities = before["final_velocities"]
    structure = before["final_structure"].clone()
    shifted = np.array([site.position for site in structure.sites]) + np.array([-16.0, 0.0, 8.0])
    structure.reset_sites_positions(shifted.tolist())
    outputs, node = run(inputs, structure=structure, velocities=velocities)
    poscar = read(folder_of(node) / "POSCAR")
    np.testing.assert_allclose(poscar.get_velocities() * units.fs, velocities.get_array("velocities"), atol=1e-12)
    np.testing.assert_allclose(outputs["trajectory"].get_positions()[0], shifted, atol=1e-6)
    first, second = (part["trajectory"].get_array("energy_kinetic") for part in (before, outputs))
    assert second[0] == pytest.approx(2 * first[-1] - first[-2], rel=0.05)


def test_positions_go_on_across_the_faces_of_the_cell(plain_run):
    outputs, node = plain_run
    wrapped = np.array([frame.get_positions() for frame in read(folder_of(node) / "vasprun.xml", index=":")])
    assert np.abs(np.diff(wrapped, axis=0)).max() > 7.5
    positions = outputs["trajectory"].get_positions()
    assert np.abs(np.diff(positions, axis=0)).max() < 0.2
    np.testing.assert_allclose((positions - wrapped) / 8.0, np.round((positions - wrapped) / 8.0), atol=1e-6)


def test_killed_job_keeps_its_frames(inputs):
    outputs, node = run(inputs, {"STAND_IN_KILL_AFTER": "5"})
    assert node.exit_status == 370
    assert "after 5 of 12 steps" in node.exit_message
    assert outputs["trajectory"].numsteps == 5
    assert "final_velocities" in outputs


def test_stale_contcar_is_not_used(inputs):
    outputs, node = run(inputs, {"STAND_IN_KILL_AFTER": "9", "STAND_IN_STALE_CONTCAR": "6"}, md=orm.Dict(MD))
    assert (node.exit_status, outputs["results"]["steps_done"]) == (370, 8)
    assert outputs["trajectory"].numsteps == 8
    moved = np.array([site.position for site in outputs["final_structure"].sites])
    moved -= outputs["trajectory"].get_positions()[-1]
    np.testing.assert_allclose(outputs["final_velocities"].get_array("velocities"), moved / 3.0, atol=1e-9)


@pytest.mark.parametrize(
    ("environment", "status", "message"),
    [
        ({"STAND_IN_KILL_AFTER": "0"}, 371, "before its first frame: allow more wall time"),
        ({"STAND_IN_UNCONVERGED": "3"}, 373, "took 100 of the 100 iterations of electrons.max_scf_steps"),
        ({"STAND_IN_FEW_BANDS": "1"}, 374, "raise electrons.empty_bands"),
        ({"STAND_IN_ERROR": "The lattice vectors are wrong"}, 380, "The lattice vectors are wrong"),
    ],
)
def test_failures_are_told_by_name(inputs, environment, status, message):
    _, node = run(inputs, environment)
    assert node.exit_status == status
    assert message in node.exit_message


def test_code_that_does_not_start(inputs, aiida_code_installed, localhost):
    code = aiida_code_installed(label="no-vasp", computer=localhost, filepath_executable="/bin/false", with_mpi=False)
    _, node = run(inputs, code=code)
    assert node.exit_status == 381
    assert "did not start: see _scheduler-stderr.txt" in node.exit_message


def test_potentials_in_another_order_than_the_atoms(inputs, monkeypatch):
    swapped = {"Al": inputs["potential"]["Cu"], "Cu": inputs["potential"]["Al"]}
    monkeypatch.setattr("aiida_matal.calculations.vasp.calculation.check_potentials", lambda *_: None)
    outputs, node = run(inputs, potential=swapped)
    assert node.exit_status == 375
    assert "POSCAR has Al where POTCAR has Cu" in node.exit_message
    assert outputs["trajectory"].numsteps == 12


def test_potentials_stay_in_the_profile(plain_run, tmp_path):
    outputs, node = plain_run
    assert secret_files(folder_of(node)) == ["POTCAR"]
    assert sorted(outputs["retrieved"].list_object_names()) == [
        "CONTCAR",
        "_scheduler-stderr.txt",
        "_scheduler-stdout.txt",
        "vasp_output",
    ]
    stored = dict([*_contents(node), *_contents(node.outputs.retrieved)])
    assert {"INCAR", "POSCAR", "KPOINTS", "CONTCAR"} <= set(stored)
    assert "POTCAR" not in stored
    assert not any(b"secret of" in data for data in stored.values())
    archive = tmp_path / "job.aiida"
    create_archive([node], filename=archive, call_work_backward=True, create_backward=True)
    with ZipFile(archive) as content:
        assert not any(b"secret of" in content.read(name) for name in content.namelist())
    with get_format().open(archive) as reader:
        kinds = [name for (name,) in reader.querybuilder().append(orm.Node, project="node_type").all()]
    assert kinds.count(PotcarData.class_node_type) == 2
    assert PotcarFileData.class_node_type not in kinds


def _contents(node):
    for name in node.base.repository.list_object_names():
        if name != ".aiida":
            yield name, node.base.repository.get_object_content(name, mode="rb")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda inputs: {"potential": {"Al": inputs["potential"]["Al"]}}, "element Cu has no potential"),
        (lambda inputs: {"parameters": orm.Dict({"nsw": 5})}, r"incar\.nsw: 5 is refused: the engine sets it"),
        (lambda inputs: {"electrons": orm.Dict({"cutof": 5})}, r"electrons\.cutof: 5 is refused.* mean 'cutoff'"),
        (lambda inputs: {"md": orm.Dict({**MD, "thermostat": {"kind": "svr"}})}, "'svr' is refused"),
    ],
)
def test_wrong_inputs_are_refused_before_submission(inputs, change, message):
    with pytest.raises(ValueError, match=message):
        run(inputs, **change(inputs))


def test_ungrouped_sites_are_refused_before_submission(inputs):
    atoms = aluminium_copper()
    atoms.symbols[0], atoms.symbols[31] = "Cu", "Al"
    with pytest.raises(ValueError, match="Sort the sites by element"):
        run(inputs, structure=orm.StructureData(ase=atoms))
