from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.landscape.sampling.explored import Explored, walk


def test_a_twentieth_of_the_points_is_in_the_plane_of_one_ordering(zigzag, wells_model):
    explored = Explored(zigzag, wells_model(7), 2000, 1)
    assert explored.points.shape == (2000, 7)
    direction = np.abs(zigzag.order_parameters.variants[0, 1:]) > 0.1
    plane = explored.points[1900:]
    assert np.abs(plane[:, 1:][:, ~direction]).max() <= 0.05
    # Eq. 8 of the source: with one order parameter, |eta_1| <= 1/2 - |1/2 - x|.
    assert (np.abs(plane[:, 1:][:, direction].ravel()) <= 0.5 - np.abs(0.5 - plane[:, 0]) + 1e-9).all()
    assert (np.abs(plane[:, 1:][:, direction]) > 0.3).mean() > 0.05
    assert zigzag.polytope.contains(explored.points, 1e-9).all()


def test_the_same_seed_gives_the_same_points_and_another_one_others(layered):
    first, second, other = (walk(layered, 100, 0.3, 0.05, seed) for seed in (4, 4, 5))
    assert first.tolist() == second.tolist()
    assert not np.isclose(first, other).any()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_points_can_be_of_one_kind(layered, share):
    points = walk(layered, 500, share, 0.0, 1)
    direction = np.abs(layered.order_parameters.variants[0, 1:]) > 0.1
    assert (np.abs(points[:, 1:][:, ~direction]).max() < 1e-12) == (share == 1.0)


def test_predictions_are_of_the_model_at_the_points_on_any_number_of_threads(layered, wells_model):
    model = wells_model(layered.d, k=0.1)
    one, three = (Explored(layered, model, 20_000, 1, n_threads).curvature for n_threads in (1, 3))
    points = Explored(layered, model, 20_000, 1).points
    assert one.mu.tolist() == three.mu.tolist() == model.mu(points).tolist()
    assert one.eigenvalues.tolist() == three.eigenvalues.tolist()
    expected = np.sort(np.column_stack([np.full(20_000, 0.1), 3 * points[:, 1:] ** 2 - 0.03]), axis=1)
    assert one.eigenvalues == pytest.approx(expected, abs=1e-12)
