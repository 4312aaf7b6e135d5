from __future__ import annotations

import numpy as np
import pytest
from ase.calculators.lammps import Prism
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aiida_matal.calculations.lammps.script import data_text, is_triclinic, lammps_frame, script_text
from aiida_matal.science.trajectory.md_settings import MdSettings

MD = {"temperature": 1500.0, "timestep": 2.0, "n_steps": 300, "sample_every": 20, "seed": 11}
COMMANDS = ["pair_style eam", "pair_coeff 1 1 potential/Cu_u3.eam", "pair_coeff 2 2 potential/Ni_u3.eam"]


def script(**changes):
    md = MdSettings.parse({**MD, **changes}, where="md")
    return script_text(
        md, COMMANDS, [63.546, 58.6934], triclinic=False, create_velocities="hot_start" in changes, timeout=3420
    )


def test_script_of_a_run_with_a_hot_start(file_regression):
    file_regression.check(script(hot_start={"temperature": 3000.0, "n_steps": 500}), extension=".in")


@pytest.mark.parametrize("kind", ["nose", "langevin", "svr"])
def test_script_of_a_continued_run(file_regression, kind):
    file_regression.check(script(thermostat={"kind": kind, "relaxation": 80.0}), extension=".in")


def test_data_file(file_regression):
    cell = np.array([[4.0, 0.0, 0.0], [1.0, 5.0, 0.0], [0.5, 0.25, 6.0]])
    positions = np.array([[0.0, 0.1, 0.2], [4.5, -1.0, 3.0], [1.0, 2.0, 1 / 3]])
    velocities = np.array([[0.001, 0.0, -0.002], [0.0, 0.0, 0.0], [0.01, 0.02, 0.03]])
    file_regression.check(data_text(cell, positions, velocities, np.array([1, 2, 1])), extension=".data")


def test_seeds_are_in_the_range_of_lammps_and_differ_between_uses():
    text = script(hot_start={"temperature": 3000.0, "n_steps": 500}, thermostat={"kind": "svr"}, seed=2**31 - 1)
    seeds = [int(line.split()[4]) for line in text.splitlines() if line.startswith("velocity")]
    seeds += [int(line.split()[-1]) for line in text.splitlines() if "temp/csvr" in line]
    assert len(set(seeds)) == 3
    assert all(1 <= seed <= 900_000_000 for seed in seeds)


@given(arrays(float, (3, 3), elements=st.floats(-9, 9)).filter(lambda cell: abs(np.linalg.det(cell)) > 1.0))
def test_lammps_frame_is_a_rotation_to_a_lower_triangular_cell(cell):
    lower, rotation = lammps_frame(cell)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(cell @ rotation, lower, atol=1e-10)
    assert np.all(np.diagonal(lower) > 0)
    assert np.all(np.triu(lower, 1) == 0)


def test_lammps_frame_of_a_right_handed_cell_is_that_of_ase():
    cell = np.array([[0.0, 1.8, 1.9], [1.7, 0.0, 1.8], [1.8, 1.6, 0.0]])
    prism = Prism(cell, reduce_cell=False)
    lower, rotation = lammps_frame(cell)
    np.testing.assert_allclose(lower, prism.lammps_cell, atol=1e-12)
    np.testing.assert_allclose([1.0, 2.0, 3.0] @ rotation, prism.vector_to_lammps([1.0, 2.0, 3.0]), atol=1e-12)


def test_rectangular_cell_is_left_alone():
    cell = np.diag([3.0, 4.0, 5.0])
    lower, rotation = lammps_frame(cell)
    np.testing.assert_array_equal(lower, cell)
    np.testing.assert_array_equal(rotation, np.eye(3))
    assert not is_triclinic(lower)
