from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms, units
from ase.io import write

from aiida_matal.calculations.vasp.final_state import final_state

CELL = np.diag([6.0, 7.0, 8.0])
TIMESTEP = 2.0


@pytest.fixture
def track():
    """Positions of 4 atoms at steps 0 to 10, which leave the cell."""
    rng = np.random.default_rng(3)
    start = rng.uniform(0, 6, (4, 3))
    return start + np.cumsum(rng.normal(0.2, 0.05, (11, 4, 3)), axis=0)


@pytest.fixture
def contcar(track, tmp_path):
    """Return a function that gives CONTCAR as VASP writes it at a step: wrapped, and velocities of the step before."""

    def at(step, velocities=True):
        atoms = Atoms("Cu4", positions=track[step], cell=CELL, pbc=True)
        if velocities:
            atoms.set_velocities((track[step] - track[step - 1]) / (TIMESTEP * units.fs))
        path = tmp_path / "CONTCAR"
        atoms.wrap()
        write(path, atoms, format="vasp", direct=True)
        return path.read_text()

    return at


def state(track, contcar, n, sample_every=1):
    return final_state(track[:n], CELL, contcar, timestep=TIMESTEP, sample_every=sample_every)


def test_contcar_after_the_last_step_is_the_state(track, contcar):
    found = state(track, contcar(6), 6)
    assert found.step == 6
    np.testing.assert_allclose(found.positions, track[6], atol=1e-8)
    np.testing.assert_allclose(found.velocities, (track[6] - track[5]) / TIMESTEP, atol=1e-7)


def test_first_step_is_enough_with_contcar_and_not_without(track, contcar):
    assert state(track, contcar(1), 1).step == 1
    assert state(track, "", 1) is None
    assert state(track[:0], "", 0) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda contcar: "",
        lambda contcar: contcar(5),
        lambda contcar: contcar(7),
        lambda contcar: contcar(6, velocities=False),
        lambda contcar: contcar(6)[:-8],
        lambda contcar: contcar(6).rsplit("\n", 3)[0] + "\n",
        lambda contcar: contcar(6)[:200] + "\n",
    ],
    ids=["missing", "of an earlier step", "of a later step", "no velocities", "cut", "atoms missing", "halved"],
)
def test_without_a_fitting_contcar_the_last_step_is_the_state(track, contcar, damage):
    found = state(track, damage(contcar), 6)
    assert found.step == 5
    np.testing.assert_array_equal(found.positions, track[5])
    np.testing.assert_allclose(found.velocities, (track[5] - track[4]) / TIMESTEP)


@pytest.mark.parametrize(("n", "expected"), [(4, 4), (5, 4), (7, 4), (8, 8), (9, 8)])
def test_state_is_at_a_multiple_of_the_sampling(track, contcar, n, expected):
    found = state(track, contcar(n), n, sample_every=4)
    assert found.step == expected
    np.testing.assert_allclose(found.positions, track[found.step], atol=1e-8)
