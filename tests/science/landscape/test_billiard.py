"""Tests of the Billiard walk against exact distributions and other samplers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.billiard import billiard_walk
from aiida_matal.science.landscape.polytope import Polytope

INTERVAL = Polytope(np.array([[1.0], [-1.0]]), np.array([1.0, 0.0]), np.array([0.5]))
SQUARE = Polytope(np.vstack([np.eye(2), -np.eye(2)]), np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.5, 0.5]))
#: x, y, z >= 0 and x + y + z <= 1.
SIMPLEX = Polytope(np.vstack([np.ones(3), -np.eye(3)]), np.array([1.0, 0, 0, 0]), np.full(3, 0.25))


def block_errors(values, n_blocks=50):
    """Standard errors of the means of correlated rows, from the means of blocks."""
    means = values[: len(values) // n_blocks * n_blocks].reshape(n_blocks, -1, values.shape[1]).mean(axis=1)
    return means.std(axis=0, ddof=1) / np.sqrt(n_blocks)


def assert_equal_moments(ours, others):
    """Compare means and second moments of two samples within four standard errors of the difference."""
    moments = [np.column_stack([sample, (sample - others.mean(axis=0)) ** 2]) for sample in (ours, others)]
    errors = np.hypot(*(block_errors(values) for values in moments))
    assert (np.abs(moments[0].mean(axis=0) - moments[1].mean(axis=0)) < 4 * errors).all()


@pytest.fixture(scope="module")
def zigzag_walk(zigzag):
    return billiard_walk(zigzag.polytope, 200_000, 1)


def test_walk_of_the_zigzag_has_the_known_mean_and_spread(zigzag_walk):
    points = zigzag_walk.points
    centre = np.r_[0.5, np.zeros(6)]
    assert (np.abs(points.mean(axis=0) - centre) < 4 * block_errors(points)).all()
    np.testing.assert_allclose(points.std(axis=0), [0.0834, *[0.0859] * 6], atol=5e-4)
    # Far from the variants: the reason to walk in planes too.
    assert (np.abs(points[:, 1:]).max(axis=1) > 0.3).mean() == pytest.approx(0.0104, abs=0.001)


def test_nothing_is_outside(zigzag, zigzag_walk):
    assert zigzag.polytope.contains(zigzag_walk.points, 1e-13).all()


def test_all_order_parameters_of_the_zigzag_are_alike(zigzag_walk):
    squares = zigzag_walk.points[:, 1:] ** 2
    differences = squares - squares.mean(axis=1, keepdims=True)
    assert (np.abs(differences.mean(axis=0)) < 4 * block_errors(differences)).all()


def test_walk_agrees_with_rejection_sampling(fcc):
    box = np.random.default_rng(1).uniform([0, -0.5, -0.5, -0.5], [1, 0.5, 0.5, 0.5], size=(400_000, 4))
    inside = box[fcc.polytope.contains(box, 0.0)]
    assert len(inside) > 20_000
    assert_equal_moments(billiard_walk(fcc.polytope, 100_000, 2).points, inside)


def test_walk_agrees_with_another_uniform_sampler(zigzag, zigzag_walk):
    hopsy = pytest.importorskip("hopsy")
    problem = hopsy.Problem(zigzag.polytope.normals, zigzag.polytope.offsets)
    proposal = hopsy.UniformHitAndRunProposal(problem, starting_point=zigzag.polytope.centre)
    chain = hopsy.MarkovChain(problem, proposal=proposal)
    _, samples = hopsy.sample(chain, hopsy.RandomNumberGenerator(seed=3), n_samples=50_000, thinning=10)
    assert_equal_moments(zigzag_walk.points, samples[0])


def test_points_are_uniform_in_a_square():
    points = billiard_walk(SQUARE, 200_000, 4).points[::10]
    counts, _, _ = np.histogram2d(*points.T, bins=10, range=[[0, 1], [0, 1]])
    assert chisquare(counts.ravel()).pvalue > 0.001


def test_points_are_uniform_in_a_simplex():
    points = billiard_walk(SIMPLEX, 200_000, 5).points[::10]
    # In a uniform simplex these are independent and uniform in (0, 1).
    x, y, z = points.T
    uniform = np.column_stack([(1 - x) ** 3, (1 - y / (1 - x)) ** 2, 1 - z / (1 - x - y)])
    counts, _ = np.histogramdd(uniform, bins=5, range=[(0, 1)] * 3)
    assert counts.sum() == len(points)
    assert chisquare(counts.ravel()).pvalue > 0.001


def test_reflections_are_as_many_as_cells_are_crossed():
    # Unfolded, the interval is a line with a face at each integer: a length of 3 crosses 3 of them on average.
    walk = billiard_walk(INTERVAL, 50_000, 6, mean_length=3.0, max_reflections=10_000)
    assert walk.n_rejected == 0
    assert walk.n_reflections / 50_000 == pytest.approx(3, abs=0.06)


def test_trajectories_with_too_many_reflections_are_counted_and_replaced():
    walk = billiard_walk(INTERVAL, 50_000, 7, mean_length=3.0, max_reflections=10)
    # The 11th face is u + 10 away, u uniform in (0, 1).
    expected = 3 * (1 - np.exp(-1 / 3)) * np.exp(-10 / 3)
    assert len(walk.points) == 50_000
    assert walk.n_rejected / (50_000 + walk.n_rejected) == pytest.approx(expected, rel=0.1)


def test_walk_in_a_plane(zigzag):
    section = zigzag.polytope.section(np.eye(7)[:2], np.zeros(7))
    points = billiard_walk(section, 50_000, 8).points
    # Uniform in a square turned by 45 degrees: x + y and x - y are uniform in (0, 1).
    turned = np.column_stack([points.sum(axis=1), points[:, 0] - points[:, 1]])[::10]
    counts, _, _ = np.histogram2d(*turned.T, bins=5, range=[[0, 1], [0, 1]])
    assert counts.sum() == len(turned)
    assert chisquare(counts.ravel()).pvalue > 0.001


def test_walk_depends_on_seed_and_start_alone(zigzag):
    first, again = (billiard_walk(zigzag.polytope, 500, 9) for _ in range(2))
    assert np.array_equal(first.points, again.points)
    assert first.n_reflections == again.n_reflections
    assert not np.isin(billiard_walk(zigzag.polytope, 500, 10).points, first.points).any()
    assert np.array_equal(billiard_walk(zigzag.polytope, 200, 9).points, first.points[:200])
    start = np.r_[0.4, 0.1, np.zeros(5)]
    assert not np.array_equal(billiard_walk(zigzag.polytope, 1, 9, start=start).points, first.points[:1])


def test_short_trajectories_stay_near_the_start(zigzag):
    start = np.r_[0.4, 0.1, np.zeros(5)]
    points = billiard_walk(zigzag.polytope, 3, 1, start=start, mean_length=1e-6).points
    assert np.abs(points - start).max() < 1e-4


def test_no_points(zigzag):
    walk = billiard_walk(zigzag.polytope, 0, 1)
    assert walk.points.shape == (0, 7)
    assert (walk.n_rejected, walk.n_reflections) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": -1}, "n: -1 is refused"),
        ({"mean_length": 0.0}, "mean_length: 0.0 is refused: it is not positive"),
        ({"start": [1.5, 0.5]}, "start: .* not inside"),
        ({"start": [0.5]}, "start: .* not inside"),
        ({"mean_length": 1e6, "max_reflections": 1}, "trajectories had more than 1 reflections.*Give a shorter one"),
    ],
)
def test_walks_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        billiard_walk(SQUARE, **{"n": 50, "seed": 1, **arguments})
