"""Tests of the bounds of order parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.polytope import Polytope


def half_spaces(polytope):
    return {(*row.tolist(), offset) for row, offset in zip(polytope.normals, polytope.offsets, strict=True)}


def test_zigzag_has_64_half_spaces_of_32_different_rows(zigzag):
    normals, offsets = zigzag.polytope.normals, zigzag.polytope.offsets
    assert normals.shape == (64, 7)
    assert set(np.unique(normals)) == {-1.0, 1.0}
    assert len({tuple(row) for row in normals[offsets == 1]}) == 32
    assert {tuple(row) for row in normals[offsets == 1]} == {tuple(-row) for row in normals[offsets == 0]}


def test_one_order_parameter_is_bounded_by_equation_8(zigzag):
    axes = np.eye(7)
    triangle = {(1.0, 1.0, 1.0), (1.0, -1.0, 1.0), (-1.0, 1.0, 0.0), (-1.0, -1.0, 0.0)}
    for index in range(1, 7):
        # eta_0 + |eta_i| <= 1 and |eta_i| <= eta_0 are |eta_i| <= 1/2 - |1/2 - eta_0|.
        assert half_spaces(zigzag.polytope.section(axes[[0, index]], np.zeros(7))) == triangle


@pytest.mark.parametrize("composition", [0.1, 0.3, 0.5, 0.8])
def test_equation_8_holds_whatever_the_other_order_parameters(zigzag, composition):
    polytope = zigzag.polytope
    bounds = [(composition, composition), *[(None, None)] * 6]
    for sign in (1, -1):
        objective = sign * np.eye(7)[1]
        found = linprog(objective, A_ub=polytope.normals, b_ub=polytope.offsets, bounds=bounds)
        assert found.fun == pytest.approx(-(0.5 - abs(0.5 - composition)), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(x=arrays(float, (5, 32), elements=st.floats(0, 1)))
def test_occupations_of_other_waves_obey_equation_8_too(zigzag, x):
    eta = zigzag.order_parameters.eta(x)
    bound = 0.5 - np.abs(0.5 - eta[:, :1])
    assert (np.abs(eta[:, 1:]) <= bound + 1e-12).all()


@settings(max_examples=30, deadline=None)
@given(eta=arrays(float, (2, 7), elements=st.floats(-2, 2)))
def test_symmetry_maps_the_polytope_to_itself(zigzag, eta):
    inside = zigzag.polytope.contains(eta, 1e-9)
    images = zigzag.order_parameters.apply_group(np.vstack([eta, zigzag.polytope.pull_inside(eta)]))
    assert (zigzag.polytope.contains(images[:, :2].reshape(-1, 7), 1e-9).reshape(-1, 2) == inside).all()
    assert zigzag.polytope.contains(images[:, 2:].reshape(-1, 7)).all()


@settings(max_examples=50, deadline=None)
@given(eta=arrays(float, (5, 7), elements=st.floats(-2, 2)))
def test_inside_is_where_no_sublattice_is_less_than_empty_or_more_than_full(zigzag, eta):
    x = zigzag.order_parameters.sublattices(eta)
    assert zigzag.polytope.contains(eta, 1e-9).tolist() == ((x >= -1e-9) & (x <= 1 + 1e-9)).all(axis=1).tolist()


@settings(max_examples=50, deadline=None)
@given(eta=arrays(float, (5, 7), elements=st.floats(-2, 2)))
def test_points_outside_are_pulled_straight_to_the_boundary(zigzag, eta):
    polytope = zigzag.polytope
    pulled = polytope.pull_inside(eta)
    outside = ~polytope.contains(eta, 1e-12)
    assert polytope.contains(pulled, 1e-12).all()
    assert np.array_equal(pulled[~outside], eta[~outside])
    room = (polytope.offsets - pulled @ polytope.normals.T).min(axis=1)
    np.testing.assert_allclose(room[outside], 0, atol=1e-12)
    steps, whole = pulled - polytope.centre, eta - polytope.centre
    lengths = np.linalg.norm(steps, axis=1) * np.linalg.norm(whole, axis=1)
    np.testing.assert_allclose((steps * whole).sum(axis=1), lengths, atol=1e-9)


def test_pull_towards_another_point():
    square = Polytope(np.vstack([np.eye(2), -np.eye(2)]), np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.5, 0.5]))
    assert square.pull_inside([[2.0, 0.25]], centre=[0.5, 0.25]).tolist() == [[1.0, 0.25]]
    assert square.pull_inside([[2.0, 2.0], [0.2, 0.9]]).tolist() == [[1.0, 1.0], [0.2, 0.9]]
    with pytest.raises(InputError, match="not inside the polytope"):
        square.pull_inside([[2.0, 2.0]], centre=[1.0, 0.5])


def test_section_holds_the_points_of_the_plane(zigzag):
    rng = np.random.default_rng(5)
    basis, origin = rng.normal(size=(2, 7)), np.array([0.4, 0.1, 0.0, -0.05, 0.0, 0.0, 0.02])
    section = zigzag.polytope.section(basis, origin)
    z = rng.uniform(-1, 1, size=(4000, 2)) / 4
    inside = zigzag.polytope.contains(origin + z @ basis)
    assert 100 < inside.sum() < 3900
    assert section.contains(z).tolist() == inside.tolist()
    assert section.centre.tolist() == [0, 0]


def test_section_with_its_origin_on_a_face_has_a_centre_inside(zigzag):
    section = zigzag.polytope.section(np.eye(7)[:2], np.zeros(7))
    assert section.d == 2
    assert (section.normals @ section.centre < section.offsets).all()
    # The largest circle in the square of corners (0, 0), (1/2, 1/2), (1, 0), (1/2, -1/2).
    np.testing.assert_allclose(section.centre, [0.5, 0], atol=1e-9)


@pytest.mark.parametrize("origin", [np.r_[1.5, np.zeros(6)], np.r_[0.0, np.zeros(6)]])
def test_plane_that_misses_the_inside_is_refused(zigzag, origin):
    with pytest.raises(InputError, match="misses the inside"):
        zigzag.polytope.section(np.eye(7)[1:3], origin)


def test_dependent_basis_is_refused(zigzag):
    with pytest.raises(InputError, match="dependent"):
        zigzag.polytope.section(np.eye(7)[[1, 1]], zigzag.polytope.centre)


def test_l10_is_bounded_by_the_four_sites_of_the_cube(fcc):
    tetrahedron = [(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]
    rows = {(1.0, *map(float, row)) for row in tetrahedron}
    found = {tuple(row) for row in fcc.polytope.normals[fcc.polytope.offsets == 1]}
    # The waves may be named in any order, and each may have the other sign.
    mirrored = {(1.0, *(-value for value in row[1:])) for row in rows}
    assert found in (rows, mirrored)
