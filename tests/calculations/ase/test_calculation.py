from __future__ import annotations

import numpy as np
import pytest
from aiida import orm
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from ase import units
from ase.build import bulk
from ase.calculators.emt import EMT

from aiida_matal.calculations.ase.calculation import AseMdCalculation
from aiida_matal.science.registry import CALCULATORS

MD = {"temperature": 1800.0, "timestep": 2.0, "n_steps": 40, "sample_every": 10, "seed": 7}
MORSE = """
import json
from ase.calculators.morse import MorsePotential
from aiida_matal.science.dynamics.calculators import NamedCalculator
from aiida_matal.science.settings import Settings

class MorseSettings(Settings):
    file: str

class Morse(NamedCalculator):
    Settings = MorseSettings

    @property
    def filenames(self):
        return [self.settings.file]

    def make(self, folder):
        return MorsePotential(**json.loads((folder / self.settings.file).read_text()))
"""


def copper_nickel():
    """Return 32 atoms, of which some lie outside the cell."""
    atoms = bulk("Cu", "fcc", a=3.75, cubic=True).repeat(2)
    atoms.symbols[np.random.default_rng(0).permutation(len(atoms))[:16]] = "Ni"
    atoms.positions += [0.1, 5.0, -3.0]
    return atoms


@pytest.fixture
def inputs(task_code):
    return {
        "code": task_code,
        "structure": orm.StructureData(ase=copper_nickel()),
        "md": orm.Dict(MD),
        "calculator": orm.Dict({"name": "emt"}),
    }


@pytest.fixture
def morse_package(tmp_path, monkeypatch):
    """The folder of an installed package that has the calculator ``morse``, known to this process."""
    package = tmp_path / "installed"
    (package / "matal_morse-1.0.dist-info").mkdir(parents=True)
    (package / "matal_morse-1.0.dist-info" / "METADATA").write_text("Name: matal-morse\nVersion: 1.0\n")
    entry = f"[{CALCULATORS}]\nmorse = matal_morse:Morse\n"
    (package / "matal_morse-1.0.dist-info" / "entry_points.txt").write_text(entry)
    (package / "matal_morse.py").write_text(MORSE)
    monkeypatch.syspath_prepend(package)
    return package


def morse(text='{"epsilon": 0.3, "r0": 2.6, "rho0": 5.0}'):
    return {
        "calculator": orm.Dict({"name": "morse", "settings": {"file": "morse.json"}}),
        "files": {"morse": orm.SinglefileData.from_string(text, filename="morse.json")},
    }


def run(inputs, **changes):
    return run_get_node(AseMdCalculation, **{**inputs, **changes})


def test_frames_are_the_steps_before_the_last_with_the_numbers_of_ase(inputs):
    outputs, node = run(inputs)
    trajectory = outputs["trajectory"]
    assert node.is_finished_ok
    assert trajectory.get_stepids().tolist() == [0, 10, 20, 30]
    assert trajectory.get_times().tolist() == [0.0, 20.0, 40.0, 60.0]
    assert trajectory.symbols == [site.kind_name for site in inputs["structure"].sites]
    np.testing.assert_array_equal(trajectory.get_cells()[3], inputs["structure"].cell)
    assert trajectory.base.attributes.get("engine") == "ase"
    get, n_atoms = trajectory.get_array, 32
    for frame in (0, 3):
        atoms = copper_nickel()
        atoms.positions = trajectory.get_positions()[frame]
        atoms.calc = EMT()
        assert get("energy_potential")[frame] == pytest.approx(atoms.get_potential_energy(), abs=1e-9)
        virial = -atoms.get_stress()[:3].mean() / (0.1 * units.GPa)
        assert get("pressure_virial")[frame] == pytest.approx(virial, abs=1e-6)
    np.testing.assert_array_equal(trajectory.get_positions()[0], copper_nickel().positions)
    np.testing.assert_allclose(get("temperature"), 2 * get("energy_kinetic") / (3 * (n_atoms - 1) * units.kB))
    assert get("temperature")[0] == pytest.approx(1800.0)
    ideal = 2 * get("energy_kinetic") / (3 * copper_nickel().get_volume()) * 1602.176634
    np.testing.assert_allclose(get("pressure"), get("pressure_virial") + ideal, rtol=1e-7)
    moved = np.array([site.position for site in outputs["final_structure"].sites]) - trajectory.get_positions()[-1]
    assert 0.01 < np.abs(moved).max() < 1.0
    results = outputs["results"]
    assert (results["steps_done"], results["n_frames"], results["calculator"]) == (40, 4, "emt")
    assert results["core_hours"] > 0
    assert "states.bin" not in outputs["retrieved"].base.repository.list_object_names()


def test_equal_inputs_give_equal_frames_and_hit_the_cache(inputs):
    first, _ = run(inputs)
    again, node = run(inputs)
    assert not node.base.caching.is_created_from_cache
    for name in ("positions", "energy_potential", "pressure"):
        np.testing.assert_array_equal(first["trajectory"].get_array(name), again["trajectory"].get_array(name))
    with enable_caching(identifier="aiida.calculations:matal.ase.md"):
        _, cached = run(inputs, md=orm.Dict(MD))
    assert cached.base.caching.is_created_from_cache


def test_calculator_of_a_third_party_reads_its_file(inputs, morse_package, script_code, task_code):
    code = script_code(f'PYTHONPATH={morse_package} {task_code.filepath_executable} "$@"')
    outputs, node = run(inputs, code=code, **morse())
    assert node.is_finished_ok
    assert outputs["results"]["calculator"] == "morse"
    broken, node = run(inputs, code=code, **morse("{"))
    assert node.exit_status == 380
    assert "JSONDecodeError" in node.exit_message
    assert "trajectory" not in broken


def test_calculator_that_the_worker_lacks_is_named(inputs, morse_package):
    _, node = run(inputs, **morse())
    assert node.exit_status == 381
    assert "calculators: 'morse' is refused: it is not registered" in node.exit_message


def test_worker_that_does_not_start_is_told_apart(inputs, aiida_code_installed, localhost):
    code = aiida_code_installed(computer=localhost, filepath_executable="/bin/false")
    _, node = run(inputs, code=code)
    assert node.exit_status == 381
    assert "see _scheduler-stderr.txt" in node.exit_message


def test_run_without_time_for_a_frame_makes_no_progress(inputs):
    md = orm.Dict({**MD, "n_steps": 1_000_000, "sample_every": 1_000_000})
    outputs, node = run(inputs, md=md, metadata={"options": {"max_wallclock_seconds": 1}})
    assert node.exit_status == 371
    assert "trajectory" not in outputs
    assert outputs["results"]["steps_done"] == 0


def test_exploding_run_is_unphysical(inputs):
    outputs, node = run(inputs, md=orm.Dict({**MD, "timestep": 60.0, "thermostat": {"kind": "svr"}}))
    assert node.exit_status == 372
    assert "where 1800 K was asked for" in node.exit_message
    assert "final_structure" not in outputs


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (lambda: {"calculator": orm.Dict({"name": "embedded"})}, "Registered: emt, lennard_jones"),
        (lambda: {"structure": orm.StructureData(ase=bulk("Zr"))}, r"it does not know Zr\. Choose from Ag, Al, Au, Cu"),
        (lambda: {"files": morse()["files"]}, r"'emt' does not need morse\.json"),
        (lambda: {"files": {"a": morse()["files"]["morse"], "b": morse()["files"]["morse"]}}, "the same name"),
        (lambda: {"md": orm.Dict({**MD, "thermostat": {"kind": "berendsen"}})}, r"md\.thermostat\.kind: 'berendsen'"),
    ],
)
def test_input_is_refused_before_submission(inputs, changes, message):
    with pytest.raises(ValueError, match=message):
        run(inputs, **changes())


def test_file_that_the_calculator_needs_is_asked_for(inputs, morse_package):
    with pytest.raises(ValueError, match=r"morse\.json is missing"):
        run(inputs, calculator=morse()["calculator"])
