from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.landscape.sampling.known_regions import (
    EndpointsCriterion,
    SetWellsCriterion,
    VerticesCriterion,
    ordering_lines,
)

RNG = np.random.default_rng


def test_the_wells_are_the_twelve_variants_moved_inside_and_the_disordered_state(zigzag, make_problem):
    problem = make_problem(system=zigzag, n_points=3)
    asked = SetWellsCriterion({"perturbation": 0.05}).propose(problem, RNG(0))
    axes = 0.475 * np.concatenate([np.eye(6), -np.eye(6), np.zeros((1, 6))])
    wells = np.column_stack([np.full(13, 0.5), axes])
    assert asked.eta.shape == (39, 7)
    distances = np.abs(asked.eta[:, np.newaxis] - wells).max(axis=2)
    assert distances.min(axis=1).max() < 0.05
    assert np.bincount(distances.argmin(axis=1)).tolist() == [3] * 13
    # Three points of a well stand together, and the disordered state last.
    assert distances.argmin(axis=1)[-3:].tolist() == [12] * 3
    assert np.isnan(asked.score).all()


def test_wells_of_no_perturbation_are_the_variants_but_for_the_margin(layered, make_problem):
    asked = SetWellsCriterion({"perturbation": 0.0}).propose(make_problem(n_points=1), RNG(0))
    expected = np.concatenate([layered.order_parameters.variants, [[0.5, 0, 0, 0]]])
    assert asked.eta == pytest.approx(expected, abs=2e-4)


def test_the_zigzag_variants_are_on_six_lines_that_go_both_ways(zigzag):
    lines, two_sided = ordering_lines(zigzag)
    assert np.sort(np.abs(lines), axis=1) == pytest.approx(np.tile([0, 0, 0, 0, 0, 0, 0.5], (6, 1)))
    assert two_sided.all()


def test_in_round_0_vertices_are_on_the_lines(zigzag, make_problem):
    problem = make_problem(system=zigzag, n_points=50, round_number=0)
    eta = VerticesCriterion({}).propose(problem, RNG(1)).eta
    assert eta.shape == (300, 7)
    assert eta[:, 0] == pytest.approx(0.5)
    sizes = np.sort(np.abs(eta[:, 1:]), axis=1)
    assert sizes[:, :-1] == pytest.approx(0, abs=1e-12)
    largest = np.take_along_axis(eta, np.abs(eta[:, 1:]).argmax(axis=1)[:, np.newaxis] + 1, axis=1)
    assert largest.min() < -0.45
    assert largest.max() > 0.45
    assert abs(largest.mean()) < 0.05


def test_vertices_are_perturbed_by_more_in_each_round_but_not_in_composition(zigzag, make_problem):
    spread = []
    for round_number in (1, 2, 5):
        problem = make_problem(system=zigzag, n_points=100, round_number=round_number)
        eta = VerticesCriterion({"perturbation": 0.02}).propose(problem, RNG(1)).eta
        assert eta[:, 0] == pytest.approx(0.5)
        others = np.abs(eta[:100, 1:][:, np.abs(ordering_lines(zigzag)[0][0, 1:]) < 0.1])
        assert others.max() <= 0.02 * round_number
        spread.append(others.max())
    assert spread[0] > 0.019
    assert spread[0] < spread[1] < spread[2]


def test_endpoints_are_next_to_both_ends(layered, make_problem):
    eta = EndpointsCriterion({"perturbation": 0.04}).propose(make_problem(n_points=100), RNG(2)).eta
    low, high = eta[:100], eta[100:]
    assert low[:, 0].min() < 0.005
    assert low[:, 0].max() < 0.04
    assert high[:, 0].min() > 0.96
    assert high[:, 0].max() > 0.995
    assert np.abs(eta[:, 1:]).max(axis=0).min() > 0.005
    assert layered.polytope.contains(eta, 0.0).all()
