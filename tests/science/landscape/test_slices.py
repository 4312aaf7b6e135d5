from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.mean_field import MeanFieldModel
from aiida_matal.science.landscape.slices import Window, plane_slice


@pytest.fixture(scope="module")
def model(zigzag):
    return MeanFieldModel(zigzag, 300.0)


def window(axes, ranges, x=0.5, n_points=41):
    origin = np.zeros(7)
    origin[0] = x
    return Window(axes, ranges, origin, n_points)


def test_values_are_those_of_the_model_and_nothing_outside(model, zigzag):
    found = plane_slice(model, zigzag.polytope, window((0, 1), ((0.0, 1.0), (-0.5, 0.5))))
    inside = np.isfinite(found.g)
    x, t = np.meshgrid(found.first, found.second, indexing="ij")
    # Holber and Garikipati (2025), eq. 8: |eta_1| <= min(eta_0, 1 - eta_0).
    np.testing.assert_array_equal(inside, np.abs(t) <= np.minimum(x, 1 - x) + 1e-9)
    eta = np.zeros((1, 7))
    eta[0, :2] = found.first[20], found.second[25]
    assert found.g[20, 25] == model.g(eta)[0]
    expected = [[0.0, 0.0], [0.5, -0.5], [1.0, 0.0], [0.5, 0.5]]
    assert sorted(found.border.tolist()) == sorted(expected)


def test_corners_are_in_order(model, zigzag):
    border = plane_slice(model, zigzag.polytope, window((0, 1), ((0.45, 0.55), (-0.5, 0.5)))).border
    assert sorted(border[:, 0].round(9).tolist()) == [0.45, 0.45, 0.5, 0.5, 0.55, 0.55]
    x, y = np.append(border, border[:1], axis=0).T
    area = 0.5 * np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])
    assert area == pytest.approx(2 * 0.1 * (0.45 + 0.5) / 2)


def test_wells_of_the_ordered_state_are_found(model, zigzag):
    found = plane_slice(model, zigzag.polytope, window((1, 2), ((-0.5, 0.5), (-0.5, 0.5))))
    wells = found.minima[:4]
    assert np.abs(wells).max(axis=1) == pytest.approx(0.475)
    assert np.abs(wells).min(axis=1) == pytest.approx(0.0, abs=1e-12)
    assert len({tuple(np.sign(row)) for row in wells.round(6)}) == 4
    assert found.at_border[:4].all()


def test_a_minimum_inside_is_not_at_the_border(zigzag):
    """Far above the temperature of ordering the disordered state is the only minimum."""
    found = plane_slice(MeanFieldModel(zigzag, 2000.0), zigzag.polytope, window((1, 2), ((-0.5, 0.5), (-0.5, 0.5))))
    assert found.minima == pytest.approx(np.zeros((1, 2)), abs=1e-12)
    assert found.at_border.tolist() == [False]


def test_the_end_of_the_window_makes_no_minimum(model, zigzag):
    """The wells at the composition 1/2 are outside of this window, towards which g falls."""
    found = plane_slice(model, zigzag.polytope, window((0, 1), ((0.40, 0.45), (-0.5, 0.5))))
    assert len(found.minima) == 0
    assert found.g.shape == (41, 41)


def test_a_plane_outside_is_refused(model, zigzag):
    with pytest.raises(InputError, match="the plane misses the polytope"):
        plane_slice(model, zigzag.polytope, window((1, 2), ((0.3, 0.5), (0.3, 0.5)), x=0.1))
