from __future__ import annotations

import numpy as np

from aiida_matal.science.landscape.sampling.billiard_walk import BilliardWalkCriterion


def test_by_default_950_points_are_everywhere_and_50_in_the_plane(zigzag, make_problem):
    criterion = BilliardWalkCriterion({})
    asked = criterion.propose(
        make_problem(system=zigzag, n_points=criterion.settings.n_points), np.random.default_rng(0)
    )
    assert asked.eta.shape == (1000, 7)
    direction = np.abs(zigzag.order_parameters.variants[0, 1:]) > 0.1
    in_plane = np.abs(asked.eta[:, 1:][:, ~direction]).max(axis=1) <= 0.05
    assert in_plane[950:].all()
    assert in_plane[:950].mean() < 0.05
    assert np.isnan(asked.score).all()


def test_the_plane_can_be_left_out(layered, make_problem):
    asked = BilliardWalkCriterion({"share_2d": 0.0}).propose(make_problem(n_points=400), np.random.default_rng(0))
    assert np.abs(asked.eta.mean(axis=0) - [0.5, 0, 0, 0]).max() < 0.05
    assert layered.polytope.contains(asked.eta, 1e-9).all()
