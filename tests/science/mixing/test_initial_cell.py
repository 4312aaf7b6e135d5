from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.initial_cell import actual_x_b, binary_counts, random_mixture
from aiida_matal.science.trajectory.structure import coordination_number, partial_rdf


def smallest_distance(cell: np.ndarray, positions: np.ndarray) -> float:
    apart = positions[:, np.newaxis] - positions
    apart -= cell[0, 0] * np.round(apart / cell[0, 0])
    return np.linalg.norm(apart, axis=-1)[~np.eye(len(positions), dtype=bool)].min()


@settings(max_examples=60)
@given(st.integers(8, 200), st.floats(0, 1), st.floats(5, 80), st.integers(0, 2**31))
def test_no_two_atoms_are_near_each_other(n_atoms, share, volume_per_atom, seed):
    n_b = round(share * (n_atoms - 2)) + 1
    found = random_mixture({"Cu": n_b, "Al": n_atoms - n_b}, volume_per_atom, seed)
    assert smallest_distance(found.cell, found.positions) >= 0.9 * volume_per_atom ** (1 / 3) * (1 - 1e-9)
    assert found.symbols == ["Al"] * (n_atoms - n_b) + ["Cu"] * n_b
    assert np.linalg.det(found.cell) == pytest.approx(n_atoms * volume_per_atom)
    assert (found.positions >= 0).all()
    assert (found.positions <= found.cell[0, 0]).all()


def test_a_thousand_atoms_fit():
    found = random_mixture({"Cu": 500, "Al": 500}, 14.0, seed=3)
    assert smallest_distance(found.cell, found.positions) >= 0.9 * 14.0 ** (1 / 3) * (1 - 1e-9)


def test_the_elements_are_mixed_at_random():
    frames = [random_mixture({"Al": 100, "Cu": 100}, 14.0, seed) for seed in range(30)]
    positions, cells = np.array([frame.positions for frame in frames]), np.array([frame.cell for frame in frames])
    rdf = partial_rdf(positions, cells, frames[0].symbols)
    unlike, like = (coordination_number(rdf, "Al", other, 3.5) for other in ("Cu", "Al"))
    assert unlike / (unlike + like) == pytest.approx(100 / 199, abs=0.01)


def test_the_same_seed_gives_the_same_cell_and_another_seed_another():
    counts = {"Al": 20, "Cu": 20}
    first, again, other = (random_mixture(counts, 14.0, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.positions, again.positions)
    assert not np.allclose(first.positions, other.positions)


@given(st.floats(0.1, 0.9), st.integers(10, 1000))
def test_the_counts_have_the_actual_composition(x_b, n_atoms):
    counts = binary_counts("Ag", "Au", x_b, n_atoms)
    assert sum(counts.values()) == n_atoms
    assert counts["Au"] == round(x_b * n_atoms)
    assert counts["Au"] / n_atoms == actual_x_b(x_b, n_atoms) == pytest.approx(x_b, abs=0.5 / n_atoms + 1e-12)


@pytest.mark.parametrize(("x_b", "symbol"), [(0.0, "Ag"), (1.0, "Au")])
def test_a_pure_element_is_a_mixture_without_the_other(x_b, symbol):
    assert binary_counts("Ag", "Au", x_b, 64) == {symbol: 64}


def test_input_that_cannot_be_right_is_refused():
    with pytest.raises(InputError, match=r"no atom at x_b = 0\.01\. Give more atoms"):
        binary_counts("Ag", "Au", 0.01, 32)
    with pytest.raises(InputError, match="two elements"):
        binary_counts("Ag", "Ag", 0.5, 32)
    with pytest.raises(InputError, match="mole fraction"):
        binary_counts("Ag", "Au", 1.2, 32)
    with pytest.raises(InputError, match="at least 8"):
        random_mixture({"Ag": 7}, 14.0, 1)
    with pytest.raises(InputError, match="too few"):
        random_mixture({"Ag": 20, "Au": 0}, 14.0, 1)
    with pytest.raises(InputError, match="volume_per_atom"):
        random_mixture({"Ag": 20}, np.nan, 1)
