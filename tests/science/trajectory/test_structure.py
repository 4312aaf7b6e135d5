from __future__ import annotations

import freud
import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk, make_supercell

from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.structure import (
    coordination_number,
    first_minimum,
    first_peak,
    largest_radius,
    partial_rdf,
)

FCC = np.array([[-1, 1, 1], [1, -1, 1], [1, 1, -1]])


def shaken(n_frames: int = 5) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return frames of a rattled orthorhombic crystal of Cu and Al, with some atoms moved by whole cells."""
    atoms = bulk("Cu", "fcc", a=3.8, cubic=True) * (3, 4, 3)
    atoms.symbols[::3] = "Al"
    rng = np.random.default_rng(0)
    positions = atoms.positions + rng.normal(0, 0.3, (n_frames, len(atoms), 3))
    positions += rng.integers(-2, 3, (n_frames, len(atoms), 1)) * atoms.cell[0]
    return positions, np.repeat(atoms.cell[np.newaxis], n_frames, axis=0), list(atoms.symbols)


@pytest.mark.parametrize("pair", [("Al", "Al"), ("Al", "Cu"), ("Cu", "Cu")])
def test_partial_rdf_is_that_of_freud(pair):
    positions, cells, symbols = shaken()
    of_element = {name: np.array([symbol == name for symbol in symbols]) for name in pair}
    mode = "finite_size" if pair[0] == pair[1] else "exact"
    reference = freud.density.RDF(bins=50, r_max=5.0, normalization_mode=mode)
    box = freud.Box(*np.diag(cells[0]))
    for frame in map(box.wrap, positions):
        query = None if pair[0] == pair[1] else frame[of_element[pair[1]]]
        reference.compute((box, frame[of_element[pair[0]]]), query, reset=False)
    rdf = partial_rdf(positions, cells, symbols, r_max=5.0, n_bins=50)
    np.testing.assert_allclose(rdf.r, reference.bin_centers, rtol=1e-6)
    np.testing.assert_allclose(rdf.partial[pair], reference.rdf, rtol=0.01, atol=0.01)


def test_total_rdf_is_the_mean_of_the_partial_ones_over_all_pairs():
    positions, cells, symbols = shaken()
    rdf = partial_rdf(positions, cells, symbols)
    al, cu = symbols.count("Al"), symbols.count("Cu")
    weighted = (
        al * (al - 1) * rdf.partial["Al", "Al"]
        + 2 * al * cu * rdf.partial["Al", "Cu"]
        + cu * (cu - 1) * rdf.partial["Cu", "Cu"]
    )
    np.testing.assert_allclose(rdf.total, weighted / ((al + cu) * (al + cu - 1)))


@pytest.mark.parametrize("primitive", [False, True])
def test_a_crystal_has_its_shells(primitive):
    atoms = bulk("Cu", "fcc", a=4.0)
    atoms = make_supercell(atoms, 4 * (np.eye(3, dtype=int) if primitive else FCC))
    rdf = partial_rdf(atoms.positions[np.newaxis], atoms.cell[np.newaxis], list(atoms.symbols), n_bins=400)
    assert first_peak(rdf.r, rdf.total) == pytest.approx(4 / np.sqrt(2), abs=0.02)
    assert first_minimum(rdf.r, rdf.total)[1] == 0
    shells = {3.0: 12, 4.1: 18} if primitive else {3.0: 12, 4.1: 18, 5.0: 42, 5.8: 54}
    for radius, atoms_within in shells.items():
        assert coordination_number(rdf, "Cu", "Cu", radius) == pytest.approx(atoms_within)


def test_an_ordered_alloy_has_only_unlike_neighbours():
    atoms = bulk("CsCl", "cesiumchloride", a=4.0) * (3, 3, 3)
    rdf = partial_rdf(atoms.positions[np.newaxis], atoms.cell[np.newaxis], list(atoms.symbols), n_bins=100)
    assert coordination_number(rdf, "Cs", "Cl", 3.7) == pytest.approx(8)
    assert coordination_number(rdf, "Cs", "Cs", 3.7) == 0
    assert coordination_number(rdf, "Cs", "Cs", 4.2) == pytest.approx(6)


def test_atoms_at_random_have_no_structure_in_a_sheared_cell():
    cell = np.array([[10.0, 0, 0], [3, 9, 0], [-2, 4, 11]])
    fractional = np.random.default_rng(1).uniform(size=(400, 40, 3))
    rdf = partial_rdf(fractional @ cell, np.repeat(cell[np.newaxis], 400, axis=0), ["Cu"] * 40, n_bins=10)
    np.testing.assert_allclose(rdf.total[1:], 1, atol=0.05)


def test_distances_in_a_sheared_cell_are_those_of_ase():
    cell = np.array([[10.0, 0, 0], [3, 9, 0], [-2, 4, 11]])
    atoms = Atoms("Cu30", scaled_positions=np.random.default_rng(2).uniform(size=(30, 3)), cell=cell, pbc=True)
    rdf = partial_rdf(atoms.positions[np.newaxis], cell[np.newaxis], list(atoms.symbols), n_bins=20)
    distances = atoms.get_all_distances(mic=True)[~np.eye(30, dtype=bool)]
    expected, _ = np.histogram(distances, bins=20, range=(0, largest_radius(cell[np.newaxis])))
    np.testing.assert_allclose(rdf.neighbours["Cu", "Cu"], np.cumsum(expected) / 30)


def test_a_large_cell_gives_the_same_in_blocks(monkeypatch):
    positions, cells, symbols = shaken(2)
    whole = partial_rdf(positions, cells, symbols)
    monkeypatch.setattr("aiida_matal.science.trajectory.structure._PAIRS_AT_A_TIME", 1000)
    blocks = partial_rdf(positions, cells, symbols)
    np.testing.assert_array_equal(blocks.total, whole.total)


def test_an_element_with_one_atom_has_no_like_pairs():
    rdf = partial_rdf(np.array([[[0.0, 0, 0], [2, 0, 0]]]), 10 * np.eye(3)[np.newaxis], ["Al", "Cu"])
    assert not rdf.partial["Al", "Al"].any()
    assert coordination_number(rdf, "Al", "Cu", 2.1) == 1


def test_the_first_minimum_without_a_second_peak_is_the_lowest_point():
    r = np.linspace(0, 4, 401)
    g = 2 * np.exp(-((r - 2.5) ** 2) / 0.1)
    assert first_minimum(r, g)[0] == pytest.approx(4, abs=0.02)


def test_input_that_cannot_be_right_is_refused():
    positions, cells, symbols = shaken(2)
    with pytest.raises(InputError, match=r"at most half the smallest height of the cell, 5\.7000"):
        partial_rdf(positions, cells, symbols, r_max=5.8)
    with pytest.raises(InputError, match="one symbol an atom"):
        partial_rdf(positions, cells, symbols[1:])
    with pytest.raises(InputError, match="one cell a frame"):
        partial_rdf(positions, cells[:1], symbols)
    rdf = partial_rdf(positions, cells, symbols)
    with pytest.raises(InputError, match="no such pair"):
        coordination_number(rdf, "Al", "Fe", 3.0)
    with pytest.raises(InputError, match="out of range"):
        coordination_number(rdf, "Al", "Cu", 6.0)
    with pytest.raises(InputError, match="no pair of atoms"):
        first_peak(rdf.r, np.zeros_like(rdf.r))
