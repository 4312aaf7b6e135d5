"""Tests of common periods and of permutations of sites."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aiida_matal.science.landscape.commensurate import (
    commensurate_cell,
    lattice_basis,
    operation_permutations,
    star,
    translation_permutations,
)


@given(vectors=arrays(np.int64, (5, 3), elements=st.integers(-6, 6)))
def test_basis_spans_the_lattice_of_the_vectors(vectors):
    assume(np.linalg.matrix_rank(vectors) == 3)
    basis = lattice_basis(vectors)
    coordinates = vectors @ np.linalg.inv(basis)
    np.testing.assert_allclose(coordinates, np.rint(coordinates), atol=1e-8)
    assert np.array_equal(basis, np.triu(basis))
    assert (basis.diagonal() > 0).all()
    # No lattice between: the volume is the greatest common divisor of the volumes of all triples.
    triples = [round(np.linalg.det(vectors[[i, j, k]])) for i in range(5) for j in range(i) for k in range(j)]
    assert basis.diagonal().prod() == np.gcd.reduce(triples)


@given(vectors=arrays(np.int64, (4, 3), elements=st.integers(-6, 6)), seed=st.integers(0, 100))
def test_basis_depends_on_the_lattice_alone(vectors, seed):
    assume(np.linalg.matrix_rank(vectors) == 3)
    rng = np.random.default_rng(seed)
    others = np.concatenate([rng.permutation(vectors), rng.integers(-2, 3, size=(2, 4)) @ vectors])
    assert np.array_equal(lattice_basis(others), lattice_basis(vectors))


def test_cell_has_the_periods_of_all_waves(zigzag):
    waves = star(zigzag.crystal, np.array([[2, 1, 3]]), 4)
    cell = commensurate_cell(zigzag.crystal, waves, 4)
    assert len(waves) == 6
    assert not (waves @ cell.matrix.T % 4).any()
    assert np.linalg.det(cell.matrix) > 0
    # The lattice of all k is 32 times as dense as the reciprocal one.
    assert cell.n_cells == 32


def test_operations_and_translations_permute_the_sites(fcc):
    cell = fcc.order_parameters.sublattice_sites
    operations, translations = operation_permutations(cell), translation_permutations(cell)
    assert operations.shape == (48, 4)
    assert translations.shape == (4, 4)
    assert (np.sort(np.concatenate([operations, translations]), axis=1) == np.arange(4)).all()
    # All 24 permutations of the four sites of the tetrahedron.
    assert len(np.unique(translations[:, operations].reshape(-1, 4), axis=0)) == 24
