from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from aiida import orm
from aiida.common.folders import SandboxFolder
from aiida.engine import run_get_node
from aiida.engine.utils import instantiate_process
from aiida.manage import get_manager
from aiida.manage.caching import enable_caching
from ase.build import bulk

from aiida_matal.calculations.quantumespresso.calculation import PwMdCalculation
from aiida_matal.calculations.quantumespresso.parameters import namelists
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.science.trajectory.md_settings import MdSettings
from aiida_matal.science.trajectory.velocities import draw_velocities

MD = {"temperature": 1500.0, "timestep": 2.0, "n_steps": 6, "sample_every": 2, "seed": 7}
ELECTRONS = {"cutoff": 120.0, "empty_bands": 0.8}
KBAR_PER_EV_PER_CUBIC_ANGSTROM = 1602.176634


def aluminium_silicon():
    atoms = bulk("Al", "fcc", a=4.1, cubic=True)
    atoms.symbols[2:] = "Si"
    atoms.rattle(0.1, seed=1)
    return orm.StructureData(ase=atoms)


def parameters(md, electrons=ELECTRONS, **more):
    system = {"n_atoms": 4, "n_electrons": 14, "norm_conserving": True, "continues": False}
    settings = MdSettings(**{**MD, **md}), ElectronSettings(**{**ELECTRONS, **electrons})
    return namelists(*settings, **system, more=more)


@pytest.fixture
def inputs(pw_code, upf_files):
    """Return a function that gives the inputs of a run from velocities, with some settings changed."""

    def make(electrons=ELECTRONS, **md):
        kpoints = orm.KpointsData()
        kpoints.set_kpoints_mesh([1, 1, 1])
        return {
            "code": pw_code,
            "structure": aluminium_silicon(),
            "md": orm.Dict({**MD, **md}),
            "electrons": orm.Dict({**ELECTRONS, **electrons}),
            "parameters": orm.Dict(parameters(md, electrons)),
            "pseudos": upf_files(["Al", "Si"]),
            "kpoints": kpoints,
            "settings": orm.Dict({"gamma_only": True}),
        }

    return make


@pytest.fixture
def edited(aiida_code_installed, localhost, pw_code, tmp_path):
    """Return a function that gives pw.x as a code that runs a command first."""

    def code(command):
        script = tmp_path / "pw.sh"
        script.write_text(f'#!/bin/bash\n{command}\n{pw_code.filepath_executable} "$@"\n')
        script.chmod(0o755)
        return aiida_code_installed(computer=localhost, filepath_executable=str(script))

    return code


def test_run_from_drawn_velocities_gives_frames_and_a_final_state(inputs):
    outputs, node = run_get_node(PwMdCalculation, **inputs())
    assert node.is_finished_ok, node.exit_message
    trajectory, results = outputs["trajectory"], outputs["results"].get_dict()
    assert trajectory.get_stepids().tolist() == [0, 2, 4]
    assert trajectory.base.attributes.get("energy") == "internal"
    start = np.array([site.position for site in aluminium_silicon().sites])
    np.testing.assert_allclose(trajectory.get_positions()[0], start, atol=1e-9)
    assert trajectory.get_array("temperature")[0] == pytest.approx(1500.0, abs=0.01)
    volume, kinetic = trajectory.get_array("volume"), trajectory.get_array("energy_kinetic")
    pressure_kinetic = 2 * kinetic / (3 * volume) * KBAR_PER_EV_PER_CUBIC_ANGSTROM
    np.testing.assert_allclose(trajectory.get_array("pressure_kinetic"), pressure_kinetic)
    virial = trajectory.get_array("pressure_virial")
    np.testing.assert_allclose(trajectory.get_array("pressure"), virial + pressure_kinetic)
    assert np.all(trajectory.get_array("energy_potential") > trajectory.get_array("energy_free"))
    assert (results["steps_done"], results["n_frames"], results["is_restartable"]) == (6, 3, True)
    assert re.match(r"\d+\.\d", results["engine_version"])
    assert 0 <= results["highest_band_occupation"] < 0.005
    _check_motion(outputs)
    assert outputs["retrieved"].base.repository.list_object_names() == [
        "_scheduler-stderr.txt",
        "_scheduler-stdout.txt",
        "aiida.out",
    ]


def _check_motion(outputs):
    """Check that the final state lies on the path of the frames."""
    positions = outputs["trajectory"].get_positions()
    final = np.array([site.position for site in outputs["final_structure"].sites])
    velocities = outputs["final_velocities"].get_array("velocities")
    path = np.concatenate([positions, final[np.newaxis]])
    end = path[-1] - path[-2]
    assert np.abs(end / 4.0 - velocities).max() < 0.2 * np.abs(velocities).max()
    steps = np.linalg.norm(np.diff(path, axis=0), axis=2)
    assert np.all(steps < 0.3)
    assert np.abs(np.diff(path, n=2, axis=0)).max() < 0.05


def test_given_velocities_and_the_chosen_energy_are_those_of_the_first_frame(inputs):
    velocities = draw_velocities([1.0, 1.0, 1.0, 1.0], 20.0, 3)
    node_of = orm.ArrayData({"velocities": velocities})
    outputs, node = run_get_node(PwMdCalculation, **inputs({"energy": "free"}, n_steps=2), velocities=node_of)
    assert node.is_finished_ok
    trajectory = outputs["trajectory"]
    assert trajectory.base.attributes.get("energy") == "free"
    np.testing.assert_array_equal(trajectory.get_array("energy_potential"), trajectory.get_array("energy_free"))
    masses = np.array([kind.mass for kind in aluminium_silicon().kinds])[[0, 0, 1, 1], np.newaxis]
    momentum = (masses * velocities).sum(axis=0) / masses.sum()
    joule = 0.5 * 1.66053906892e-27 * np.sum(masses * (velocities - momentum) ** 2) * 1e10
    kinetic = trajectory.get_array("energy_kinetic")[0]
    assert kinetic == pytest.approx(joule / 1.602176634e-19, rel=1e-4)


def test_wall_time_is_told_to_pw_and_does_not_keep_a_job_from_the_cache(inputs):
    run_get_node(PwMdCalculation, **inputs(n_steps=4))
    with enable_caching(identifier="aiida.calculations:matal.*"):
        options = {"max_wallclock_seconds": 1000}
        _, node = run_get_node(PwMdCalculation, **inputs(n_steps=4), metadata={"options": options})
    assert node.base.caching.is_created_from_cache
    with SandboxFolder() as folder:
        process = instantiate_process(
            get_manager().get_runner(), PwMdCalculation, **inputs(n_steps=4), metadata={"options": options}
        )
        process.prepare_for_submission(folder)
        text = Path(folder.get_abs_path("aiida.in")).read_text()
    assert text.startswith("&CONTROL\n  max_seconds = 950\n")


def test_job_that_ended_early_may_come_from_the_cache():
    codes = PwMdCalculation.exit_codes
    assert not codes.ERROR_INCOMPLETE_TRAJECTORY.invalidates_cache
    assert codes.ERROR_NO_PROGRESS.invalidates_cache


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        ("sed -i 's/electron_maxstep = .*/electron_maxstep = 2/' aiida.in", 373, "NOT achieved after   2 iterations"),
        ("sed -i 's/degauss = .*/degauss = 0.2/' aiida.in", 374, "raise electrons.empty_bands"),
        ("sed -i 's/NOGX NOGC/PBX PBC/' pseudo/Si*", 375, "set_dft_from_name: conflicting values"),
        ("sed -i 's/nosym = .*/nosense = 1/' aiida.in", 380, "read_namelists"),
        ("exit 0", 381, "_scheduler-stderr.txt"),
    ],
)
def test_failure_has_its_exit_code(inputs, edited, command, status, message):
    _, node = run_get_node(PwMdCalculation, **{**inputs(n_steps=2), "code": edited(command)})
    assert node.exit_status == status, node.exit_message
    assert message in node.exit_message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parameters": {"n_steps": 8}}, r"parameters\.CONTROL\.nstep: 8 is refused"),
        ({"pseudos": ["Al"]}, r"engine\.pseudos\.Si: '\(missing\)' is refused"),
        ({"electrons": {"cut_off": 300.0}}, "Did you mean 'cutoff'"),
        ({"md": {"thermostat": {"kind": "nose"}}}, "this engine does not have it"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_before_submission(inputs, upf_files, changes, message):
    given = inputs()
    if "parameters" in changes:
        given["parameters"] = orm.Dict(parameters(changes["parameters"]))
    if "pseudos" in changes:
        given["pseudos"] = upf_files(changes["pseudos"])
    for name in ("electrons", "md"):
        if name in changes:
            given[name] = orm.Dict({**given[name].get_dict(), **changes[name]})
    with pytest.raises(ValueError, match=message):
        run_get_node(PwMdCalculation, **given)
