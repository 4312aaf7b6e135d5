from __future__ import annotations

import numpy as np
import pytest
from ase.build import bulk
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.short_range_order import separated_order, short_range_order
from aiida_matal.science.trajectory.structure import coordination_number, partial_rdf


def crystal(n: int = 3):
    """Return positions and cell of a face-centred cubic crystal as one frame; each atom has twelve neighbours."""
    atoms = bulk("Cu", "fcc", a=3.8, cubic=True) * (n, n, n)
    return atoms.positions[np.newaxis], atoms.cell.array[np.newaxis]


def gas(n_frames: int, n_atoms: int, seed: int = 0):
    cell = np.array([[10.0, 0, 0], [3, 9, 0], [-2, 4, 11]])
    fractional = np.random.default_rng(seed).uniform(size=(n_frames, n_atoms, 3))
    return fractional @ cell, np.tile(cell, (n_frames, 1, 1))


@pytest.mark.parametrize("n_b", [1, 10, 54])
def test_order_is_zero_at_random_mixing_also_in_a_small_cell(n_b):
    positions, cells = gas(300, 108)
    order = short_range_order(positions, cells, ["Ag"] * (108 - n_b) + ["Cu"] * n_b)
    assert abs(order.mean()) < 4 * order.std(ddof=1) / np.sqrt(300) < 0.01


def test_order_is_that_of_warren_and_cowley_from_coordination_numbers():
    positions, cells = crystal()
    symbols = np.where(np.random.default_rng(1).uniform(size=108) < 0.4, "Au", "Cu").tolist()
    rdf = partial_rdf(positions, cells, symbols)
    of_copper = [coordination_number(rdf, "Cu", symbol, 3.0) for symbol in ("Au", "Cu")]
    assert sum(of_copper) == pytest.approx(12)
    random = symbols.count("Au") / 107
    assert short_range_order(positions, cells, symbols)[0] == pytest.approx(1 - of_copper[0] / (12 * random))


def test_copper_gold_has_the_order_of_its_superstructure():
    positions, cells = crystal(4)
    symbols = ["Au", "Cu", "Cu", "Cu"] * 64
    assert short_range_order(positions, cells, symbols)[0] == pytest.approx(1 - 4 / 3 * 255 / 256)


@pytest.mark.parametrize("n", [2, 4, 6])
def test_slabs_of_a_crystal_have_four_of_twelve_unlike_neighbours_at_each_interface(n):
    positions, cells = crystal(n)
    symbols = np.where(positions[0, :, 2] < 3.8 * n / 2 - 0.1, "Ag", "Cu").tolist()
    (order,) = short_range_order(positions, cells, symbols)
    n_atoms, interface = len(symbols), 4 / (2 * n)
    assert order == pytest.approx(1 - interface * (4 / 12) / 0.5 * (n_atoms - 1) / n_atoms)
    assert separated_order(positions, cells, symbols) == pytest.approx(order, abs=0.02)


def test_rare_element_separates_into_a_droplet():
    positions, cells = gas(20, 108)
    few = separated_order(positions, cells, ["Ag"] * 103 + ["Cu"] * 5)
    many = separated_order(positions, cells, ["Ag"] * 54 + ["Cu"] * 54)
    assert 0.1 < few < many < 1


def test_separation_shows_where_the_like_pairs_of_one_element_are_beyond_the_first_shell():
    """Tungsten-like and barium-like atoms on two sides: the first minimum of g(r) has the former inside alone."""
    small = bulk("W", "fcc", a=3.9, cubic=True) * (4, 4, 4)
    large = bulk("Ba", "fcc", a=5.2, cubic=True) * (3, 3, 3)
    cell = np.diag([15.6, 15.6, 15.6 + 15.6 + 1.5])
    positions = np.concatenate([small.positions, large.positions + np.array([0, 0, 16.3])])[np.newaxis]
    symbols = ["W"] * len(small) + ["Ba"] * len(large)
    assert short_range_order(positions, cell[np.newaxis], symbols)[0] > 0.7


@given(st.integers(0, 2**20), st.integers(1, 3))
def test_order_depends_neither_on_names_nor_on_the_sequence_of_atoms_nor_on_the_cell_they_are_in(seed, n_cells):
    positions, cells = gas(1, 20, seed)
    symbols = np.array(["Ag"] * 8 + ["Cu"] * 12)
    (order,) = short_range_order(positions, cells, symbols.tolist())
    shuffled = np.random.default_rng(seed).permutation(20)
    renamed = np.where(symbols == "Ag", "Zr", "Al")[shuffled].tolist()
    moved = positions[:, shuffled] + n_cells * cells[:, :1]
    assert short_range_order(moved, cells, renamed)[0] == pytest.approx(order, abs=1e-9)
    assert order <= 1


def test_no_mixture_is_refused():
    positions, cells = gas(2, 10)
    with pytest.raises(InputError, match="it is no mixture"):
        short_range_order(positions, cells, ["Ag"] * 10)
    with pytest.raises(InputError, match="it is no mixture"):
        separated_order(positions[:, :3], cells, ["Ag", "Cu", "Cu"])
    with pytest.raises(InputError, match="one symbol an atom"):
        short_range_order(positions, cells, ["Ag", "Cu"])
